"""How many statements something takes, how many rows it reads, and how much work SQLite does for it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlmodel import Session


@contextmanager
def _heard(engine: Engine | type[Engine], moment: str, note: Callable[..., None]) -> Iterator[None]:
    event.listen(engine, moment, note)
    try:
        yield
    finally:
        event.remove(engine, moment, note)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that a session sends to the database, without those that only set apart parts of its work."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401  # SQLAlchemy's event
        if "SAVEPOINT" not in statement:
            seen.append(statement)

    with _heard(session.connection().engine, "before_cursor_execute", note):
        yield seen


@contextmanager
def rows_read() -> Iterator[list[int]]:
    """How many rows each query returns that is sent to any database in a block, whether or not all of them are
    fetched."""
    seen: list[int] = []

    def note(_connection: Any, cursor: Any, _statement: str, _values: Any, context: Any, _many: Any) -> None:  # noqa: ANN401  # SQLAlchemy's event
        if cursor.description is None:
            return
        rows = cursor.fetchall()
        seen.append(len(rows))
        context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(cursor, initial_buffer=rows)

    with _heard(Engine, "after_cursor_execute", note):
        yield seen


@contextmanager
def carried_out(session: Session) -> Iterator[list[object]]:
    """The statements that a session carries out, as they were built: the same object where none was built anew."""
    seen: list[object] = []

    def note(_connection: Any, statement: object, *_: Any) -> None:  # noqa: ANN401  # SQLAlchemy's event
        seen.append(statement)

    with _heard(session.connection().engine, "before_execute", note):
        yield seen


@contextmanager
def sqlite_steps(session: Session) -> Iterator[list[None]]:
    """An entry for each instruction that SQLite carries out for a session in a block: the rows that a query looks at
    and leaves out cost some as well."""
    seen: list[None] = []
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    connection.set_progress_handler(lambda: seen.append(None), 1)
    try:
        yield seen
    finally:
        connection.set_progress_handler(None, 1)
