"""How long it takes to decide whom to remind of what, among 1,000, 10,000 and 100,000 contracts.

Each contract has 12 things with a day: a quarter each of reports, milestones, obligations and actions. The time is
to grow with what is due, and not with what there is.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, SQLModel, col

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.peak import peak
from benchmarks.serving import prepared
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import Nation, published
from bot.domain.london import london_instant
from bot.models import (
    ActionItem,
    Contract,
    Milestone,
    MilestoneKind,
    Obligation,
    Party,
    Person,
    ReminderLine,
    Report,
    Role,
)
from bot.services.due.rules import items_to_remind_of
from bot.services.reminders import reminders
from bot.services.unit_of_work import UnitOfWork

TEAMS = 100  # of people, each with its own contracts
SIZES, EACH, DUE = (1_000, 10_000, 100_000), 3, 5_000
TODAY = date(2027, 6, 7)  # a Monday on which nothing of the sample is due
FAR = date(2028, 6, 7)


@dataclass(frozen=True)
class Morning:
    """The seconds that it takes to decide with nothing due, with so many due, and to remind of all; and megabytes."""

    nothing: float
    due: float
    whole: float
    megabytes: float


def measure(size: Size) -> list[Figure]:
    """Measure each size with nothing due and with many things due, and print the figures."""
    sizes, due = size.of((SIZES, DUE), ((100, 1_000), 500))
    print(f"\nreminders{'':23}nothing due, s{'':6}{due:,} due, s{'':6}all of it, s{'':6}at most, MB")
    found = {}
    for contracts in sizes:
        with prepared() as settings, closing(Database(settings.database_url)) as database:
            found[contracts] = each = _measure(database, contracts, due)
        figures = f"{each.nothing:12.2f}{each.due:19.2f}{each.whole:19.2f}{each.megabytes:19.0f}"
        print(f"{contracts:>9,} contracts, {contracts * 4 * EACH:>9,} days{figures}")
    few, many = sizes[0], sizes[-1]
    middle = sizes[1]
    return [
        Figure(f"nothing due among {many:,}, of {few:,}", found[many].nothing / found[few].nothing, "times", 2),
        Figure(f"{due:,} due among {middle:,}, decided", found[middle].due, "s", 1),
        Figure(f"{due:,} due among {middle:,}, reminded of", found[middle].whole, "s", 3),
        Figure(f"memory of a process that reminds, {many:,} contracts", found[many].megabytes, "MB", 250),
    ]


def _measure(database: Database, contracts: int, many: int) -> Morning:
    with database.writing() as session:
        add_contracts(session, contracts)
    _decide(database)  # warm
    nothing, found = _decide(database)
    with database.writing() as session:
        make_due(session, TODAY, many)
    due, now_found = _decide(database)
    megabytes = peak("reminding", database.engine.url.render_as_string(hide_password=False))
    with database.writing() as session:
        began = time.perf_counter()
        _remind(session)
        whole = time.perf_counter() - began
        lines = session.scalar(select(func.count()).select_from(ReminderLine)) or 0
    if not (now_found - found >= many * 0.9 and lines >= many * 0.9):
        raise AssertionError(f"{now_found - found} things and {lines} lines where {many} were due")
    return Morning(nothing, due, whole, megabytes)


def unit(database: Database) -> None:
    """Remind everybody of everything that is due, and keep nothing of it."""
    with database.rehearsing() as session:
        _remind(session)


def _remind(session: Session) -> None:
    work = UnitOfWork(session, london_instant(TODAY, 9), published(), Messages(), "benchmark")
    for due in reminders.this_morning(work).people:
        reminders.send(work, reminders.still_to_remind_of(work, due))


def _decide(database: Database) -> tuple[float, int]:
    """The seconds it takes to find what is due in every nation, and how much is."""
    with database.rehearsing() as session:
        work = UnitOfWork(session, london_instant(TODAY, 9), published(), Messages(), "benchmark")
        began = time.perf_counter()
        found = sum(len(items_to_remind_of(work, nation, [TODAY])) for nation in Nation)
        return time.perf_counter() - began, found


def add_contracts(session: Session, size: int) -> None:
    """Contracts like the sample's first, each with twelve things that are due a year from now."""
    model = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
    roles = session.scalars(select(Role).where(col(Role.contract_id) == model.id)).all()
    owner = session.scalars(select(col(Person.id)).where(col(Person.slack) == "U0AMIRA")).one()
    first = 1_000_000
    ids = range(first, first + size)
    copied = model.model_dump(exclude={"public_id"})
    begins = TODAY - timedelta(days=1)
    started = {"start_date": begins, "registered_on": begins, "tier": "bronze"}
    _add(session, Contract, [{**copied, **started, "id": key, "reference": f"B-{key}"} for key in ids])
    people = _add_people(session, {role.person_id for role in roles})
    _add(session, Role, [_role(role, key, people[role.person_id][key % TEAMS]) for key in ids for role in roles])
    numbers = [(key, n) for key in ids for n in range(EACH)]
    by = {"owed_by": Party.PARTNER, "rule": "", "met_on": None}
    kind = {"kind": MilestoneKind.MILESTONE}
    _add(session, Milestone, [{"contract_id": k, "name": f"M{n}", "due_on": FAR, **kind, **by} for k, n in numbers])
    _add(
        session,
        Obligation,
        [{"contract_id": k, "name": f"O{n}", "due_on": FAR, "clause": "", **by} for k, n in numbers],
    )
    now = london_instant(TODAY, 9)
    _add(session, Report, [_report(key, n) for key, n in numbers])
    added = {"owner_id": owner, "added_by_id": owner, "added_at": now, "closed_by_another": False, "done_note": ""}
    _add(session, ActionItem, [{"contract_id": k, "what": f"A{n}", "due_on": FAR, **added} for k, n in numbers])


def _add_people(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[int]]:
    """Colleagues of these people, one for each team: their ids by the person whose work they do."""
    people = {}
    for person in session.scalars(select(Person).where(col(Person.id).in_(ids))):
        people[person.id] = range(1_000 * (1_000 + person.id), 1_000 * (1_000 + person.id) + TEAMS)
        account = person.model_dump(exclude={"id", "slack"})
        _add(session, Person, [{**account, "id": key, "slack": f"U{key}"} for key in people[person.id]])
    return people


def _role(role: Role, contract_id: int, person_id: int) -> dict[str, Any]:
    return {**role.model_dump(), "contract_id": contract_id, "person_id": person_id, "deputy_id": None}


def _report(contract_id: int, number: int) -> dict[str, Any]:
    report = Report(contract_id=contract_id, period=f"2028-0{number + 1}", due_on=FAR, prompt_at=london_instant(FAR, 9))
    return report.model_dump(exclude={"id"})


def make_due(session: Session, today: date, many: int) -> None:
    """Let so many milestones and obligations fall due the day after, which is a day of which their rules speak."""
    for model in (Milestone, Obligation):
        chosen = select(col(model.id)).where(col(model.due_on) == FAR).limit(many // 2)
        session.execute(update(model).where(col(model.id).in_(chosen)).values(due_on=today + timedelta(days=1)))


def _add(session: Session, model: type[SQLModel], rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 5_000):
        session.execute(insert(model), rows[start : start + 5_000])


if __name__ == "__main__":
    run_alone("reminding", measure)
