"""The demonstration's time: every job runs at its instants, whether time passes by itself or is moved forward."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import MovableClock
from bot.demo.lookahead import Lookahead
from jobs import Job
from jobs.runner import JobRunner, tick

STOP_WITHIN = timedelta(seconds=10)
SENT_EVERY = 0.2  # seconds: often enough for a clock that people watch, and cheap
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class ClockReading:
    """The time on the clock, and the instant that it is moving to, if it is."""

    now: datetime
    target: datetime | None


class Timeline:
    """Runs the jobs by a clock. `tell` gets the time before anything is sent, and during a move."""

    def __init__(
        self, clock: MovableClock, jobs: Sequence[Job], runs: JobRunner, tell: Callable[[ClockReading], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self._jobs = jobs
        self._runs = runs
        self._tell = tell
        self._sent_at = 0.0
        self._sending = asyncio.Lock()
        self._target: datetime | None = None
        self._moved = asyncio.Event()
        self._running: dict[str, set[asyncio.Task[None]]] = {job.name: set() for job in jobs}
        self._lookahead = Lookahead(runs.ctx)

    @property
    def reading(self) -> ClockReading:
        """The present time."""
        return ClockReading(self._clock.now(), self._target)

    async def move(self, to: datetime) -> ClockReading:
        """Start to move forward to an instant; each job runs at each of its instants at which it has work.

        The workspace gets the time first, so that anybody who asks it afterwards sees the clock moving or arrived.
        """
        self._target = to
        begun = self.reading
        await self._send_time()
        self._moved.set()
        return begun

    async def run(self) -> None:
        """Run for ever: wait for the next instant, or jump to it. Jobs that are due at the start run at once."""
        await self._fire(self._jobs, self._clock.now())
        while True:
            if self._target is None:
                await self._pass()
            else:
                await self._step(self._target)

    async def stop(self, passing: asyncio.Task[None]) -> None:
        """End `run`, and give running jobs time to finish: a message sent halfway would be in doubt.

        If `run` ended with an error before, it is raised.
        """
        passing.cancel()
        under_way = [task for tasks in self._running.values() for task in tasks]
        with suppress(asyncio.CancelledError):
            await passing
        if under_way:
            await asyncio.wait(under_way, timeout=STOP_WITHIN.total_seconds())

    async def _pass(self) -> None:
        """Let time pass until the next instant of a job, or until somebody moves the clock."""
        now = self._clock.now()
        at, due = _first((tick(job.trigger, now), job) for job in self._jobs)
        self._moved.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), (at - now).total_seconds())
            return
        for job in due:
            if len(self._running[job.name]) < job.at_once:
                self._start(job, at)

    async def _step(self, target: datetime) -> None:
        """Jump to the next instant at which a job has work, or to the end of the move."""
        now = self._clock.now()
        at, due = _first([(await self._next(job, now, target), job) for job in self._jobs])
        arrived = not due or at > target
        self._clock.reach(target if arrived else at)
        if not arrived:
            await self._fire(due, at)
        elif self._target == target:
            await self._catch_up()
            self._target = None
            await self._runs.flush()
            await self._send_time()

    async def _catch_up(self) -> None:
        """Run each skipped job at its last skipped instant: it sends nothing, but its heartbeat shows that it is
        alive."""
        for job in self._jobs:
            skipped = self._lookahead.skipped(job)
            if skipped is not None:
                await self._start(job, skipped)

    async def _next(self, job: Job, now: datetime, target: datetime) -> datetime | None:
        """The first instant of a job at which it has work, as far as it can tell."""
        if job.next_due is None:
            return await self._lookahead.needed(job, now, target)
        due = await job.next_due(self._runs.ctx, now)
        return None if due is None else tick(job.trigger, max(now, due - _MOMENT))

    async def _fire(self, jobs: Sequence[Job], at: datetime) -> None:
        """Run jobs at an instant and wait for their end. The workspace gets the time before one of them sends."""
        if any(job.next_due for job in jobs) or time.monotonic() - self._sent_at > SENT_EVERY:
            await self._send_time()
        for job in jobs:  # one after the other, so that the order of messages is always the same
            await asyncio.wait([self._start(job, at)])  # unlike `await task`, this never cancels the job

    def _start(self, job: Job, at: datetime) -> asyncio.Task[None]:
        task = asyncio.create_task(self._run(job, at))
        self._running[job.name].add(task)
        task.add_done_callback(self._running[job.name].discard)
        return task

    async def _run(self, job: Job, at: datetime) -> None:
        if job.next_due is None:
            self._lookahead.forget(job)
        with suppress(Exception):  # a failed run, which the log has, stops neither the clock nor the other jobs
            await self._runs.run(job, at)

    async def _send_time(self) -> None:
        async with self._sending:  # one after the other, so that the latest time is sent last
            self._sent_at = time.monotonic()
            await self._tell(self.reading)


def _first(ticks: Iterable[tuple[datetime | None, Job]]) -> tuple[datetime, list[Job]]:
    """The earliest of the instants and the jobs that run then; no jobs if there is no instant at all."""
    known = [(at, job) for at, job in ticks if at is not None]
    earliest = min((at for at, _ in known), default=datetime.max.replace(tzinfo=UTC))
    return earliest, [job for at, job in known if at == earliest]
