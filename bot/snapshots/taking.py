"""Taking a snapshot: every row at one instant, while others go on writing."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from bot.errors import UserError
from bot.migrations import revision_of
from bot.snapshots import manifest
from bot.snapshots.file import new_snapshot
from bot.snapshots.manifest import Manifest
from bot.snapshots.portable import rows_in, tables_of


def take(engine: Engine, path: Path, now: datetime) -> Manifest:
    """Write what is in a database to a new file, and return what it holds.

    `engine` only reads, and sees one state of the database. Nobody waits for it: SQLite's log and PostgreSQL's
    versions of rows keep that state. It holds a few rows in memory at a time. Raises `UserError`.
    """
    with new_snapshot(path) as snapshot, engine.connect() as connection, connection.begin():
        revision = revision_of(connection)
        if revision is None:
            raise UserError("The database that DATABASE_URL names has no record of Liaison in it.")
        written = dict(_copied(connection, snapshot))
        held = manifest.held_in(snapshot, written)
        if written != {name: each.rows for name, each in held.items()}:
            raise UserError(f"{path} does not hold every row that was written to it. Choose another place.")
        taken = Manifest(revision, now, connection.dialect.name, held)
        manifest.write(snapshot, taken)
    return taken


def _copied(connection: Connection, snapshot: Connection) -> Iterator[tuple[str, int]]:
    """Copies every table; yields its name and the number of its rows."""
    for name, table in tables_of(connection).items():
        table.create(snapshot)
        rows = 0
        for some in rows_in(connection, table):
            snapshot.execute(table.insert(), some)
            rows += len(some)
        yield name, rows
