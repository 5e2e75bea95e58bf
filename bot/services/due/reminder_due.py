"""Finding the items to remind people of: one query for each kind, whose cost grows with the items due and not with all
items."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.calendar import Nation
from bot.domain.duties import KPI_VALUE, Regime
from bot.domain.periods import Month
from bot.domain.reminders import CONTACT_WITHIN, CONTACT_WITHIN_ELSE, ReminderKind
from bot.domain.stages import TALKED_WITH
from bot.models import (
    ActionItem,
    Contact,
    Contract,
    Decision,
    ExtensionOption,
    Milestone,
    MilestoneKind,
    Obligation,
    Party,
    Report,
    Risk,
    RiskStatus,
)
from bot.services.contacts.contact_log import is_current
from bot.services.due.awaited_reports import is_awaited
from bot.services.due.contract_duties import assessment_due
from bot.services.due.rules import ByDueDates, ByIds, Selector
from bot.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ReminderItem:
    """An item that is due: its owner (a person's id) is reminded, or else the side that owes it."""

    kind: ReminderKind
    subject_id: int
    contract_id: int
    what: str
    due_on: date
    owed_by: Party = Party.DEPARTMENT
    owner_id: int | None = None


Finder = Callable[[UnitOfWork, ColumnElement[bool], Selector], list[ReminderItem]]


def items_due(work: UnitOfWork, nation: Nation, selectors: Mapping[ReminderKind, ByDueDates]) -> list[ReminderItem]:
    """The items in a nation's contracts with a due day for which the rules send a reminder."""
    here = col(Contract.nation) == nation
    return [item for kind in ReminderKind for item in FINDERS[kind](work, here, selectors[kind])]


def items_still_open(work: UnitOfWork, kind: ReminderKind, subject_ids: Sequence[int]) -> list[ReminderItem]:
    """The records among these, of one kind, that are still open."""
    return FINDERS[kind](work, true(), ByIds(subject_ids)) if subject_ids else []


def still_due(work: UnitOfWork, things: Sequence[tuple[ReminderKind, int, date]]) -> list[bool]:
    """Whether each of these records is still due on its day: not done, and its day not moved. One query for each
    kind."""
    by_kind: dict[ReminderKind, list[int]] = defaultdict(list)
    for kind, subject_id, _ in things:
        by_kind[kind].append(subject_id)
    due = {
        (kind, item.subject_id): item.due_on
        for kind, ids in by_kind.items()
        for item in items_still_open(work, kind, ids)
    }
    return [due.get((kind, subject_id), date.max) <= due_on for kind, subject_id, due_on in things]


def _reports(work: UnitOfWork, here: ColumnElement[bool], which: Selector) -> list[ReminderItem]:
    rows = work.session.execute(
        select(col(Report.id), col(Report.contract_id), col(Report.period), col(Report.due_on))
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(here, is_awaited(), which.of(Report.id, Report.contract_id, Report.due_on))
    )
    return [
        ReminderItem(ReminderKind.REPORT, key, contract, f"Report for {Month.parse(period)}", due_on, Party.PARTNER)
        for key, contract, period, due_on in rows
    ]


def _milestones(kind: ReminderKind, of: MilestoneKind) -> Finder:
    def find(work: UnitOfWork, here: ColumnElement[bool], which: Selector) -> list[ReminderItem]:
        rows = work.session.execute(
            select(
                col(Milestone.id),
                col(Milestone.contract_id),
                col(Milestone.name),
                col(Milestone.due_on),
                col(Milestone.owed_by),
            )
            .join(Contract, col(Contract.id) == col(Milestone.contract_id))
            .where(here, col(Milestone.kind) == of, col(Milestone.met_on).is_(None))
            .where(which.of(Milestone.id, Milestone.contract_id, Milestone.due_on))
        )
        return [ReminderItem(kind, key, contract, name, due_on, side) for key, contract, name, due_on, side in rows]

    return find


def _obligations(work: UnitOfWork, here: ColumnElement[bool], which: Selector) -> list[ReminderItem]:
    rows = work.session.scalars(
        select(Obligation)
        .join(Contract, col(Contract.id) == col(Obligation.contract_id))
        .where(here, col(Obligation.met_on).is_(None), col(Obligation.due_on).is_not(None))
        .where(which.of(Obligation.id, Obligation.contract_id, Obligation.due_on))
    )
    return [
        ReminderItem(ReminderKind.OBLIGATION, row.id, row.contract_id, row.name, row.due_on, row.owed_by)
        for row in rows
        if row.due_on is not None
    ]


def _options(work: UnitOfWork, here: ColumnElement[bool], which: Selector) -> list[ReminderItem]:
    rows = work.session.scalars(
        select(ExtensionOption)
        .join(Contract, col(Contract.id) == col(ExtensionOption.contract_id))
        .where(here, col(ExtensionOption.decision) == Decision.OPEN)
        .where(which.of(ExtensionOption.id, ExtensionOption.contract_id, ExtensionOption.decide_by))
    )
    return [
        ReminderItem(ReminderKind.OPTION, row.id, row.contract_id, f"Decide: {row.name}", row.decide_by) for row in rows
    ]


def _actions(work: UnitOfWork, here: ColumnElement[bool], which: Selector) -> list[ReminderItem]:
    rows = work.session.scalars(
        select(ActionItem)
        .join(Contract, col(Contract.id) == col(ActionItem.contract_id))
        .where(here, col(ActionItem.done_on).is_(None))
        .where(which.of(ActionItem.id, ActionItem.contract_id, ActionItem.due_on))
    )
    return [
        ReminderItem(
            ReminderKind.ACTION,
            row.id,
            row.contract_id,
            f"{row.reference} {row.what}",
            row.due_on,
            owner_id=row.owner_id,
        )
        for row in rows
    ]


def _risk_reviews(work: UnitOfWork, here: ColumnElement[bool], which: Selector) -> list[ReminderItem]:
    rows = work.session.scalars(
        select(Risk)
        .join(Contract, col(Contract.id) == col(Risk.contract_id))
        .where(here, col(Risk.status) == RiskStatus.OPEN, which.of(Risk.id, Risk.contract_id, Risk.review_on))
    )
    return [
        ReminderItem(
            ReminderKind.RISK_REVIEW,
            row.id,
            row.contract_id,
            f"Review {row.reference} {row.title}",
            row.review_on,
            owner_id=row.owner_id,
        )
        for row in rows
    ]


def _contacts(work: UnitOfWork, here: ColumnElement[bool], which: Selector) -> list[ReminderItem]:
    """Contracts whose last contact, or start if there was none, is too long ago."""
    later = aliased(Contact)
    last = and_(
        is_current(),
        not_(
            exists().where(
                col(later.contract_id) == col(Contact.contract_id),
                col(later.happened_on) > col(Contact.happened_on),
                col(later.withdrawn).is_(False),
            )
        ),
    )
    talked = and_(here, col(Contract.stage).in_(TALKED_WITH), col(Contract.end_date) >= work.today)
    columns = (col(Contract.id), col(Contract.tier))
    selectors = (
        select(*columns, col(Contact.happened_on))
        .join(Contact, col(Contact.contract_id) == col(Contract.id))
        .where(talked, last, _within_tier(which, Contact.happened_on))
        .distinct()
    )
    never = (
        select(*columns, col(Contract.start_date))
        .where(talked, ~exists().where(col(Contact.contract_id) == col(Contract.id)))
        .where(_within_tier(which, Contract.start_date))
    )
    return [
        ReminderItem(
            ReminderKind.CONTACT, key, key, "Speak with the partner", since + timedelta(days=_days_without(tier))
        )
        for found in (selectors, never)
        for key, tier, since in work.session.execute(found)
    ]


def _within_tier(which: Selector, since: object) -> ColumnElement[bool]:
    tier = func.lower(col(Contract.tier))
    tiers = (
        and_(tier == name, which.of(Contract.id, Contract.id, since, days)) for name, days in CONTACT_WITHIN.items()
    )
    others = and_(tier.not_in(CONTACT_WITHIN), which.of(Contract.id, Contract.id, since, CONTACT_WITHIN_ELSE))
    return or_(*tiers, others)


def _days_without(tier: str) -> int:
    return CONTACT_WITHIN.get(tier.lower(), CONTACT_WITHIN_ELSE)


def _assessments(work: UnitOfWork, here: ColumnElement[bool], which: Selector) -> list[ReminderItem]:
    """The yearly assessments of contracts that must have them by law."""
    contracts = work.session.scalars(
        select(Contract).where(
            here,
            col(Contract.regime) == Regime.ACT_2023,
            func.coalesce(col(Contract.value_with_vat_pounds), col(Contract.value_pounds)) > KPI_VALUE,
            col(Contract.end_date) >= work.today,
            or_(
                which.of(Contract.id, Contract.id, Contract.end_date),
                which.anniversary(Contract.id, Contract.start_date),
            ),
        )
    )
    days = ((contract, assessment_due(contract, work.today)) for contract in contracts)
    return [
        ReminderItem(ReminderKind.ASSESSMENT, contract.id, contract.id, "Assess performance for the year (UK9)", day)
        for contract, day in days
        if day is not None and which.holds(contract.id, contract.id, day)
    ]


FINDERS: dict[ReminderKind, Finder] = {
    ReminderKind.REPORT: _reports,
    ReminderKind.MILESTONE: _milestones(ReminderKind.MILESTONE, MilestoneKind.MILESTONE),
    ReminderKind.DELIVERABLE: _milestones(ReminderKind.DELIVERABLE, MilestoneKind.DELIVERABLE),
    ReminderKind.RENEWAL: _milestones(ReminderKind.RENEWAL, MilestoneKind.RENEWAL),
    ReminderKind.OBLIGATION: _obligations,
    ReminderKind.OPTION: _options,
    ReminderKind.ACTION: _actions,
    ReminderKind.RISK_REVIEW: _risk_reviews,
    ReminderKind.CONTACT: _contacts,
    ReminderKind.ASSESSMENT: _assessments,
}
