"""Handing out what is held of a person: one row in a line, as it stands in the database."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from bot.db import table
from bot.services.personal_data.data_subject import DataSubject
from bot.services.personal_data.searching import holdings


def lines_of(session: Session, subject: DataSubject) -> Iterator[dict[str, Any]]:
    """A line for each row that is about the person or names them: its table, its columns, which of them are about the
    person, and which name them. Instants, days and figures are written as texts."""
    for held, row in holdings(session, subject):
        columns = {each.name: _plain(getattr(row, each.name)) for each in table(held.model).columns}
        yield {"table": held.table, "about": held.about, "named_in": held.named_in, "row": columns}


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
