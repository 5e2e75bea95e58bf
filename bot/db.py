"""The database: the engine, and transaction(), the one place that commits."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Insert, Table, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel, create_engine

from bot.group_commit import Writer

T = TypeVar("T")

POSTGRESQL_THREADS = 8


class Database:
    """One database and the threads that may use it: one writer on SQLite, a small pool on PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._writer = Writer(self.engine) if self.engine.dialect.name == "sqlite" else None
        self._pool = ThreadPoolExecutor(POSTGRESQL_THREADS, thread_name_prefix="database")

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[Session]:
        """One unit of work: committed when the block ends, rolled back when it raises.

        With keep=False it is always rolled back: what a dry run decided is read, and nothing changes.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            if keep:
                session.commit()

    async def run(self, work: Callable[[Session], T], *, keep: bool = True) -> T:
        """Run one unit of work on the database's own threads, so that the event loop never waits for SQL."""
        if self._writer is not None:
            answer: T = await self._writer.submit(work, keep=keep)
            return answer

        def unit() -> T:
            with self.transaction(keep=keep) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._pool, unit)

    def close(self) -> None:
        """Let the threads end and close every connection."""
        if self._writer is not None:
            self._writer.close()
        self._pool.shutdown()
        self.engine.dispose()


class Joined(Database):
    """A database of which every unit of work is a part of one transaction, which is another's to end."""

    def __init__(self, connection: Connection) -> None:
        self.engine = connection.engine
        self._connection = connection

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[Session]:
        """One unit of work, inside a savepoint."""
        with Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
            if keep:
                session.commit()

    async def run(self, work: Callable[[Session], T], *, keep: bool = True) -> T:
        """Run one unit of work, at once and on this thread."""
        with self.transaction(keep=keep) as session:
            return work(session)

    def close(self) -> None:
        """Nothing: the connection is another's."""


def table(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
    return found


def insert(session: Session, model: type[SQLModel], **values: object) -> int:
    """Insert a row at once and give its id (0 where the key is a word), without the ORM's bookkeeping of changes.

    For rows that are only added, on the way of a command: it costs a sixth of add() and flush().
    """
    inserted = session.connection().execute(_insertion(model), values).inserted_primary_key
    return inserted[0] if inserted is not None and isinstance(inserted[0], int) else 0


def insert_all(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert many rows of one shape in one go, in their order. Their ids are not given back."""
    if rows:
        session.connection().execute(_insertion(model), rows)


@cache
def _insertion(model: type[SQLModel]) -> Insert:
    return table(model).insert()


def make_engine(url: str) -> Engine:
    """An engine for SQLite (write-ahead log, foreign keys held, durable commits) or PostgreSQL."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=POSTGRESQL_THREADS, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling is switched off so that _begin_immediate decides.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:  # noqa: ANN401  # SQLAlchemy types this event's argument loosely
    # A transaction that reads first and writes later can fail on the upgrade; taking the write lock at
    # the start makes writers queue instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
