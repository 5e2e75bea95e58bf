"""An escalation for people to read: the facts, the steps so far, the person it is with and the next step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.access import ContractRef
from bot.domain.escalation_triggers import OVER_WITH_CONTRACT, Subject
from bot.domain.ladder import (
    UNDOABLE,
    WAITING,
    Rung,
    Step,
    in_force,
    next_rung,
    people_asked,
    settled_by,
    undone_until,
)
from bot.domain.periods import Month, report_due
from bot.models import (
    Certificate,
    Contract,
    Document,
    DocumentRecipient,
    Escalation,
    EscalationStep,
    ExtensionOption,
    Finding,
    Invoice,
    Milestone,
    Obligation,
    Person,
    RectificationPlan,
    Report,
    ReportDecision,
    Risk,
)
from bot.services.due.rating_triggers import plans_in_force
from bot.services.escalations.choices import NOTHING, Choices, choices_of
from bot.services.escalations.holders import holders_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.risks import RiskCard, risk_card
from bot.services.unit_of_work import UnitOfWork


def is_open() -> ColumnElement[bool]:
    """The condition that an escalation is not over."""
    return col(Escalation.ended_at).is_(None)


def is_waiting() -> ColumnElement[bool]:
    """The condition that an answer is awaited."""
    return and_(is_open(), col(Escalation.standing).in_(WAITING))


def is_about(kind: Subject, subject_id: int) -> ColumnElement[bool]:
    """The condition that it is about a record."""
    return and_(col(Escalation.kind) == kind, col(Escalation.subject_id) == subject_id)


Record = (
    Report
    | RectificationPlan
    | Milestone
    | Obligation
    | ExtensionOption
    | Certificate
    | DocumentRecipient
    | Document
    | Finding
    | Invoice
)
About = RiskCard | Record

_RECORDS: Mapping[Subject, type[Record]] = {
    Subject.REPORT: Report,
    Subject.QUERY: Report,
    Subject.RATINGS: Report,
    Subject.PLAN: RectificationPlan,
    Subject.MILESTONE: Milestone,
    Subject.OBLIGATION: Obligation,
    Subject.OPTION: ExtensionOption,
    Subject.CERTIFICATE: Certificate,
    Subject.DOCUMENT: DocumentRecipient,
    Subject.POLICY_REVIEW: Document,
    Subject.FINDING: Finding,
    Subject.INVOICE: Invoice,
}


@dataclass(frozen=True)
class StepLine:
    """A step: who was asked or answered, when, with the day and reason of the answer; `message` is the key of the
    message in which they were asked, "" where there is none yet. `giver` is the person who gave it to `who`."""

    number: int
    kind: Step
    who: Person
    at: datetime
    until: date | None
    reason: str
    pinged: bool
    message: str = ""
    giver: Person | None = None

    @property
    def author(self) -> Person:
        """The person who did it, or was asked."""
        return self.giver or self.who


@dataclass(frozen=True)
class EscalationCard:
    """An escalation. `about` is its record; `above` is the person asked next, "" for nobody; `settle_by` is the last
    day of an acknowledgement made today.

    `overtaken`: a later report replaces the one with its ratings; `planned`: a rectification plan is about them;
    `contract_over`: its contract has ended, so that nobody can settle it. `choices` are what its owner can
    do about it. `undo_until` is the instant until which whoever took the last step can undo it, None if nobody can.
    `returns`: whoever is asked next has the rung on which it is already.
    """

    escalation: Escalation
    contract: ContractRef
    about: About
    owner: Person
    steps: Sequence[StepLine]
    above: str
    settle_by: date
    overtaken: bool = False
    planned: bool = False
    contract_over: bool = False
    choices: Choices = NOTHING
    undo_until: datetime | None = None
    returns: bool = False

    @property
    def waits_for_figure(self) -> bool:
        """Whether only the next figure can settle it."""
        return self.escalation.kind is Subject.RATINGS

    @property
    def counting(self) -> Sequence[StepLine]:
        """The steps that count: those that were not undone."""
        return in_force(self.steps)

    @property
    def last(self) -> StepLine:
        """The last step that counts."""
        return self.counting[-1]

    @property
    def answered(self) -> StepLine | None:
        """The answer in force; None if one is awaited."""
        return None if self.last.kind in WAITING else self.last

    @property
    def last_asked(self) -> StepLine:
        """The last step of which somebody gets a message of their own."""
        return next(line for line in reversed(self.counting) if line.pinged)

    @property
    def promised(self) -> StepLine | None:
        """The last answer that led to nothing, where somebody is asked again after it."""
        given = (line for line in reversed(self.counting) if line.until is not None and line.kind not in WAITING)
        return next(given, None) if self.last.kind in WAITING else None


def card_of(
    work: UnitOfWork,
    escalation: Escalation,
    standing: Mapping[Rung, Person] | None = None,
    steps: Sequence[StepLine] | None = None,
) -> EscalationCard:
    """An escalation as it stands; `standing`, who stands on its ladder, and `steps` where they are known already."""
    contract = work.session.get_one(Contract, escalation.contract_id)
    steps = steps_of(work, escalation) if steps is None else steps
    above = next_asked(work, escalation, steps, standing) if escalation.waits else None
    return EscalationCard(
        escalation=escalation,
        contract=contract_lookup.contract_facts(work.session, contract.id),
        about=_about(work, escalation),
        owner=work.session.get_one(Person, escalation.owner_id),
        steps=steps,
        above=above[1].name if above else "",
        settle_by=settle_by(work, escalation, contract),
        overtaken=escalation.kind is Subject.RATINGS and _is_overtaken(work, escalation),
        planned=escalation.kind is Subject.RATINGS and bool(plans_in_force(work, [contract.id])),
        contract_over=escalation.kind in OVER_WITH_CONTRACT and contract.end_date < work.today,
        choices=choices_of(work, escalation, contract),
        undo_until=_undo_until(work, escalation, steps),
        returns=above is not None and above[0] is escalation.rung,
    )


def _undo_until(work: UnitOfWork, escalation: Escalation, steps: Sequence[StepLine]) -> datetime | None:
    last = steps[-1]
    until = undone_until(last.at)
    return until if escalation.ended_at is None and last.kind in UNDOABLE and work.now <= until else None


def settle_by(work: UnitOfWork, escalation: Escalation, contract: Contract) -> date:
    """The day by which an escalation that is acknowledged today should be settled. A shortfall of a monthly figure can
    be settled only by the next one, so that is the day on which the next report is due."""
    calendar = work.calendar.of(contract.nation)
    usual = settled_by(work.today, calendar)
    if escalation.kind is not Subject.RATINGS:
        return usual
    short = work.session.get_one(Report, escalation.subject_id)
    opened = select(col(Report.due_on)).where(
        col(Report.contract_id) == contract.id, col(Report.period) > short.period, col(Report.due_on) > work.today
    )
    due_on = work.session.scalar(opened.order_by(col(Report.period)).limit(1))
    month = Month.parse(max(contract.next_period, short.period))
    while due_on is None and month.start <= contract.end_date:
        day = report_due(month, contract.report_working_day, calendar)
        due_on, month = day if day > work.today else None, month.next()
    return due_on or usual


def steps_of(work: UnitOfWork, escalation: Escalation) -> Sequence[StepLine]:
    """The steps so far, in order."""
    giver = aliased(Person)
    rows = work.session.execute(
        select(EscalationStep, Person, giver)
        .join(Person, col(Person.id) == col(EscalationStep.person_id))
        .outerjoin(
            giver,
            and_(col(giver.id) == col(EscalationStep.owner_before_id), col(EscalationStep.kind) == Step.REASSIGNED),
        )
        .where(col(EscalationStep.escalation_id) == escalation.id)
        .order_by(col(EscalationStep.number))
    )
    return [
        StepLine(row.number, row.kind, who, row.at, row.until, row.reason, row.pinged, row.message, by)
        for row, who, by in rows
    ]


def asked_among(steps: Sequence[StepLine]) -> set[int]:
    """The ids of everybody asked since an answer was last given."""
    return people_asked([(line.kind, line.who.id) for line in in_force(steps)])


def next_asked(
    work: UnitOfWork,
    escalation: Escalation,
    steps: Sequence[StepLine],
    standing: Mapping[Rung, Person] | None = None,
) -> tuple[Rung, Person] | None:
    """The rung and the person who is asked next if the time runs out: the next above, or else, of what was given to
    somebody else, whoever stands on its own rung. None if nobody is."""
    standing = holders_of(work, escalation) if standing is None else standing
    ids = {rung: person.id for rung, person in standing.items()}
    rung = next_rung(ids, escalation.rung, escalation.owner_id, asked_among(steps), escalation.trigger)
    if rung is not None:
        return rung, standing[rung]
    own = standing.get(escalation.rung)
    is_given = next(line for line in reversed(in_force(steps)) if line.pinged).kind is Step.REASSIGNED
    return (escalation.rung, own) if is_given and own and own.id != escalation.owner_id else None


def _about(work: UnitOfWork, escalation: Escalation) -> About:
    if escalation.kind is Subject.RISK:
        return risk_card(work, work.session.get_one(Risk, escalation.subject_id))
    return cast(Record, work.session.get_one(_RECORDS[escalation.kind], escalation.subject_id))


def _is_overtaken(work: UnitOfWork, escalation: Escalation) -> bool:
    period = select(col(Report.period)).where(col(Report.id) == escalation.subject_id).scalar_subquery()
    later = select(col(Report.id)).where(
        col(Report.contract_id) == escalation.contract_id,
        col(Report.decision) == ReportDecision.ACCEPTED,
        col(Report.period) > period,
    )
    return work.session.scalar(later.limit(1)) is not None
