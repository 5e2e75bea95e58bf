"""Rows as they were at the first revision: something in every table, and much of the sample portfolio.

They are plain values in a file. The models move on, and a database that was filled long ago does not.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, MetaData, Table, Time, select

Rows = list[dict[str, Any]]

_FILE = Path(__file__).with_name("rows_at_0001.json")


def reflected(connection: Connection) -> Mapping[str, Table]:
    """The tables that are in a database now."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {table.name: table for table in metadata.sorted_tables if table.name != "alembic_version"}


def fill(connection: Connection) -> None:
    """Put the rows into a database that stands at the first revision."""
    kept = json.loads(_FILE.read_text(encoding="utf-8"))
    for name, table in reflected(connection).items():
        columns, *rows = kept[name]
        for column in table.c:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
        connection.execute(
            table.insert(),
            [{each: _value(table.c[each], value) for each, value in zip(columns, row, strict=True)} for row in rows],
        )


def contents(connection: Connection) -> dict[str, Rows]:
    """Every row of every table, in an order that does not depend on the database."""
    return {
        name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
        for name, table in reflected(connection).items()
    }


def _value(column: Column[Any], value: Any) -> Any:  # noqa: ANN401  # whatever a column holds
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if column.type.timezone else at
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, Time):
        return time.fromisoformat(value)
    if isinstance(column.type, Boolean):
        return bool(value)
    return value
