"""Snoozes: a person does not want to hear of one thing until a day, and is reminded of it then."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlmodel import col

from bot.domain.calendar import Nation
from bot.domain.nudges import NudgeKind
from bot.models import Contract, Snooze
from bot.services.nudges.items import NudgeItem, items_still_open
from bot.services.nudges.people import Reminded
from bot.services.work import Work

Asleep = tuple[int, NudgeKind, int]


def snooze(work: Work, person_id: int, kind: NudgeKind, subject_id: int, until: date) -> None:
    """Keep that a person wants to hear of it no earlier than on this day; what they said before no longer counts."""
    of_it = (col(Snooze.person_id) == person_id, col(Snooze.kind) == kind, col(Snooze.subject_id) == subject_id)
    work.session.execute(delete(Snooze).where(*of_it))
    work.session.add(Snooze(person_id=person_id, kind=kind, subject_id=subject_id, until=until))


def woken(work: Work, nation: Nation) -> list[Reminded]:
    """What people asked to be reminded of by now, in a nation's contracts, as far as it is still open. It is over."""
    rows = work.session.scalars(select(Snooze).where(col(Snooze.until) <= work.today)).all()
    items = _still_open(work, rows)
    here = set(
        work.session.scalars(
            select(col(Contract.id)).where(
                col(Contract.id).in_({item.contract_id for item in items.values()}), col(Contract.nation) == nation
            )
        )
    )
    found: list[Reminded] = []
    for row in rows:
        item = items.get((row.kind, row.subject_id))
        if item is None or item.contract_id in here:
            work.session.delete(row)
        if item is not None and item.contract_id in here:
            found.append(Reminded(row.person_id, row.person_id, item))
    work.session.flush()
    return found


def asleep(work: Work) -> set[Asleep]:
    """Who does not want to hear of what."""
    rows = work.session.execute(select(col(Snooze.person_id), col(Snooze.kind), col(Snooze.subject_id)))
    return {(person, kind, subject) for person, kind, subject in rows}


def _still_open(work: Work, rows: Sequence[Snooze]) -> dict[tuple[NudgeKind, int], NudgeItem]:
    by_kind: dict[NudgeKind, list[int]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.subject_id)
    found = [item for kind, ids in by_kind.items() for item in items_still_open(work, kind, ids)]
    return {(item.kind, item.subject_id): item for item in found}
