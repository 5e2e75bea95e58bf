"""The database: the engine, and transaction(), the one place that commits."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

T = TypeVar("T")

POSTGRESQL_THREADS = 8


class Database:
    """One database and the threads that may use it: one writer on SQLite, a small pool on PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        threads = 1 if self.is_sqlite else POSTGRESQL_THREADS
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="database")

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

        def unit() -> T:
            with self.transaction(keep=keep) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._executor, unit)

    def close(self) -> None:
        """Let the threads end and close every connection."""
        self._executor.shutdown()
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine for SQLite (write-ahead log, foreign keys held, durable commits) or PostgreSQL."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=POSTGRESQL_THREADS, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})
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
