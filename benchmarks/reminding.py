"""How long it takes to decide whom to remind of what, among 1,000, 10,000 and 100,000 contracts.

Each contract has 12 things with a day: a quarter each of reports, milestones, obligations and actions. The time is
to grow with what is due, and not with what there is.
"""

import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, SQLModel, col

from benchmarks.peak import peak
from bot import demo
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

SIZES, EACH, DUE = (1_000, 10_000, 100_000), 3, 5_000
TODAY = date(2027, 6, 7)  # a Monday on which nothing of the sample is due
FAR = date(2028, 6, 7)
GOALS = {10_000: "1 s, 3 s, 250 MB"}


def main() -> None:
    """Measure each size with nothing due and with 5,000 things due, and print the figures."""
    print(f"\nreminders{'':23}nothing due, s{'':6}{DUE:,} due, s{'':6}all of it, s{'':6}at most, MB{'':6}goals")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            settings = demo.demo_settings(data, *(demo.free_port(0) for _ in range(2)))
            demo.prepare(settings, data)
            with closing(Database(settings.database_url)) as database:
                _measure(database, size)


def _measure(database: Database, size: int) -> None:
    with database.writing() as session:
        fill(session, size)
    _decide(database)  # warm
    nothing, found = _decide(database)
    with database.writing() as session:
        _make_due(session)
    due, now_found = _decide(database)
    megabytes = peak("reminding", database.engine.url.render_as_string(hide_password=False))
    with database.writing() as session:
        began = time.perf_counter()
        _remind(session)
        whole = time.perf_counter() - began
        lines = session.scalar(select(func.count()).select_from(ReminderLine)) or 0
    if not (now_found - found >= DUE * 0.9 and lines >= DUE * 0.9):
        raise AssertionError(f"{now_found - found} things and {lines} lines where {DUE} were due")
    figures = f"{nothing:12.2f}{due:19.2f}{whole:19.2f}{megabytes:19.0f}"
    print(f"{size:>9,} contracts, {size * 4 * EACH:>9,} days{figures}{'':6}{GOALS.get(size, '')}")


def unit(database: Database) -> None:
    """Remind everybody of everything that is due, and keep nothing of it."""
    with database.rehearsing() as session:
        _remind(session)


def _remind(session: Session) -> None:
    work = UnitOfWork(session, london_instant(TODAY, 9), published(), Messages(), "benchmark")
    for due in reminders.this_morning(work).people:
        reminders.send(work, due)


def _decide(database: Database) -> tuple[float, int]:
    """The seconds it takes to find what is due in every nation, and how much is."""
    with database.rehearsing() as session:
        work = UnitOfWork(session, london_instant(TODAY, 9), published(), Messages(), "benchmark")
        began = time.perf_counter()
        found = sum(len(items_to_remind_of(work, nation, [TODAY])) for nation in Nation)
        return time.perf_counter() - began, found


def fill(session: Session, size: int) -> None:
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
    _add(session, Role, [{**role.model_dump(), "contract_id": key} for key in ids for role in roles])
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


def _report(contract_id: int, number: int) -> dict[str, Any]:
    report = Report(contract_id=contract_id, period=f"2028-0{number + 1}", due_on=FAR, prompt_at=london_instant(FAR, 9))
    return report.model_dump(exclude={"id"})


def _make_due(session: Session) -> None:
    """Let 5,000 milestones and obligations fall due tomorrow, which is a day of which their rules speak."""
    for model in (Milestone, Obligation):
        chosen = select(col(model.id)).where(col(model.due_on) == FAR).limit(DUE // 2)
        session.execute(update(model).where(col(model.id).in_(chosen)).values(due_on=TODAY + timedelta(days=1)))


def _add(session: Session, model: type[SQLModel], rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 5_000):
        session.execute(insert(model), rows[start : start + 5_000])
