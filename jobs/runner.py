"""Running jobs and writing their heartbeats: a failure of the writing never stops a job."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial

from apscheduler.triggers.base import BaseTrigger
from sqlmodel import Session

from bot.delivery.slack_answers import SlackFailure
from bot.errors import UserError
from bot.log_context import current_reference, task
from bot.log_lines import facts
from bot.services.health import heartbeats
from bot.services.health.heartbeats import Expected
from jobs import JOBS, Job
from jobs.context import JobContext

log = logging.getLogger(__name__)

WRITTEN_EVERY = 10.0  # seconds between writes, because a job may run each second
INTERVALS = 3  # without a success, after which a job is overdue
SOONEST = timedelta(minutes=5)  # a restarted worker or a database failover is not an incident
_MOMENT = timedelta(microseconds=1)

_Beat = Callable[[Session], None]


class JobRunner:
    """Runs the jobs of one process. `began_at` is the instant of the run that began last, None before the first."""

    def __init__(self, ctx: JobContext) -> None:
        self.ctx = ctx
        self.began_at: datetime | None = None
        self._waiting: dict[tuple[str, str], _Beat] = {}
        self._written: dict[tuple[str, str], float] = {}

    async def run(self, job: Job, now: datetime) -> int:
        """Run a job at an instant and write its heartbeat; raises the job's own error."""
        self.began_at = now
        with task(f"job {job.name}"):
            await self._note(job, "started", partial(heartbeats.started, at=now, next_run_at=tick(job.trigger, now)))
            begun = time.perf_counter()
            try:
                done = await job.run(self.ctx, now)
            except Exception as fault:  # whatever it is, the job is told to have failed, and runs again
                where = None if isinstance(fault, SlackFailure) else fault  # which says everything in its words
                log.error("the job failed: %s", fault, exc_info=where, extra=facts(at=now.isoformat()))
                self._written.pop((job.name, "succeeded"), None)  # write a recovery at once
                await self._write(job, "failed", partial(heartbeats.failed, at=now, reason=_in_words(fault)))
                raise
            if done:
                log.info("the job has run", extra=facts(done=done, ms=round((time.perf_counter() - begun) * 1000)))
            overdue = overdue_after(job.trigger, now)
            await self._note(job, "succeeded", partial(heartbeats.succeeded, at=now, overdue_at=overdue))
            return done

    async def watch_over(self, now: datetime) -> None:
        """Add the heartbeats of jobs that are not watched yet, from now on."""
        expected = [
            Expected(job.name, job.what, tick(job.trigger, now), overdue_after(job.trigger, now)) for job in JOBS
        ]
        await self.ctx.database.write(lambda session: heartbeats.watch_over(session, now, expected))

    async def flush(self) -> None:
        """Write the heartbeats that are not written yet."""
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
        except Exception as fault:  # any error: the job matters more than its heartbeat
            log.warning("how job %s goes was not written down: %s", name, type(fault).__name__)


@lru_cache(maxsize=256)
def tick(trigger: BaseTrigger, after: datetime) -> datetime:
    """The first instant of a trigger after a given one."""
    following: datetime | None = trigger.get_next_fire_time(None, after + _MOMENT)
    if following is None:
        raise RuntimeError(f"{trigger} has no further instant")
    return following


def overdue_after(trigger: BaseTrigger, success: datetime) -> datetime:
    """The instant from which a job is overdue after its last success: three of its instants later.

    Nights and weekends do not count for a job that runs only in working hours.
    """
    at = success
    for _ in range(INTERVALS):
        at = tick(trigger, at)
    return max(at, success + SOONEST)


def _in_words(fault: Exception) -> str:
    # What the error itself says may quote the record.
    if isinstance(fault, UserError):
        return fault.sentence
    return f"{type(fault).__name__}, reference {current_reference()}"
