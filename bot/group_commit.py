"""SQLite's one writer: units of work that arrive during a commit are committed together next.

Each unit is still all or nothing, inside its own savepoint, and gets its answer only when its commit is durable. With
many people at once, one wait for the disk serves them all; with one, nothing waits.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

AT_MOST = 64  # units in one commit: enough to share the disk, few enough that the first does not wait for long


@dataclass
class _Unit:
    work: Callable[[Session], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.answer.done():  # the caller no longer waits
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.value)


@dataclass
class Writer:
    """The thread that owns the writing connection, started with the first unit."""

    engine: Engine
    _waiting: queue.SimpleQueue[_Unit | None] = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _closed: bool = False

    def submit(self, work: Callable[[Session], Any]) -> asyncio.Future[Any]:
        """Queue a unit; its future gets the unit's result or error once the commit is durable. Call it from an event
        loop."""
        if self._closed:
            raise RuntimeError("the database is closed")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="database-writer", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        unit = _Unit(work, loop, loop.create_future())
        self._waiting.put(unit)
        return unit.answer

    def close(self) -> None:
        """Finish the waiting units, and end the thread."""
        self._closed = True
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, ended = self._together(first)
            self._commit(batch)
            _answer(batch)
            if ended:
                return

    def _commit(self, batch: list[_Unit]) -> None:
        """Commit a batch in one transaction. If the database refuses a unit, that ends the transaction, and the others
        run again without it."""
        try:
            with self.engine.begin() as connection:
                for unit in batch:
                    _attempt(unit, connection)
        except _Refused as refused:
            rest = [unit for unit in batch if unit is not refused.unit]
            if rest:
                self._commit(rest)
        except Exception as error:  # no lock, or no disk: none of these units is durable, and each caller must know
            for unit in batch:
                unit.error = error

    def _together(self, first: _Unit) -> tuple[list[_Unit], bool]:
        """The first unit and those that arrived while the writer was busy, and whether the end was requested after
        them."""
        batch = [first]
        while len(batch) < AT_MOST:
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                break
            if unit is None:
                return batch, True
            batch.append(unit)
        return batch, False


class _Refused(Exception):
    """The database refused a statement of a unit, and the session has ended the whole transaction."""

    def __init__(self, unit: _Unit) -> None:
        self.unit = unit


def _attempt(unit: _Unit, connection: Connection) -> None:
    """Run a unit in a savepoint and keep its result or error. Raises `_Refused` if the database refuses a statement."""
    unit.value, unit.error = None, None
    # Straight to the driver: there is nothing to translate, and each command has two of these.
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    driver.execute("SAVEPOINT unit")
    # This mode makes no second savepoint; the writer keeps the transaction itself.
    session = Session(bind=connection, expire_on_commit=False, join_transaction_mode="rollback_only")
    try:
        unit.value = unit.work(session)
        session.flush()
    except SQLAlchemyError as error:
        unit.error = error
        raise _Refused(unit) from error
    except Exception as error:  # every error goes to the waiting caller
        unit.error = error
    finally:
        session.close()
    if unit.error is not None:
        driver.execute("ROLLBACK TO unit")
    driver.execute("RELEASE unit")


def _answer(batch: list[_Unit]) -> None:
    def settle(units: list[_Unit]) -> None:
        for unit in units:
            unit.settle()

    for loop in {unit.loop for unit in batch}:
        with suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(settle, [unit for unit in batch if unit.loop is loop])
