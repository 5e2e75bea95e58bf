"""The dated items of a summary's contracts: late, or due soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.finding_cycle import UNSETTLED
from bot.domain.wording import join_words, plural
from bot.models import Audience, Contract, Finding, Intervention, PlanStatus, RectificationPlan
from bot.scopes import EVERYWHERE, ContractScope, on_contract, on_contracts
from bot.services.due import duties
from bot.services.due.open_items import open_items, sources_in_use
from bot.services.due.selection import DueBetween
from bot.services.due.source import DueItem, DueSource
from bot.services.due.sources import LISTED, source_of
from bot.services.due.sources.visits import VISITS
from bot.services.unit_of_work import UnitOfWork

FOR_MANY = tuple(source for source in LISTED if not source.is_personal)  # what is no one person's work
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
    """One dated item on a contract: `days` is the number of working days it is late, 0 if it is not. `key` is the same
    as long as it is the same thing that is due on the same day. `note` says that it was asked for only later, from
    when it counts as late. `is_owed`: it is a milestone, a deliverable or an obligation.

    It is None if the bank holidays of that time are not known.
    """

    contract: str
    what: str
    on: date
    days: int = 0
    key: str = ""
    note: str = ""
    is_owed: bool = False


def dated_items(
    work: UnitOfWork, contracts: Mapping[int, Contract], scope: Scope
) -> tuple[list[DatedItem], list[DatedItem]]:
    """The late items, the latest first, and those due soon. A constant number of queries.

    A partner's summary has only what the partner knows of; the portfolio's has nothing that is one person's work.
    """
    if scope.contract is None:
        return _dated(work, contracts, EVERYWHERE, FOR_MANY, scope.audience)
    return _dated(work, contracts, on_contract(scope.contract.id), LISTED, scope.audience)


def dated_items_of(work: UnitOfWork, contracts: Mapping[int, Contract]) -> tuple[list[DatedItem], list[DatedItem]]:
    """The same for some contracts, as the department sees them."""
    return _dated(work, contracts, on_contracts(contracts), FOR_MANY, Audience.INTERNAL)


def _dated(
    work: UnitOfWork,
    contracts: Mapping[int, Contract],
    here: ContractScope,
    sources: Sequence[DueSource],
    audience: Audience,
) -> tuple[list[DatedItem], list[DatedItem]]:
    until = work.today + max(source.ahead for source in sources)
    in_use = [source for source in sources_in_use(work) if source in sources]
    found = [
        item
        for item in open_items(work, here, DueBetween(last=until), audience, in_use)
        if item.due_on <= work.today + source_of(item.kind).ahead
    ]
    items = [_item(work, contracts[each.contract_id], each) for each in found]
    late = [item for item in items if item.on < work.today]
    return sorted(late, key=lambda item: item.on), _grouped([item for item in items if item.on >= work.today])


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
    return [
        DatedItem(contracts[plan.contract_id].reference, plan.title, plan.due_on or plan.began_on) for plan in plans
    ]


@dataclass(frozen=True)
class FindingCounts:
    """How many findings of final reports are open; of these, how many are overdue and how many repeat another."""

    unsettled: int = 0
    overdue: int = 0
    repeated: int = 0


def finding_counts(work: UnitOfWork, contracts: Mapping[int, Contract]) -> FindingCounts:
    """The findings of these contracts that are to be put right. One query."""
    row = Finding
    counts = (
        func.count(),
        func.count().filter(col(row.due_on) < work.today),
        func.count().filter(col(row.repeat_of_id).is_not(None)),
    )
    unsettled = (col(row.state).in_(UNSETTLED), col(row.due_on).is_not(None), col(row.contract_id).in_(contracts))
    return FindingCounts(*work.session.execute(select(*counts).where(*unsettled)).one())


def visits_overdue(work: UnitOfWork, contracts: Mapping[int, Contract]) -> int:
    """On how many of these contracts the next visit is overdue, and none is planned. One query."""
    return len(VISITS.find(work, on_contracts(contracts), DueBetween(last=work.today - timedelta(days=1))))


def interventions(work: UnitOfWork, contracts: Mapping[int, Contract]) -> list[DatedItem]:
    """The interventions in force, the highest levels first, each with the day on which it was entered."""
    rows = work.session.scalars(
        select(Intervention)
        .where(col(Intervention.left_on).is_(None), col(Intervention.contract_id).in_(contracts))
        .order_by(col(Intervention.level).desc(), col(Intervention.opened_on), col(Intervention.id))
    )
    return [DatedItem(contracts[row.contract_id].reference, row.called, row.opened_on) for row in rows]


def _grouped(items: Sequence[DatedItem]) -> list[DatedItem]:
    """The items, with one item for several contracts that have the same thing due on the same day."""
    ordered = sorted(items, key=lambda item: (item.on, item.what, item.contract))
    grouped = []
    for (on, what), same in groupby(ordered, key=lambda item: (item.on, item.what)):
        items = list(same)
        references = [item.contract for item in items]
        if len(references) > NAMED_AT_MOST:
            references = [*references[: NAMED_AT_MOST - 1], plural(len(references) - NAMED_AT_MOST + 1, "other")]
        grouped.append(DatedItem(join_words(references), what, on, is_owed=any(item.is_owed for item in items)))
    return grouped


def _item(work: UnitOfWork, contract: Contract, item: DueItem) -> DatedItem:
    counts_from = item.asking.counts_from or work.today if item.asking else item.due_on
    days = max(work.calendar.of(contract.nation).working_days_between(counts_from, work.today), 0)
    key = f"{item.kind}-{item.subject_id}-{item.due_on}"
    is_owed = duties.is_owed(source_of(item.kind))
    return DatedItem(contract.reference, item.in_a_list, item.due_on, days, key, item.note, is_owed)
