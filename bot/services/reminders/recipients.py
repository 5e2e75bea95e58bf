"""Who gets a reminder: the owner, or the people of the side that owes the item, and their deputies; and snoozes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, delete, select
from sqlmodel import col

from bot.absence import is_absent
from bot.access import role_counts
from bot.domain.calendar import Nation
from bot.domain.due_kinds import DueKind
from bot.models import Contract, Party, Person, Role, RoleName, Snooze
from bot.services.due.open_items import still_open
from bot.services.due.source import DueItem
from bot.services.unit_of_work import UnitOfWork

ROLES_REMINDED = {Party.PARTNER: RoleName.PARTNER_CONTACT, Party.DEPARTMENT: RoleName.CONTRACT_MANAGER}


@dataclass(frozen=True)
class AddressedItem:
    """An item and the person who is reminded of it. A deputy is reminded of items meant for somebody else."""

    person_id: int
    meant_for_id: int
    item: DueItem


@dataclass(frozen=True)
class _OnContract:
    holders: dict[RoleName, list[int]] = field(default_factory=lambda: defaultdict(list))
    deputies: dict[int, int] = field(default_factory=dict)


def address(work: UnitOfWork, items: Sequence[DueItem]) -> list[AddressedItem]:
    """Each item once for every person who is reminded of it; an item of a contract without people is left out. Two
    queries."""
    people = _people_on(work, {item.contract_id for item in items})
    away = set(work.session.scalars(_away(work)))
    return [each for item in items for each in _address(item, people[item.contract_id], away)]


def _address(item: DueItem, on_it: _OnContract, away: set[int]) -> Iterable[AddressedItem]:
    """Address the item to the people it is meant for, or to the deputies of those who are away.

    If all of them are away, the contract manager gets it; if they are away too, everybody gets it all the same, so that
    nothing is lost.
    """
    managers = on_it.holders[RoleName.CONTRACT_MANAGER]
    meant = [item.owner_id] if item.owner_id is not None else on_it.holders[ROLES_REMINDED[item.reminded]] or managers
    stand_ins = {person: person if person not in away else on_it.deputies.get(person) for person in meant}
    there = {person: by for person, by in stand_ins.items() if by is not None and by not in away}
    if not there:
        manager = next((each for each in managers if each not in away), None)
        there = {person: manager or person for person in meant}
    return [AddressedItem(by, person, item) for person, by in there.items()]


def _away(work: UnitOfWork) -> Select[int]:
    """Everybody for whom their deputies act today: on leave, or deactivated in Slack."""
    return select(col(Person.id)).where(is_absent(col(Person.id), work.today))


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


SnoozeKey = tuple[int, DueKind, int]


def snooze(work: UnitOfWork, person_id: int, kind: DueKind, subject_id: int, until: date) -> None:
    """Remind a person of something again no earlier than this day; this replaces an earlier snooze of it."""
    of_it = (col(Snooze.person_id) == person_id, col(Snooze.kind) == kind, col(Snooze.subject_id) == subject_id)
    work.session.execute(delete(Snooze).where(*of_it))
    work.session.add(Snooze(person_id=person_id, kind=kind, subject_id=subject_id, until=until))


@dataclass(frozen=True)
class Snoozes:
    """The snoozes on a morning.

    `ended` are those that end today, by id, with the nation of the contract and the item; `obsolete` are the ids of
    those whose item is done; `active` are the keys of the others.
    """

    ended: Mapping[int, tuple[Nation, AddressedItem]]
    obsolete: Sequence[int]
    active: Set[SnoozeKey]


def snoozes_this_morning(work: UnitOfWork, nations: Sequence[Nation]) -> Snoozes:
    """The snoozes on the morning of these nations; those of other nations stay active."""
    rows = work.session.scalars(select(Snooze).order_by(col(Snooze.id))).all()
    over = [row for row in rows if row.until <= work.today]
    items = _still_open(work, over)
    about = {item.contract_id for item in items.values()}
    where = select(col(Contract.id), col(Contract.nation)).where(col(Contract.id).in_(about))
    nation = dict(work.session.execute(where).all())
    ended = {
        row.id: (nation[item.contract_id], AddressedItem(row.person_id, row.person_id, item))
        for row in over
        if (item := items.get((row.kind, row.subject_id))) is not None and nation[item.contract_id] in nations
    }
    obsolete = [row.id for row in over if (row.kind, row.subject_id) not in items]
    waiting = {row.id for row in rows} - ended.keys() - {*obsolete}
    return Snoozes(ended, obsolete, {_key(row) for row in rows if row.id in waiting})


def end_snoozes(work: UnitOfWork, ids: Sequence[int]) -> Sequence[int]:
    """Delete the snoozes that have ended; returns the ids of those that nobody changed since they were read."""
    statement = delete(Snooze).where(col(Snooze.id).in_(ids), col(Snooze.until) <= work.today).returning(col(Snooze.id))
    return sorted(work.session.scalars(statement)) if ids else []


def snooze_key(each: AddressedItem) -> SnoozeKey:
    """The key of the snooze that would hold an item back from a person."""
    return each.person_id, each.item.kind, each.item.subject_id


def snoozed_by(work: UnitOfWork, person_id: int) -> Set[SnoozeKey]:
    """The keys of a person's snoozes."""
    return {_key(row) for row in work.session.scalars(select(Snooze).where(col(Snooze.person_id) == person_id))}


def _key(row: Snooze) -> SnoozeKey:
    return row.person_id, row.kind, row.subject_id


def _still_open(work: UnitOfWork, rows: Sequence[Snooze]) -> dict[tuple[DueKind, int], DueItem]:
    by_kind: dict[DueKind, list[int]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.subject_id)
    found = [item for kind, ids in by_kind.items() for item in still_open(work, kind, ids)]
    return {(item.kind, item.subject_id): item for item in found}
