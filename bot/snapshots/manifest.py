"""What a snapshot lists of itself: when and at which revision it was taken, and the rows and digest of every table.

A digest is the SHA-256 of the rows as they stand in the file, and one more covers the list itself. They show what was
cut off or changed by accident; whoever changes a file on purpose can make them anew. The audit trail has proofs of its
own.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    inspect,
    literal_column,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError

FORMAT = 1
_LISTS = MetaData()
_TAKEN = Table(
    "liaison_snapshot",
    _LISTS,
    Column("format", Integer),
    *(Column(name, Text) for name in ("revision", "taken_at", "taken_from", "digest")),
)
_HELD = Table("liaison_snapshot_table", _LISTS, Column("name", Text), Column("rows", Integer), Column("digest", Text))


@dataclass(frozen=True)
class Held:
    """A table in a snapshot: how many rows it has, and their digest."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """The list: `taken_from` is the kind of database, sqlite or postgresql."""

    revision: str
    taken_at: datetime
    taken_from: str
    tables: Mapping[str, Held]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(each.rows for each in self.tables.values())

    @property
    def digest(self) -> str:
        """The digest of the list."""
        said = [self.format, self.revision, self.taken_at.isoformat(), self.taken_from]
        return _digest([*said, *((name, each.rows, each.digest) for name, each in sorted(self.tables.items()))])


def held_in(snapshot: Connection, names: Iterable[str]) -> dict[str, Held]:
    """What those of these tables that are in a snapshot have in them, by the rows themselves."""
    there = set(inspect(snapshot).get_table_names())
    return {name: _held(snapshot, name) for name in names if name in there}


def write(snapshot: Connection, manifest: Manifest) -> None:
    """Add the list to a snapshot."""
    _LISTS.create_all(snapshot)
    at = manifest.taken_at.isoformat()
    said = (manifest.format, manifest.revision, at, manifest.taken_from, manifest.digest)
    snapshot.execute(_TAKEN.insert().values(said))
    snapshot.execute(_HELD.insert(), [{"name": name, **vars(held)} for name, held in manifest.tables.items()])


def read(snapshot: Connection) -> Manifest | None:
    """The list of a snapshot, if it is as it was written; None if it is not. Raises `LookupError` if there is none."""
    if not inspect(snapshot).has_table(_TAKEN.name):
        raise LookupError(_TAKEN.name)
    try:
        number, revision, taken_at, taken_from, digest = snapshot.execute(select(_TAKEN)).one()
        tables = {name: Held(*held) for name, *held in snapshot.execute(select(_HELD))}
        found = Manifest(revision, datetime.fromisoformat(taken_at), taken_from, tables, number)
    except (SQLAlchemyError, ValueError, TypeError):
        return None
    return found if found.digest == digest else None


def _held(snapshot: Connection, name: str) -> Held:
    rows, digest = 0, hashlib.sha256()
    # Not by their columns: what is digested is what stands in the file, whatever it was meant to be.
    stored: Select[Any] = select(literal_column("*")).select_from(table(name)).order_by(literal_column("rowid"))
    for row in snapshot.execute(stored):
        rows += 1
        digest.update(repr(tuple(row)).encode())
    return Held(rows, digest.hexdigest())


def _digest(said: Sequence[object]) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()
