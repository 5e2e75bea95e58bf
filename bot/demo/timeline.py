"""The demonstration's time: every job fires at its instant, whether time passes by itself or is moved forward."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import MovableClock
from bot.demo.lookahead import Lookahead
from jobs import Job
from jobs.runner import JobRunner, tick

log = logging.getLogger(__name__)

STOP_WITHIN = timedelta(seconds=10)
TOLD_EVERY = 0.2  # seconds: often enough for a clock that people watch, seldom enough to cost nothing
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class ClockReading:
    """What the clock shows, and where it is being moved to, if it is."""

    now: datetime
    target: datetime | None


class Timeline:
    """Drives the jobs by a clock. `tell` is given the time before anything is sent, and as a move goes on."""

    def __init__(
        self, clock: MovableClock, jobs: Sequence[Job], runs: JobRunner, tell: Callable[[ClockReading], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self._jobs = jobs
        self._runs = runs
        self._tell = tell
        self._told = 0.0
        self._telling = asyncio.Lock()
        self._target: datetime | None = None
        self._moved = asyncio.Event()
        self._running: dict[str, set[asyncio.Task[None]]] = {job.name: set() for job in jobs}
        self._foresight = Lookahead(runs.ctx)

    @property
    def reading(self) -> ClockReading:
        """The present time."""
        return ClockReading(self._clock.now(), self._target)

    async def move(self, to: datetime) -> ClockReading:
        """Begin to move forward to an instant; each job fires at each of its instants at which it has something to do.

        The workspace is told first: who asks it for the time after this sees the clock moving, or there.
        """
        self._target = to
        begun = self.reading
        await self._say()
        self._moved.set()
        return begun

    async def run(self) -> None:
        """Go on for ever: wait for the next instant, or jump to it. What is due at the beginning is due now."""
        await self._fire(self._jobs, self._clock.now())
        while True:
            if self._target is None:
                await self._pass()
            else:
                await self._step(self._target)

    async def stop(self, passing: asyncio.Task[None]) -> None:
        """End `run`, and give jobs under way a while to end: a message half sent would be in doubt.

        Whatever ended `run` before is raised.
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
        """Jump to the next instant at which a job has something to do, or to the end of the move."""
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
            await self._say()

    async def _catch_up(self) -> None:
        """Run what was passed over at its last instant: it sends nothing, and it is known that the job is alive."""
        for job in self._jobs:
            passed_over = self._foresight.passed_over(job)
            if passed_over is not None:
                await self._start(job, passed_over)

    async def _next(self, job: Job, now: datetime, target: datetime) -> datetime | None:
        """The first instant of a job's trigger at which it is needed, as far as it can be told."""
        if job.next_due is None:
            return await self._foresight.needed(job, now, target)
        due = await job.next_due(self._runs.ctx, now)
        return None if due is None else tick(job.trigger, max(now, due - _MOMENT))

    async def _fire(self, jobs: Sequence[Job], at: datetime) -> None:
        """Run jobs at an instant, to their end. The time is told first where one of them sends."""
        if any(job.next_due for job in jobs) or time.monotonic() - self._told > TOLD_EVERY:
            await self._say()
        for job in jobs:  # one after the other, so that two runs of the same days say the same in the same order
            await asyncio.wait([self._start(job, at)])  # which, unlike waiting for it, never cancels it

    def _start(self, job: Job, at: datetime) -> asyncio.Task[None]:
        task = asyncio.create_task(self._run(job, at))
        self._running[job.name].add(task)
        task.add_done_callback(self._running[job.name].discard)
        return task

    async def _run(self, job: Job, at: datetime) -> None:
        if job.next_due is None:
            self._foresight.forget(job)
        try:
            await self._runs.run(job, at)
        except Exception:  # one run that fails stops neither the clock nor the other jobs
            log.exception("job %s failed at %s", job.name, at.isoformat())

    async def _say(self) -> None:
        async with self._telling:  # one after the other: what is told last is the latest
            self._told = time.monotonic()
            await self._tell(self.reading)


def _first(ticks: Iterable[tuple[datetime | None, Job]]) -> tuple[datetime, list[Job]]:
    """The earliest of the instants and the jobs that fire then; none of them where there is no instant at all."""
    known = [(at, job) for at, job in ticks if at is not None]
    earliest = min((at for at, _ in known), default=datetime.max.replace(tzinfo=UTC))
    return earliest, [job for at, job in known if at == earliest]
