"""Running jobs, and writing down how they go: nothing that goes wrong with the writing stops a job."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial

from apscheduler.triggers.base import BaseTrigger
from sqlmodel import Session

from bot.errors import UserError
from bot.services.health import heartbeats
from bot.services.health.heartbeats import Expected
from jobs import JOBS, Job
from jobs.context import JobContext

log = logging.getLogger(__name__)

WRITTEN_EVERY = 10.0  # seconds, at most: a job that runs each second would otherwise write all the time
INTERVALS = 3  # without a success, after which something is wrong
SOONEST = timedelta(minutes=5)  # a worker that is started again, or a database that moves, is no incident
_MOMENT = timedelta(microseconds=1)

_Beat = Callable[[Session], None]


class JobRunner:
    """Runs jobs for one process."""

    def __init__(self, ctx: JobContext) -> None:
        self.ctx = ctx
        self._waiting: dict[tuple[str, str], _Beat] = {}
        self._written: dict[tuple[str, str], float] = {}

    async def run(self, job: Job, now: datetime) -> int:
        """Run a job at an instant and write down how it went; what it raises is raised."""
        await self._note(job, "started", partial(heartbeats.started, at=now, next_run_at=tick(job.trigger, now)))
        try:
            done = await job.run(self.ctx, now)
        except Exception as fault:
            self._written.pop((job.name, "succeeded"), None)  # that it recovered is written at once
            await self._write(job, "failed", partial(heartbeats.failed, at=now, reason=_in_words(fault)))
            raise
        overdue = overdue_after(job.trigger, now)
        await self._note(job, "succeeded", partial(heartbeats.succeeded, at=now, overdue_at=overdue))
        return done

    async def watch_over(self, now: datetime) -> None:
        """Have every job watched, from now on if it was not."""
        expected = [
            Expected(job.name, job.what, tick(job.trigger, now), overdue_after(job.trigger, now)) for job in JOBS
        ]
        await self.ctx.database.write(lambda session: heartbeats.watch_over(session, now, expected))

    async def flush(self) -> None:
        """Write what has not been written yet."""
        for (name, kind), beat in list(self._waiting.items()):
            await self._put(name, kind, beat)

    async def _note(self, job: Job, kind: str, beat: Callable[..., None]) -> None:
        written = self._written.get((job.name, kind))
        if written is None or time.monotonic() - written >= WRITTEN_EVERY:
            await self._write(job, kind, beat)
        else:
            self._waiting[job.name, kind] = partial(beat, job=job.name)

    async def _write(self, job: Job, kind: str, beat: Callable[..., None]) -> None:
        await self._put(job.name, kind, partial(beat, job=job.name))

    async def _put(self, name: str, kind: str, beat: _Beat) -> None:
        self._waiting.pop((name, kind), None)
        self._written[name, kind] = time.monotonic()
        try:
            await self.ctx.database.write(lambda session: beat(session))
        except Exception as fault:  # whatever it is: the job matters more than the note of it
            log.warning("how job %s goes was not written down: %s", name, type(fault).__name__)


@lru_cache(maxsize=256)
def tick(trigger: BaseTrigger, after: datetime) -> datetime:
    """The first instant of a trigger after a given one."""
    following: datetime | None = trigger.get_next_fire_time(None, after + _MOMENT)
    if following is None:
        raise RuntimeError(f"{trigger} has no further instant")
    return following


def overdue_after(trigger: BaseTrigger, success: datetime) -> datetime:
    """From when on a job is overdue that succeeded last at this instant: three of its instants later.

    Nights and weekends are no delay for a job that runs in working hours alone.
    """
    at = success
    for _ in range(INTERVALS):
        at = tick(trigger, at)
    return max(at, success + SOONEST)


def _in_words(fault: Exception) -> str:
    # What a driver or a template says of its failure may quote the record; the log has it.
    return fault.sentence if isinstance(fault, UserError) else type(fault).__name__
