"""The database: read(), write() and rehearse(), the one place that commits."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from functools import cache
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    GenerativeSelect,
    Insert,
    NestedTransaction,
    Table,
    select,
)
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, SQLModel, col

from bot.engines import IN_TURN, POSTGRESQL_THREADS, SQLITE_READERS, copies, copy, make_engine, reading_engine
from bot.group_commit import Writer
from bot.models import with_folded

T = TypeVar("T")
S = TypeVar("S", bound=GenerativeSelect)


class Keyed(Protocol):
    """A record that buttons and forms name by its key."""

    public_id: str


class Numbered(Protocol):
    """A record that the database gives a number."""

    id: int


R = TypeVar("R", bound=Keyed)
_ONLY_READS = "only reads"


class Database:
    """One database and the threads that use it: on SQLite one thread that writes and a few that read, on PostgreSQL a
    pool.

    A read sees the database as it was when the read began, with every acknowledged write before that, and changes
    nothing. Reads and writes never wait for each other.
    """

    def __init__(self, url: str, *, gives_way: bool = False) -> None:
        """`gives_way`: its writes come after those of others, as nobody waits for them."""
        self.engine = make_engine(url, gives_way=gives_way)
        self.reading_engine = reading_engine(self.engine)
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._writer = Writer(self.engine) if is_sqlite else None
        self._copies = copies() if is_sqlite else None
        self._readers = ThreadPoolExecutor(SQLITE_READERS if is_sqlite else POSTGRESQL_THREADS, "database-reader")
        self._writers = ThreadPoolExecutor(POSTGRESQL_THREADS, "database-writer")
        self._in_turn = ThreadPoolExecutor(IN_TURN, "database-reader-in-turn")

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

    async def read_in_turn(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work that only reads after the others of its kind: what people open that takes long to draw,
        such as App Home. However many open it, one thread draws, so that whoever types a command waits for one at
        most."""
        return await _on_a_thread(self._in_turn, self.reading, unit)

    async def write(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work on one of the database's threads; it commits as a whole or not at all."""
        if self._writer is None:
            return await _on_a_thread(self._writers, self.writing, unit)
        context = copy_context()
        answer: T = await self._writer.submit(lambda session: context.run(unit, session))
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
        self._in_turn.shutdown()
        self._writers.shutdown()
        self.reading_engine.dispose()
        self.engine.dispose()

    @contextmanager
    def _stand_in(self) -> Iterator[Connection]:
        """A connection with a transaction that is rolled back: on SQLite to a copy, which does not delay writers."""
        with (self._copies or self.engine).connect() as connection:
            if self._copies:
                copy(self.reading_engine, connection)
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

    async def read_in_turn(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work, at once."""
        return await self.read(unit)

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

    # With the reference of what goes on, which the log has in each line.
    return await asyncio.get_running_loop().run_in_executor(pool, copy_context().run, whole)


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


def add(session: Session, record: Numbered) -> None:
    """Insert a new record at once. Its id is known then, and what changes in it later is written as for any record.

    It does what session.add() and session.flush() do, at a third of their cost.
    """
    if session.new or session.dirty or session.deleted:
        session.flush()  # the record may name one of these
    model = cast("type[SQLModel]", type(record))
    made, given = _made(model), record.__dict__.items()
    values = {name: value for name, value in given if name[0] != "_" and (value is not None or name not in made)}
    inserted = session.connection().execute(_insertion(model), with_folded(model, values))
    record.__dict__.update(cast("Mapping[str, object]", inserted.last_inserted_params()), id=_id(inserted))
    make_transient_to_detached(record)
    session.add(record)


def insert(session: Session, model: type[SQLModel], **values: object) -> int:
    """Insert a row at once and return its id (0 if the key is a word), without the ORM's tracking of changes.

    Use it for rows that are only added, while a request waits: it costs a sixth of add() and flush().
    """
    return _id(session.connection().execute(_insertion(model), values))


def insert_all(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert many rows with the same columns at once, in order. It does not return their ids."""
    if rows:
        session.connection().execute(_insertion(model), rows)


def _id(inserted: CursorResult[Any]) -> int:
    key = inserted.inserted_primary_key
    return key[0] if key is not None and isinstance(key[0], int) else 0


@cache
def _made(model: type[SQLModel]) -> frozenset[str]:
    """The columns that an INSERT fills where they are not given."""
    return frozenset(column.name for column in table(model).c if column.default is not None or column.primary_key)


@cache
def _insertion(model: type[SQLModel]) -> Insert:
    return table(model).insert()


def _session(bind: Engine | Connection, *, only_reads: bool = False) -> Session:
    info = {_ONLY_READS: only_reads}
    # Bound to a connection, the session uses a savepoint; bound to an engine, its own transaction.
    return Session(bind, join_transaction_mode="create_savepoint", expire_on_commit=False, info=info)
