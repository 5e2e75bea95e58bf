"""Reading and importing files in a test, and what came of it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, SQLModel

from bot.db import Database
from bot.models import TrailEntry
from bot.records import SHEETS
from bot.services.portfolio.plan import Plan
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.source import Rows
from tests.builders import MONDAY, rows, work
from tests.portfolio_files import as_yaml
from tests.samples import Sheets, imported, sample_rows, sample_sheets

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
