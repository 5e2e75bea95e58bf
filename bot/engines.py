"""The engines: what every connection to SQLite or to PostgreSQL is like."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, NullPool, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import create_engine

from bot.turns import Turn

SQLITE_READERS = 4
IN_TURN = 1  # thread that draws what takes long, one after the other
POSTGRESQL_THREADS = 8  # that read, and as many that write: who waits for a row's lock keeps nobody from reading


LOCKED_AT_MOST, TRIED_EVERY = 30, 0.001  # seconds
_WRITING, _TURN = "BEGIN IMMEDIATE", "turn"


def make_engine(url: str, *, gives_way: bool = False) -> Engine:
    """An engine for SQLite (write-ahead log, foreign keys enforced, durable commits) or PostgreSQL.

    On SQLite the writes of one that gives way come after those of others: see `bot.turns`.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=2 * POSTGRESQL_THREADS + IN_TURN, pool_pre_ping=True, hide_parameters=True)
    engine = _sqlite_engine(url, "busy_timeout=0", begin=_begin_writing)
    if engine.url.database:  # not one in memory, which has no other process
        _take_turns(engine, engine.url.database, gives_way=gives_way)
    return engine


def reading_engine(engine: Engine) -> Engine:
    """An engine whose transactions each see one state of the database and may change nothing."""
    if engine.dialect.name != "sqlite":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return _sqlite_engine(engine.url, "query_only=ON", begin=_begin, pool_size=SQLITE_READERS + IN_TURN)


def copies() -> Engine:
    """An engine each of whose connections is an empty SQLite database of its own, in memory or, if it grows large, in a
    file that is deleted with it. One engine for all copies keeps what it has compiled of their statements."""
    return _sqlite_engine(
        "sqlite://",
        begin=_begin,
        creator=partial(sqlite3.connect, "", check_same_thread=False),
        poolclass=NullPool,
    )


def snapshot_engine(path: Path, *, only_reads: bool) -> Engine:
    """An engine for the file of a snapshot, which one connection writes and nothing changes afterwards: no file lies
    beside it, and what was not finished is thrown away."""
    mode = "mode=ro&immutable=1" if only_reads else "mode=rw"
    where = f"{path.absolute().as_uri()}?{mode}"
    engine = create_engine(
        "sqlite://",
        hide_parameters=True,
        creator=partial(sqlite3.connect, where, uri=True, check_same_thread=False, isolation_level=None),
        poolclass=NullPool,
    )

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA journal_mode=OFF")

    if not only_reads:
        event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def copy(engine: Engine, target: Connection) -> None:
    """Copy an SQLite database into the empty one of a connection."""
    with closing(engine.raw_connection()) as source:
        # Not SQLAlchemy's proxy: the target must be the driver's own connection.
        cast("sqlite3.Connection", source.driver_connection).backup(
            cast("sqlite3.Connection", target.connection.driver_connection)
        )


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _take_turns(engine: Engine, database: str, *, gives_way: bool) -> None:
    def join(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info[_TURN] = Turn.of(database, gives_way=gives_way)

    def give_back(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info[_TURN].give_back()

    def leave(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info[_TURN].close()

    event.listen(engine, "connect", join)
    event.listen(engine, "checkin", give_back)
    event.listen(engine, "close", leave)


def _begin_writing(connection: Connection) -> None:
    """Take the write lock at the start: a transaction that reads first may fail when it upgrades its lock.

    While a program that does not queue for its turn writes, it is tried every millisecond. SQLite by itself would look
    again only after a tenth of a second (sqlite.org/c3ref/busy_timeout.html).
    """
    if turn := connection.info.get(_TURN):
        turn.take()
    driver, until = (
        cast("sqlite3.Connection", connection.connection.driver_connection),
        time.monotonic() + LOCKED_AT_MOST,
    )
    while time.monotonic() < until:
        try:
            driver.execute(_WRITING)
        except sqlite3.OperationalError as failure:
            if failure.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                break
            time.sleep(TRIED_EVERY)
        else:
            return
    connection.exec_driver_sql(_WRITING)  # which raises SQLAlchemy's own error


def _sqlite_engine(
    url: str | URL,
    *pragmas: str,
    begin: Callable[[Connection], None],
    **options: Any,  # noqa: ANN401  # create_engine's
) -> Engine:
    options.setdefault("connect_args", {"check_same_thread": False, "timeout": 30})
    engine = create_engine(url, hide_parameters=True, **options)

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling is switched off, so that `begin` decides.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine
