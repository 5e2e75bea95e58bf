"""Who is reminded: the owner, or the people of the side that owes it, and their deputies; and who snoozed it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, select
from sqlmodel import col

from bot.access import away_on, role_counts
from bot.domain.calendar import Nation
from bot.domain.reminders import ReminderKind
from bot.models import Absence, Contract, Party, Person, Role, RoleName, Snooze
from bot.services.due.reminder_due import ReminderItem, items_still_open
from bot.services.unit_of_work import UnitOfWork

ASKED = {Party.PARTNER: RoleName.PARTNER_CONTACT, Party.DEPARTMENT: RoleName.CONTRACT_MANAGER}


@dataclass(frozen=True)
class Reminded:
    """Who is told of what, and for whom it is meant: another, where they stand in."""

    person_id: int
    meant_for_id: int
    item: ReminderItem


@dataclass(frozen=True)
class _OnContract:
    holders: dict[RoleName, list[int]] = field(default_factory=lambda: defaultdict(list))
    deputies: dict[int, int] = field(default_factory=dict)


def who_is_reminded(work: UnitOfWork, items: Sequence[ReminderItem]) -> list[Reminded]:
    """Each item with everybody who is told of it; nothing for one whose contract has nobody at all. Two queries."""
    people = _people_on(work, {item.contract_id for item in items})
    away = set(work.session.scalars(select(col(Absence.person_id)).where(away_on(work.today))))
    return [each for item in items for each in _told(item, people[item.contract_id], away)]


def _told(item: ReminderItem, on_it: _OnContract, away: set[int]) -> Iterable[Reminded]:
    """Whoever is here of those it is meant for, else who stands in; else the contract's manager, else them all the
    same: what waits for one who comes back may wait too long, and what nobody hears of is lost."""
    managers = on_it.holders[RoleName.CONTRACT_MANAGER]
    meant = [item.owner_id] if item.owner_id is not None else on_it.holders[ASKED[item.owed_by]] or managers
    told = {person: person if person not in away else on_it.deputies.get(person) for person in meant}
    there = {person: by for person, by in told.items() if by is not None and by not in away}
    if not there:
        manager = next((each for each in managers if each not in away), None)
        there = {person: manager or person for person in meant}
    return [Reminded(by, person, item) for person, by in there.items()]


def _people_on(work: UnitOfWork, contract_ids: set[int]) -> dict[int, _OnContract]:
    rows = work.session.execute(
        select(col(Role.contract_id), col(Role.role), col(Role.person_id), col(Role.deputy_id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Role.contract_id).in_(contract_ids), role_counts())
        .order_by(col(Role.contract_id), col(Role.person_id))
    )
    found: dict[int, _OnContract] = defaultdict(_OnContract)
    for contract_id, role, person_id, deputy_id in rows:
        found[contract_id].holders[role].append(person_id)
        if deputy_id is not None:
            found[contract_id].deputies[person_id] = deputy_id
    return found


Asleep = tuple[int, ReminderKind, int]


def snooze(work: UnitOfWork, person_id: int, kind: ReminderKind, subject_id: int, until: date) -> None:
    """Keep that a person wants to hear of it no earlier than on this day; what they said before no longer counts."""
    of_it = (col(Snooze.person_id) == person_id, col(Snooze.kind) == kind, col(Snooze.subject_id) == subject_id)
    work.session.execute(delete(Snooze).where(*of_it))
    work.session.add(Snooze(person_id=person_id, kind=kind, subject_id=subject_id, until=until))


@dataclass(frozen=True)
class Snoozes:
    """What people asked to be reminded of later: what it is time for (`woken`, by the snooze's id, with the nation of
    its contract), the snoozes of what is done, and what they do not want to hear of yet."""

    woken: Mapping[int, tuple[Nation, Reminded]]
    settled: Sequence[int]
    asleep: Set[Asleep]


def look(work: UnitOfWork, nations: Sequence[Nation]) -> Snoozes:
    """The snoozes as they are on the morning of these nations: another's wait for its own."""
    rows = work.session.scalars(select(Snooze).order_by(col(Snooze.id))).all()
    over = [row for row in rows if row.until <= work.today]
    items = _still_open(work, over)
    about = {item.contract_id for item in items.values()}
    where = select(col(Contract.id), col(Contract.nation)).where(col(Contract.id).in_(about))
    nation = dict(work.session.execute(where).all())
    woken = {
        row.id: (nation[item.contract_id], Reminded(row.person_id, row.person_id, item))
        for row in over
        if (item := items.get((row.kind, row.subject_id))) is not None and nation[item.contract_id] in nations
    }
    settled = [row.id for row in over if (row.kind, row.subject_id) not in items]
    waiting = {row.id for row in rows} - woken.keys() - {*settled}
    return Snoozes(woken, settled, {_of(row) for row in rows if row.id in waiting})


def wake(work: UnitOfWork, ids: Sequence[int]) -> Sequence[int]:
    """End these snoozes; those that were not changed meanwhile."""
    ended = delete(Snooze).where(col(Snooze.id).in_(ids), col(Snooze.until) <= work.today).returning(col(Snooze.id))
    return sorted(work.session.scalars(ended)) if ids else []


def asleep(each: Reminded) -> Asleep:
    """What a snooze would have to be of, for a person not to hear of something."""
    return each.person_id, each.item.kind, each.item.subject_id


def asleep_of(work: UnitOfWork, person_id: int) -> Set[Asleep]:
    """What a person does not want to hear of yet."""
    return {_of(row) for row in work.session.scalars(select(Snooze).where(col(Snooze.person_id) == person_id))}


def _of(row: Snooze) -> Asleep:
    return row.person_id, row.kind, row.subject_id


def _still_open(work: UnitOfWork, rows: Sequence[Snooze]) -> dict[tuple[ReminderKind, int], ReminderItem]:
    by_kind: dict[ReminderKind, list[int]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.subject_id)
    found = [item for kind, ids in by_kind.items() for item in items_still_open(work, kind, ids)]
    return {(item.kind, item.subject_id): item for item in found}
