"""The real shape of a database, held against the shape that the models ask for.

A revision's number says what was meant to be done to a database. What is in it may differ all the same: a migration
was written anew after it had run, or somebody changed the database by hand. So the database itself is asked.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

import bot.models  # noqa: F401  # fills SQLModel.metadata
from bot.migrations import postgresql_shape, sqlite_shape

Shape = Mapping[str, Mapping[str, str]]
"""What there is of each table, and how it is: {"risk": {"column title": "VARCHAR(200) not null"}}."""


def differences(connection: Connection) -> list[str]:
    """What differs, in plain sentences; none for a database that is as the models ask.

    A table that no model knows is left alone: tools that copy a database keep some of their own in it.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    return list(
        _compared(read(connection), sqlite_shape.wanted() if is_sqlite else postgresql_shape.wanted(connection))
    )


def read(connection: Connection) -> Shape:
    """The shape of every table that is in a database."""
    if connection.dialect.name == "sqlite":
        return sqlite_shape.read(connection)
    return postgresql_shape.read(connection)


def _compared(found: Shape, wanted: Shape) -> Iterator[str]:
    for table, parts in sorted(wanted.items()):
        if table not in found:
            yield f"The table {table} is missing."
            continue
        there = found[table]
        for part in sorted(parts.keys() | there.keys()):
            if part not in there:
                yield f"{table}: the {part} is missing."
            elif part not in parts:
                yield f"{table}: the {part} should not be there."
            elif there[part] != parts[part]:
                yield f"{table}: the {part} is {there[part]} and should be {parts[part]}."
