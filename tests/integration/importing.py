"""Reading and importing files in a test, and what came of it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, SQLModel

from bot.db import Database
from bot.exclusive import alone
from bot.models import TrailEntry
from bot.records import SHEETS
from bot.services.portfolio.exporting import export_bytes, register_rows
from bot.services.portfolio.plan import Plan
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.source import Rows
from bot.services.portfolio.writing import Imported, write_import
from bot.services.unit_of_work import UnitOfWork
from tests.builders import MONDAY, rows, work
from tests.portfolio_files import as_yaml
from tests.samples import Sheets, imported, sample_rows, sample_sheets

T = TypeVar("T")
DATA = sample_sheets()
ROWS = sample_rows()


TABLES: dict[str, type[SQLModel]] = {each.sheet: each.table for each in SHEETS}


def rows_of(sheets: Sheets) -> Rows:
    return read_bytes("portfolio.yaml", as_yaml(sheets))


def load(database: Database, sheets: Sheets, now: datetime = MONDAY) -> Plan:
    """Import sheets for good."""
    with database.writing() as session:
        return imported(work(session, now, "import"), rows_of(sheets))


def only(sheet: str, row: Mapping[str, object]) -> Sheets:
    return {sheet: [dict(row)]}


def without(row: dict[str, object], column: str) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != column}


def everything(session: Session, model: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def audited(database: Database) -> list[TrailEntry]:
    return rows(database, TrailEntry)


class Units:
    """The units of work of an import, and what is done after its plan and after each of its writes."""

    def __init__(
        self,
        database: Database,
        after_plan: Callable[[], object] = lambda: None,
        after_write: Callable[[int], object] = lambda _number: None,
    ) -> None:
        self._database, self._after_plan, self._after_write = database, after_plan, after_write
        self.writes = 0

    async def read(self, unit: Callable[[UnitOfWork], T]) -> T:
        """A read, and what comes after the plan."""
        found = await self._database.read(lambda session: unit(work(session, MONDAY, "import")))
        self._after_plan()
        return found

    async def write(self, unit: Callable[[UnitOfWork], T]) -> T:
        """A write, and what comes after it."""
        done = await self._database.write(lambda session: unit(work(session, MONDAY, "import")))
        self.writes += 1
        self._after_write(self.writes)
        return done

    def alone(self, what: str) -> AbstractAsyncContextManager[bool]:
        """As in the database."""
        return alone(self._database.engine, what)


async def written(units: Units, rows: Rows) -> Imported:
    """Import rows as people do."""
    return await write_import(units, lambda work: plan(work, rows))


def record(database: Database) -> tuple[bytes, list[tuple[object, ...]]]:
    """The whole register, and what the audit says of how it came about, in any order."""
    with database.reading() as session:
        register = export_bytes(register_rows(work(session)), ".yaml")
    said = [(each.action, each.subject, sorted(each.changes.items()), each.why) for each in audited(database)]
    return register, sorted(said, key=repr)
