"""The database: the engine, and read(), write() and rehearse(), the one place that commits."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache, partial
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    GenerativeSelect,
    Insert,
    NestedTransaction,
    NullPool,
    Table,
    event,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel, col, create_engine

from bot.group_commit import Writer

T = TypeVar("T")
S = TypeVar("S", bound=GenerativeSelect)


class Keyed(Protocol):
    """A record that buttons and forms name by its key."""

    public_id: str


R = TypeVar("R", bound=Keyed)
_ONLY_READS = "only reads"

SQLITE_READERS = 4
POSTGRESQL_THREADS = 8  # that read, and as many that write: who waits for a row's lock keeps nobody from reading


class Database:
    """One database and the threads that use it: on SQLite one thread that writes and a few that read, on PostgreSQL a
    pool.

    A read sees the database as it was when the read began, with every acknowledged write before that, and changes
    nothing. Reads and writes never wait for each other.
    """

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.reading_engine = _reading_engine(self.engine)
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._writer = Writer(self.engine) if is_sqlite else None
        self._copies = _copies() if is_sqlite else None
        self._readers = ThreadPoolExecutor(SQLITE_READERS if is_sqlite else POSTGRESQL_THREADS, "database-reader")
        self._writers = ThreadPoolExecutor(POSTGRESQL_THREADS, "database-writer")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads. The database refuses its writes, at the latest at the end of the block."""
        with _session(self.reading_engine, only_reads=True) as session:
            yield session
            session.flush()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are committed when the block ends, and rolled back when it raises."""
        with _session(self.engine) as session:
            yield session
            session.commit()

    @contextmanager
    def rehearsing(self) -> Iterator[Session]:
        """A session whose changes are discarded when the block ends: on SQLite it changes a copy, so that nobody
        waits."""
        with self._stand_in() as connection, _session(connection) as session:
            yield session

    async def read(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work that only reads, on one of the database's threads."""
        return await _on_a_thread(self._readers, self.reading, unit)

    async def write(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work on one of the database's threads; it commits as a whole or not at all."""
        if self._writer is None:
            return await _on_a_thread(self._writers, self.writing, unit)
        answer: T = await self._writer.submit(unit)
        return answer

    async def rehearse(self, trial: Callable[["SingleTransactionDatabase"], Coroutine[Any, Any, T]]) -> T:
        """Run a whole trial on a stand-in for this database, and discard its changes.

        It has its own thread and event loop.
        """

        def whole() -> T:
            with self._stand_in() as connection:
                return asyncio.run(trial(SingleTransactionDatabase(connection)))

        return await asyncio.to_thread(whole)

    def close(self) -> None:
        """End the threads and close every connection."""
        if self._writer is not None:
            self._writer.close()
        self._readers.shutdown()
        self._writers.shutdown()
        self.reading_engine.dispose()
        self.engine.dispose()

    @contextmanager
    def _stand_in(self) -> Iterator[Connection]:
        """A connection with a transaction that is rolled back: on SQLite to a copy, which does not delay writers."""
        with (self._copies or self.engine).connect() as connection:
            if self._copies:
                _copy(self.reading_engine, connection)
            with connection.begin() as whole:
                yield connection
                whole.rollback()


class SingleTransactionDatabase(Database):
    """A database whose units of work all belong to one transaction, which the caller ends.

    It uses the calling thread.
    """

    def __init__(self, connection: Connection) -> None:
        self.engine = self.reading_engine = connection.engine
        self._connection = connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session inside a savepoint, whose changes are discarded."""
        with _session(self._connection, only_reads=True) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session inside a savepoint, whose changes last as long as the whole transaction's."""
        with _session(self._connection) as session:
            yield session
            session.commit()

    @contextmanager
    def savepoint(self) -> Iterator[NestedTransaction]:
        """A savepoint around units of work: roll it back to undo them together."""
        with self._connection.begin_nested() as savepoint:
            yield savepoint

    async def read(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work, at once."""
        with self.reading() as session:
            return unit(session)

    async def write(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work, at once."""
        with self.writing() as session:
            return unit(session)

    def close(self) -> None:
        """Do nothing: the connection belongs to the caller."""

    @contextmanager
    def _stand_in(self) -> Iterator[Connection]:
        """The same connection, inside a savepoint that is rolled back."""
        with self.savepoint() as savepoint:
            yield self._connection
            savepoint.rollback()


async def _on_a_thread(
    pool: ThreadPoolExecutor, opened: Callable[[], AbstractContextManager[Session]], unit: Callable[[Session], T]
) -> T:
    def whole() -> T:
        with opened() as session:
            return unit(session)

    return await asyncio.get_running_loop().run_in_executor(pool, whole)


def only_reads(session: Session) -> bool:
    """Whether a session only reads."""
    return bool(session.info.get(_ONLY_READS))


def locking(session: Session, statement: S) -> S:
    """A query that locks the rows it finds, so that two changes cannot overlap; in a session that only reads, the query
    itself."""
    return statement if only_reads(session) else statement.with_for_update()


def by_key(session: Session, model: type[R], key: str, *, locked: bool = False) -> R | None:
    """The record of this key; `locked` is as it is now, and keeps others from changing it meanwhile."""
    found = select(model).where(col(model.public_id) == key)
    if not locked:
        return session.scalar(found)
    return session.scalar(locking(session, found), execution_options={"populate_existing": True})


def table(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
    return found


def insert(session: Session, model: type[SQLModel], **values: object) -> int:
    """Insert a row at once and return its id (0 if the key is a word), without the ORM's tracking of changes.

    Use it for rows that are only added, while a request waits: it costs a sixth of add() and flush().
    """
    inserted = session.connection().execute(_insertion(model), values).inserted_primary_key
    return inserted[0] if inserted is not None and isinstance(inserted[0], int) else 0


def insert_all(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert many rows with the same columns at once, in order. It does not return their ids."""
    if rows:
        session.connection().execute(_insertion(model), rows)


@cache
def _insertion(model: type[SQLModel]) -> Insert:
    return table(model).insert()


def make_engine(url: str) -> Engine:
    """An engine for SQLite (write-ahead log, foreign keys enforced, durable commits) or PostgreSQL."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=2 * POSTGRESQL_THREADS, pool_pre_ping=True, hide_parameters=True)
    # A transaction that reads first and writes later can fail when it upgrades its lock; taking the write lock at
    # the start makes writers queue instead.
    return _sqlite_engine(url, begin="BEGIN IMMEDIATE")


def _reading_engine(engine: Engine) -> Engine:
    """An engine whose transactions each see one state of the database and may change nothing."""
    if engine.dialect.name != "sqlite":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return _sqlite_engine(engine.url, "query_only=ON", begin="BEGIN", pool_size=SQLITE_READERS)


def _copies() -> Engine:
    """An engine each of whose connections is an empty SQLite database of its own, in memory or, if it grows large, in a
    file that is deleted with it. One engine for all copies keeps what it has compiled of their statements."""
    return _sqlite_engine(
        "sqlite://",
        begin="BEGIN",
        creator=partial(sqlite3.connect, "", check_same_thread=False),
        poolclass=NullPool,
    )


def _copy(engine: Engine, target: Connection) -> None:
    """Copy an SQLite database into the empty one of a connection."""
    with closing(engine.raw_connection()) as source:
        # Not SQLAlchemy's proxy: the target must be the driver's own connection.
        cast("sqlite3.Connection", source.driver_connection).backup(
            cast("sqlite3.Connection", target.connection.driver_connection)
        )


def _sqlite_engine(url: str | URL, *pragmas: str, begin: str, **options: Any) -> Engine:  # noqa: ANN401  # create_engine's
    options.setdefault("connect_args", {"check_same_thread": False, "timeout": 30})
    engine = create_engine(url, hide_parameters=True, **options)

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling is switched off so that `begin` decides.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _session(bind: Engine | Connection, *, only_reads: bool = False) -> Session:
    info = {_ONLY_READS: only_reads}
    # Bound to a connection, the session uses a savepoint; bound to an engine, its own transaction.
    return Session(bind, join_transaction_mode="create_savepoint", expire_on_commit=False, info=info)
