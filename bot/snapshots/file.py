"""The file of a snapshot: written beside its name and given it once it is whole, and checked before it is read."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.engines import snapshot_engine
from bot.errors import UserError
from bot.snapshots import manifest
from bot.snapshots.manifest import FORMAT, Manifest

_UNCHANGED = "It cannot be restored. Take another backup."


@dataclass(frozen=True)
class Snapshot:
    """An open snapshot, which only reads."""

    connection: Connection
    manifest: Manifest


@contextmanager
def new_snapshot(path: Path) -> Iterator[Connection]:
    """A connection to a new snapshot, in one transaction. At the end of the block it is on the disk, under its name.

    Nobody else may read the file. Raises `UserError` if the name is taken or nothing can be written there.
    """
    if path.exists():
        raise UserError(f"{path} is there already, and no backup takes the place of another. Choose another name.")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with _connected(part) as connection, connection.begin():
            yield connection
        _onto_the_disk(part)
        part.rename(path)
        _onto_the_disk(path.parent)
    except OSError as error:
        raise _not_written(path, error.strerror) from error
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_FULL:
            raise
        raise _not_written(path, "the disk is full") from error
    finally:
        part.unlink(missing_ok=True)


def _not_written(path: Path, why: str | None) -> UserError:
    return UserError(f"{path} could not be written: {why}. Choose another place.")


@contextmanager
def opened(path: Path) -> Iterator[Snapshot]:
    """A snapshot that is whole and as it was written. Raises `UserError`."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise UserError(f"{path} could not be read: {error.strerror}.") from error
    with _connected(path, only_reads=True) as connection:
        yield Snapshot(connection, _checked(connection, path))


def _checked(connection: Connection, path: Path) -> Manifest:
    try:
        if connection.exec_driver_sql("pragma integrity_check").scalar() != "ok":
            raise UserError(f"{path} is damaged. {_UNCHANGED}")
        found = manifest.read(connection)
    except LookupError:
        raise UserError(
            f"{path} is no backup of Liaison. One is made by: liaison backup. "
            "A plain copy of a running database is none: what was written last may be missing in it."
        ) from None
    except DatabaseError as error:
        raise UserError(f"{path} is no backup of Liaison, or is damaged: {error.orig}.") from error
    if found is not None and found.format > FORMAT:
        raise UserError(f"{path} was made by a newer version of Liaison. Restore it with that version.")
    if found is None or dict(found.tables) != manifest.held_in(connection, found.tables):
        raise UserError(f"{path} is not as it was written: it was changed or damaged. {_UNCHANGED}")
    return found


@contextmanager
def _connected(path: Path, *, only_reads: bool = False) -> Iterator[Connection]:
    engine = snapshot_engine(path, only_reads=only_reads)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _onto_the_disk(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
