"""The dated items of a summary's contracts: late, or due soon."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlmodel import col

from bot.domain.calendar import CalendarEnds
from bot.domain.wording import join_words, plural
from bot.models import (
    ActionItem,
    Audience,
    Contract,
    Decision,
    ExtensionOption,
    Memo,
    Milestone,
    Obligation,
    Party,
    PlanStatus,
    RectificationPlan,
    Report,
)
from bot.services.due.awaited_reports import awaited, is_awaited
from bot.services.unit_of_work import UnitOfWork

SOON = timedelta(days=14)
OPTIONS_SOON = timedelta(days=42)  # a decision to extend takes weeks to prepare
NAMED_AT_MOST = 4  # contracts in one line


@dataclass(frozen=True)
class Scope:
    """The contracts and audience of a summary: the portfolio, or one contract."""

    contract: Contract | None = None
    audience: Audience = Audience.INTERNAL

    @property
    def is_shared(self) -> bool:
        """Whether the contract's partner reads it too."""
        return self.audience is Audience.SHARED


@dataclass(frozen=True)
class DatedItem:
    """One dated item on a contract: `days` is the number of working days it is late, 0 if it is not.

    It is None if the bank holidays of that time are not known.
    """

    contract: str
    what: str
    on: date
    days: int | None = 0


Dated = tuple[int, str, date]


def dated_items(
    work: UnitOfWork, contracts: Mapping[int, Contract], scope: Scope
) -> tuple[list[DatedItem], list[DatedItem]]:
    """The late items, the latest first, and those due in the next two weeks. A constant number of queries.

    A partner's summary has no options to extend and no actions, which are the department's alone; the portfolio's has
    no actions.
    """
    found = [*_reports(work, contracts), *_owed(work, contracts), *_memos(work, contracts), *_plans(work, contracts)]
    if not scope.is_shared:
        found += _options(work, contracts)
        found += _actions(work, contracts) if scope.contract is not None else []
    today = work.today
    late = [_item(work, contracts[of], what, on) for of, what, on in found if on < today]
    coming = [_item(work, contracts[of], what, on) for of, what, on in found if on >= today]
    return sorted(late, key=lambda item: item.on), _grouped(coming)


def failed_plans(work: UnitOfWork, contracts: Mapping[int, Contract]) -> list[DatedItem]:
    """The rectification plans that failed, the oldest first."""
    plans = work.session.scalars(
        select(RectificationPlan)
        .where(
            col(RectificationPlan.status) == PlanStatus.FAILED,
            col(RectificationPlan.contract_id).in_(contracts),
        )
        .order_by(col(RectificationPlan.due_on))
    )
    return [DatedItem(contracts[plan.contract_id].reference, plan.title, plan.due_on) for plan in plans]


def _reports(work: UnitOfWork, contracts: Mapping[int, Contract]) -> Iterable[Dated]:
    """Reports that have not come, and unanswered queries."""
    for row in work.session.scalars(select(Report).where(col(Report.contract_id).in_(contracts), is_awaited())):
        contract = contracts[row.contract_id]
        found = awaited(row, contract, work.calendar.of(contract.nation))
        if found.on <= _soon(work):
            yield row.contract_id, found.what, found.on


def _owed(work: UnitOfWork, contracts: Collection[int]) -> Iterable[Dated]:
    """Milestones, deliverables and obligations that are not met."""
    milestones = select(Milestone).where(
        col(Milestone.contract_id).in_(contracts), col(Milestone.met_on).is_(None), col(Milestone.due_on) <= _soon(work)
    )
    obligations = select(Obligation).where(
        col(Obligation.contract_id).in_(contracts),
        col(Obligation.met_on).is_(None),
        col(Obligation.due_on) <= _soon(work),
    )
    for milestone in work.session.scalars(milestones):
        yield milestone.contract_id, f"{milestone.kind.value.capitalize()}: {milestone.name}", milestone.due_on
    for obligation in work.session.scalars(obligations):
        if obligation.due_on:
            whose = "The department's" if obligation.owed_by is Party.DEPARTMENT else "The partner's"
            yield obligation.contract_id, f"{whose}: {obligation.name}", obligation.due_on


def _memos(work: UnitOfWork, contracts: Collection[int]) -> Iterable[Dated]:
    rows = select(Memo).where(
        col(Memo.contract_id).in_(contracts),
        col(Memo.acknowledged_on).is_(None),
        col(Memo.acknowledge_by) <= _soon(work),
    )
    for row in work.session.scalars(rows):
        how = "not acknowledged" if row.acknowledge_by < work.today else "to be acknowledged"
        yield row.contract_id, f"Change memo {row.number} {how}", row.acknowledge_by


def _plans(work: UnitOfWork, contracts: Collection[int]) -> Iterable[Dated]:
    rows = select(RectificationPlan).where(
        col(RectificationPlan.contract_id).in_(contracts),
        col(RectificationPlan.status) == PlanStatus.REQUESTED,
        col(RectificationPlan.due_on) <= _soon(work),
    )
    return [(row.contract_id, f"Rectification plan: {row.title}", row.due_on) for row in work.session.scalars(rows)]


def _options(work: UnitOfWork, contracts: Collection[int]) -> Iterable[Dated]:
    rows = select(ExtensionOption).where(
        col(ExtensionOption.contract_id).in_(contracts),
        col(ExtensionOption.decision) == Decision.OPEN,
        col(ExtensionOption.decide_by).between(work.today, work.today + OPTIONS_SOON),
    )
    return [
        (row.contract_id, f"Decide: {row.name[:1].lower()}{row.name[1:]}", row.decide_by)
        for row in work.session.scalars(rows)
    ]


def _actions(work: UnitOfWork, contracts: Collection[int]) -> Iterable[Dated]:
    rows = select(ActionItem).where(
        col(ActionItem.contract_id).in_(contracts),
        col(ActionItem.done_on).is_(None),
        col(ActionItem.due_on) <= _soon(work),
    )
    return [(row.contract_id, f"Action {row.reference}: {row.what}", row.due_on) for row in work.session.scalars(rows)]


def _soon(work: UnitOfWork) -> date:
    return work.today + SOON


def _grouped(items: Sequence[DatedItem]) -> list[DatedItem]:
    """The items, with one item for several contracts that have the same thing due on the same day."""
    ordered = sorted(items, key=lambda item: (item.on, item.what, item.contract))
    grouped = []
    for (on, what), same in groupby(ordered, key=lambda item: (item.on, item.what)):
        references = [item.contract for item in same]
        if len(references) > NAMED_AT_MOST:
            references = [*references[: NAMED_AT_MOST - 1], plural(len(references) - NAMED_AT_MOST + 1, "other")]
        grouped.append(DatedItem(join_words(references), what, on))
    return grouped


def _item(work: UnitOfWork, contract: Contract, what: str, on: date) -> DatedItem:
    try:
        days = max(work.calendar.of(contract.nation).working_days_between(on, work.today), 0)
    except CalendarEnds:
        return DatedItem(contract.reference, what, on, None)
    return DatedItem(contract.reference, what, on, days)
