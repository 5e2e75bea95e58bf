"""More time that was agreed: the day on which a thing was due before."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select, tuple_
from sqlmodel import col

from bot.domain.due_kinds import DueKind
from bot.models import MoreTime
from bot.services.unit_of_work import UnitOfWork


def earlier_days(work: UnitOfWork, things: Iterable[tuple[DueKind, int, date]]) -> Mapping[tuple[DueKind, int], date]:
    """The first due day of each record (kind, id, present due day) whose present day was agreed as more time. One
    query."""
    due = {(kind, subject_id): due_on for kind, subject_id, due_on in things}
    if not due:
        return {}
    rows = work.session.execute(
        select(col(MoreTime.kind), col(MoreTime.subject_id), col(MoreTime.due_on), col(MoreTime.until))
        .where(col(MoreTime.agreed).is_(True), tuple_(col(MoreTime.kind), col(MoreTime.subject_id)).in_(list(due)))
        .order_by(col(MoreTime.id))
    )
    first: dict[tuple[DueKind, int], date] = {}
    stands: dict[tuple[DueKind, int], date] = {}
    for kind, subject_id, due_on, until in rows:
        first.setdefault((kind, subject_id), due_on)
        stands[kind, subject_id] = until
    return {key: day for key, day in first.items() if stands[key] == due[key]}
