"""The questions that everybody asks of what falls due: what is open, and whether a record still is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, true

from bot.domain.due_kinds import DueKind
from bot.models import Audience
from bot.services.due.selection import ByIds, Selection
from bot.services.due.source import DueItem, DueSource
from bot.services.due.sources import LISTED, source_of
from bot.services.unit_of_work import UnitOfWork


def open_items(
    work: UnitOfWork,
    contracts: ColumnElement[bool],
    which: Selection,
    audience: Audience = Audience.INTERNAL,
    sources: Iterable[DueSource] = LISTED,
) -> list[DueItem]:
    """The selected items of every kind that an audience may know of, on the contracts that satisfy a condition.

    A constant number of queries for each kind.
    """
    if audience is Audience.INTERNAL:
        return [item for source in sources for item in source.find(work, contracts, which)]
    shared = (source for source in sources if source.audience is Audience.SHARED)
    found = (item for source in shared for item in source.find(work, contracts, which))
    return [item for item in found if item.audience is Audience.SHARED]


def still_open(work: UnitOfWork, kind: DueKind, subject_ids: Sequence[int]) -> Sequence[DueItem]:
    """The records among these, of one kind, that are still open."""
    return source_of(kind).find(work, true(), ByIds(subject_ids)) if subject_ids else []


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
