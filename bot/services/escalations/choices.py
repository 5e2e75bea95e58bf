"""What the person an escalation is with can do about it, in the words of its kind: chase the partner, ask for a plan,
use the form that settles its record, or settle it for a reason."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlmodel import col

from bot.access import Permission, roles_of_person
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.plan_cycle import PlanEvent
from bot.models import ActionItem, Contract, Escalation, Occurrence, Party, Report, Risk, RiskStatus, RoleName
from bot.policy import department_may
from bot.services.due.open_items import still_open
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.due.sources import SOURCES
from bot.services.due.sources.audits import FINDING_ACTIONS
from bot.services.due.sources.reports import is_awaited
from bot.services.due.sources.risk_reviews import REVIEW
from bot.services.unit_of_work import UnitOfWork

CHASE = "chase"  # the rule by which a partner is chased once on a working day
DECIDE_ON_REPORT = DueForm("home_report", "Decide", (Permission.ACCEPT_PROGRESS,))
DECIDE_ON_FAILURE = DueForm("remedies_open", "Decide", (Permission.CHANGE, Permission.INTERVENE))
ACCEPT_PLAN = DueForm("plan_open", "Accept the plan", (Permission.CHANGE,))
DONE = (Permission.LOG_CONTACT,)
Button = tuple[DueForm, str]


@dataclass(frozen=True)
class Choices:
    """What can be done beside answering. `form` settles the record, if the person may use it; `key` is what its button
    carries. `chases`: the partner owes it and can be chased; `chased_at` is when it last was. `asks_plan`: to ask for a
    plan is what settles it. `settles`: the person may settle it for a reason, though its record stays open."""

    form: DueForm | None = None
    key: str = ""
    chases: bool = False
    chased_at: datetime | None = None
    asks_plan: bool = False
    settles: bool = False

    @property
    def settles_something(self) -> bool:
        """Whether the person can settle it in any way."""
        return self.settles or self.settles_record

    @property
    def settles_record(self) -> bool:
        """Whether the person can do something about the record itself."""
        return bool(self.form) or self.chases or self.asks_plan


NOTHING = Choices()


@dataclass(frozen=True)
class OpenRecord:
    """The open record that an escalation is about, and its source."""

    source: DueSource
    item: DueItem

    @property
    def is_the_partners(self) -> bool:
        """Whether the partner owes it, so that it can be chased."""
        return self.item.owed_by is Party.PARTNER and self.item.counts_from is not None


def choices_of(work: UnitOfWork, escalation: Escalation, contract: Contract) -> Choices:
    """What the person it is with can do; nothing once it is over."""
    if escalation.ended_at is not None:
        return NOTHING
    roles = roles_of_person(work.session, escalation.owner_id, contract.id, work.today)
    record = open_record(work, escalation)
    form, key = _button(work, escalation, contract, record, roles)
    chases = record is not None and record.is_the_partners and department_may(roles, Permission.CHASE)
    return Choices(
        form=form,
        key=key,
        chases=chases,
        chased_at=last_chased(work, record.item) if chases and record else None,
        asks_plan=escalation.kind is Subject.RATINGS or not (form or chases),
        settles=department_may(roles, Permission.DECIDE),
    )


def open_record(work: UnitOfWork, escalation: Escalation) -> OpenRecord | None:
    """What is due of the record of an escalation, or of the actions of a finding; None where nothing is."""
    about: list[tuple[DueSource, Sequence[int]]] = [
        (each, [escalation.subject_id]) for each in SOURCES if each.late and each.late.subject is escalation.kind
    ]
    if escalation.kind is Subject.FINDING:
        about.append((FINDING_ACTIONS, _actions_of_finding(work, escalation.subject_id)))
    found = (OpenRecord(each, item) for each, ids in about for item in still_open(work, each.kind, ids))
    return next(found, None)


def _actions_of_finding(work: UnitOfWork, finding_id: int) -> Sequence[int]:
    """The actions of a finding that nobody has said to be done, the first due first."""
    item = ActionItem
    opened = select(col(item.id)).where(
        col(item.finding_id) == finding_id, col(item.done_on).is_(None), col(item.said_done_on).is_(None)
    )
    return work.session.scalars(opened.order_by(col(item.due_on), col(item.id)).limit(1)).all()


def next_figure(work: UnitOfWork, escalation: Escalation) -> Report | None:
    """The next report after the one with these ratings that has come and waits for a decision, if there is one: its
    figures, once accepted, settle a shortfall or escalate it anew."""
    came = _later_report(work, escalation).where(col(Report.received_at).is_not(None), col(Report.decision).is_(None))
    return work.session.scalar(came.order_by(col(Report.period)).limit(1))


def is_figure_awaited(work: UnitOfWork, escalation: Escalation) -> bool:
    """Whether a next report was asked for, and none waits for a decision: until it comes nobody can settle a shortfall
    that was answered."""
    awaited = _later_report(work, escalation).where(is_awaited()).limit(1)
    return work.session.scalar(awaited) is not None and next_figure(work, escalation) is None


def _later_report(work: UnitOfWork, escalation: Escalation) -> Select[Report]:
    short = work.session.get_one(Report, escalation.subject_id)
    return select(Report).where(col(Report.contract_id) == short.contract_id, col(Report.period) > short.period)


def last_chased(work: UnitOfWork, item: DueItem) -> datetime | None:
    """When the partner was last chased for an item; None for never."""
    of_it = (col(Occurrence.rule) == CHASE, col(Occurrence.subject) == chased_subject(item))
    return work.session.scalar(select(func.max(col(Occurrence.claimed_at))).where(*of_it))


def chased_subject(item: DueItem) -> str:
    """What is chased, as its occurrences call it."""
    return f"{item.kind} {item.subject_id}"


def _button(
    work: UnitOfWork,
    escalation: Escalation,
    contract: Contract,
    record: OpenRecord | None,
    roles: Collection[RoleName],
) -> tuple[DueForm | None, str]:
    """The first button for the record that these roles allow, and what it carries."""
    offered = _buttons(work, escalation, contract, record)
    allowed = (
        (form, key)
        for form, key in offered
        if key and any(department_may(roles, each, form.audience) for each in form.who)
    )
    return next(allowed, (None, ""))


def _buttons(
    work: UnitOfWork, escalation: Escalation, contract: Contract, record: OpenRecord | None
) -> Sequence[Button]:
    match escalation.kind:
        case Subject.RISK:
            return _of_risk(work, escalation)
        case Subject.QUERY:
            return [(DECIDE_ON_REPORT, work.session.get_one(Report, escalation.subject_id).public_id)]
        case Subject.RATINGS:
            waiting = next_figure(work, escalation)
            return [(DECIDE_ON_REPORT, waiting.public_id)] if waiting else []
        case Subject.PLAN if escalation.trigger is Trigger.PLAN_FAILED:
            return [(DECIDE_ON_FAILURE, contract.reference)]
        case Subject.PLAN if record is not None and record.item.owed_by is Party.DEPARTMENT:
            return [(ACCEPT_PLAN, f"{record.item.key} {PlanEvent.ACCEPTED}")]
        case _ if record is not None:
            return [(each, record.item.key) for each in (record.source.form, record.source.act) if each]
        case _:
            return []


def _of_risk(work: UnitOfWork, escalation: Escalation) -> Sequence[Button]:
    """The risk is assessed again, unless an action of it is late or missing: then that is done, or asked for as a
    plan."""
    risk = work.session.get_one(Risk, escalation.subject_id)
    match escalation.trigger:
        case Trigger.ACTION_OVERDUE:
            return [
                (DueForm("action_done", f"{each.reference} is done", DONE), each.public_id)
                for each in _late(work, escalation)
            ]
        case Trigger.NEAR:
            return []
        case _:
            return [(REVIEW, risk.public_id)] if risk.status is RiskStatus.OPEN else []


def _late(work: UnitOfWork, escalation: Escalation) -> Sequence[ActionItem]:
    """The late actions of a risk that the person it is with may close, the oldest first."""
    item = ActionItem
    return work.session.scalars(
        select(item)
        .where(col(item.risk_id) == escalation.subject_id, col(item.done_on).is_(None), col(item.due_on) < work.today)
        .where(~col(item.closed_by_another) | (col(item.owner_id) != escalation.owner_id))
        .order_by(col(item.due_on), col(item.id))
    ).all()
