"""For how long the jobs among 1,000 contracts hold the writer: the writes of each, and how long one has a processor."""

import asyncio
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.reading import CONTRACTS, MONTHS, fill
from benchmarks.serving import KINDS, prepared
from bot.app import build
from bot.clock import MovableClock
from bot.config import Settings
from bot.db import Database
from jobs import job_named
from tests.postgresql import postgresql_server

T = TypeVar("T")
GOAL = 20
NEXT_MONTH = datetime(2027, 2, 1, 9, tzinfo=UTC)  # a Monday: a report opens on every contract
LATE = datetime(2027, 2, 22, 9, tzinfo=UTC)  # none of them has come
RUNS = (
    ("prompt", NEXT_MONTH),
    ("summary", NEXT_MONTH),
    ("monthly", NEXT_MONTH),
    ("remind", NEXT_MONTH),
    ("escalate", LATE),
)


class Timed(Database):
    """A database that keeps how long each write takes with its commit, and for how long it has a processor."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.writes: list[float] = []
        self.busy: list[float] = []

    async def write(self, unit: Callable[[Session], T]) -> T:
        """A write, timed."""

        def timed(session: Session) -> T:
            began = time.thread_time()
            answer = unit(session)
            session.flush()
            self.busy.append(time.thread_time() - began)
            return answer

        began = time.perf_counter()
        answer = await super().write(timed)
        self.writes.append(time.perf_counter() - began)
        return answer

    def forget(self) -> None:
        """Begin anew."""
        self.writes.clear()
        self.busy.clear()


def measure(size: Size) -> list[Figure]:
    """Measure the writes on both kinds of database, and print them."""
    contracts, months = size.of((CONTRACTS, MONTHS), (20, 3))
    figures = []
    for kind in KINDS:
        with ExitStack() as stack:
            url = stack.enter_context(postgresql_server()) if kind == "postgresql" else ""
            settings = stack.enter_context(prepared(url))
            with closing(Database(settings.database_url)) as database:
                fill(database, contracts, months)
            longest = _print_writes(settings, f"{kind}, {contracts:,} contracts, writes")
            named = f"a job's longest write, processor, {contracts:,} contracts, {kind}"
            figures.append(Figure(named, longest, "ms", GOAL))
    return figures


def _print_writes(settings: Settings, heading: str) -> float:
    """Run each job as a process does that has just begun, so that its first write is among them; the longest that one
    has a processor, in milliseconds."""
    print(f"\n{heading:50}{'':11}{'with the commit, ms':>20}{'processor, ms':>20}")
    print(f"{'':50}{'writes':>11}{'p50':>10}{'longest':>10}{'p50':>10}{'longest':>10}")
    longest = 0.0
    with closing(Timed(settings.database_url)) as database, closing(build(settings, MovableClock(LATE))) as liaison:
        liaison.get_ready()
        desk = replace(liaison.jobs, database=database)
        for name, now in RUNS:
            database.forget()
            asyncio.run(job_named(name).run(desk, now))
            shown = partial(map, lambda seconds: f"{seconds * 1000:10.1f}")
            writes, busy = database.writes or [0.0], database.busy or [0.0]
            taken = [f(of) for of in (writes, busy) for f in (statistics.median, max)]
            print(f"{name:50}{len(database.writes):11}{''.join(shown(taken))}")
            longest = max(longest, max(busy) * 1000)
    return longest


if __name__ == "__main__":
    run_alone("holding", measure)
