"""The questions that everybody asks of what falls due: what is open, and whether a record still is."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache

from sqlalchemy import BigInteger, CompoundSelect, bindparam, literal_column, select, union_all

from bot.domain.due_kinds import DueKind
from bot.models import Audience
from bot.scopes import EVERYWHERE, ContractScope
from bot.services.due.selection import ByIds, Selection
from bot.services.due.source import Among, DueItem, DueSource
from bot.services.due.sources import LISTED, SOURCES, source_of
from bot.services.unit_of_work import UnitOfWork


def open_items(
    work: UnitOfWork,
    scope: ContractScope,
    which: Selection,
    audience: Audience = Audience.INTERNAL,
    sources: Iterable[DueSource] | None = None,
) -> list[DueItem]:
    """The selected items of every kind, or from these sources, that an audience may know of, on the contracts of a
    scope.

    A constant number of queries for each kind of which there is any record.
    """
    if sources is None:
        sources = listed_in_use(work)
    if audience is Audience.INTERNAL:
        return [item for source in sources for item in source.find(work, scope, which)]
    shared = (source for source in sources if source.audience is Audience.SHARED)
    found = (item for source in shared for item in source.find(work, scope, which))
    return [item for item in found if item.audience is Audience.SHARED]


def sources_on(work: UnitOfWork, contract_id: int) -> Sequence[DueSource]:
    """The sources that may have an open item on a contract, in the order of lists. One query."""
    found = set(work.session.scalars(_kinds_on(), {"contract_id": contract_id}))
    return [source for source in LISTED if source.among is None or source.kind.value in found]


def sources_in_use(work: UnitOfWork) -> Sequence[DueSource]:
    """The sources of which there is any record, open or not, in the order of lists. One query, of a row of each."""
    found = set(work.session.scalars(_kinds_in_use()))
    return [source for source in SOURCES if source.among is None or source.kind.value in found]


def listed_in_use(work: UnitOfWork) -> Sequence[DueSource]:
    """The same, of those whose records stand in lists."""
    return [source for source in sources_in_use(work) if not source.only_reminds]


@cache
def _kinds_on() -> CompoundSelect[str]:
    here = bindparam("contract_id", type_=BigInteger)
    return _kinds(lambda among: among.where(among.selected_columns[0] == here))


@cache
def _kinds_in_use() -> CompoundSelect[str]:
    return _kinds(lambda among: select(among.selected_columns[0]))


def _kinds(some: Callable[[Among], Among]) -> CompoundSelect[str]:
    """The kinds of which there are some."""
    each = ((source.kind, source.among) for source in SOURCES if source.among is not None)
    return union_all(*(select(literal_column(f"'{kind.value}'")).where(some(among).exists()) for kind, among in each))


def still_open(work: UnitOfWork, kind: DueKind, subject_ids: Sequence[int]) -> Sequence[DueItem]:
    """The records among these, of one kind, that are still open."""
    return source_of(kind).find(work, EVERYWHERE, ByIds(subject_ids)) if subject_ids else []


def still_due(work: UnitOfWork, things: Sequence[tuple[DueKind, int, date]]) -> list[bool]:
    """Whether each of these records is still due on its day: not done, and its day not moved. A constant number of
    queries for each kind."""
    by_kind: dict[DueKind, list[int]] = defaultdict(list)
    for kind, subject_id, _ in things:
        by_kind[kind].append(subject_id)
    due = {
        (kind, item.subject_id): item.due_on for kind, ids in by_kind.items() for item in still_open(work, kind, ids)
    }
    return [due.get((kind, subject_id), date.max) <= due_on for kind, subject_id, due_on in things]
