"""Restoring a snapshot into a database with nothing in it: the tables are made, and every row put in as it was."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table, func, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from bot.errors import UserError
from bot.migrations import is_known, make_empty_at, migrating, revision_of, upgrade
from bot.snapshots.file import Snapshot
from bot.snapshots.portable import rows_in, tables_of
from bot.snapshots.unguarded import unguarded

_BEFORE = frozenset({"proclaimed_day"})
"""The tables in which a migration puts rows, so that they are in a new database as well."""
_SEQUENCES = text(
    "select * from (select table_name, column_name, "
    "pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence "
    "from information_schema.columns where table_schema = current_schema()) as columns where sequence is not null"
)


class Restored(NamedTuple):
    """An open transaction in which a snapshot was restored; what of it this database has no place for."""

    connection: Connection
    left_out: Sequence[str]


@contextmanager
def restored(engine: Engine, snapshot: Snapshot) -> Iterator[Restored]:
    """Put everything in a snapshot into a database, and bring it up to date. Kept when the block ends; until then, and
    if anything raises, the database has nothing in it.

    Raises `UserError` if the database has something in it, if the snapshot is of a revision that this version does not
    know, or if the database does not take a row.
    """
    revision = snapshot.manifest.revision
    if not is_known(revision):
        raise UserError(
            f"The backup is at migration {revision}, which this version of Liaison does not know. "
            "Restore it with the version that made it, or a newer one."
        )
    with migrating(engine) as (config, connection):
        _require_empty(connection)
        make_empty_at(config, connection, revision)
        left_out = _filled(connection, snapshot)
        upgrade(config, connection)
        yield Restored(connection, left_out)


def _require_empty(connection: Connection) -> None:
    tables = tables_of(connection)
    if tables and revision_of(connection) is None:
        raise UserError("The database that DATABASE_URL names has other tables in it. Name one that is empty or new.")
    for name, table in tables.items():
        rows = 0 if name in _BEFORE else connection.scalar(select(func.count()).select_from(table))
        if rows:
            raise UserError(
                "The database that DATABASE_URL names is not empty, and nothing was restored: "
                f"its table {name} has {rows:,} rows. Name one that is empty or new."
            )


def _filled(connection: Connection, snapshot: Snapshot) -> list[str]:
    """Puts the rows of a snapshot into tables of the same revision; names what has no place there."""
    ours, theirs = tables_of(connection), tables_of(snapshot.connection)
    left_out = []
    with unguarded(connection):
        for name in snapshot.manifest.tables:
            if name not in ours:
                left_out.append(name)
                continue
            connection.execute(ours[name].delete())
            left_out += [f"{name}.{column}" for column in _names(theirs[name]) if column not in ours[name].c]
            _fill(connection, ours[name], snapshot.connection, theirs[name])
    if connection.dialect.name == "postgresql":
        _count_on(connection, ours)
    return left_out


def _fill(connection: Connection, ours: Table, snapshot: Connection, theirs: Table) -> None:
    kept = [column for column in _names(theirs) if column in ours.c]
    for some in rows_in(snapshot, theirs):
        try:
            connection.execute(ours.insert(), [{name: row[name] for name in kept} for row in some])
        except StatementError as error:
            why = error.orig if isinstance(error, DBAPIError) else error.args[0]
            raise UserError(
                f"Nothing was restored: the database does not take a row of the table {ours.name}. {why}"
            ) from error


def _count_on(connection: Connection, tables: Mapping[str, Table]) -> None:
    """Has PostgreSQL's sequences go on after the highest number that is there."""
    for table, column, sequence in connection.execute(_SEQUENCES).all():
        highest = connection.scalar(select(func.max(tables[table].c[column])))
        connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]
