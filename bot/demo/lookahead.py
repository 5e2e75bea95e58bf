"""Looking ahead while the clock moves: which instants of a job may be skipped, because it would send nothing then."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs import Job
from jobs.context import JobContext
from jobs.day_parts import rest_of_day_part
from jobs.runner import tick

log = logging.getLogger(__name__)

A_DAY = timedelta(days=1)


class Lookahead:
    """The next instants at which the jobs have work. Call `forget` as soon as one of them does something.

    A change that people make on the page while the clock moves is seen only after that.
    """

    def __init__(self, ctx: JobContext) -> None:
        self._ctx = ctx
        self._needed: dict[str, datetime] = {}
        self._skipped: dict[str, datetime] = {}

    def forget(self, job: Job) -> None:
        """Forget the instants that were found, because a job ran and may have given other jobs work."""
        self._needed.clear()
        self._skipped.pop(job.name, None)

    def skipped(self, job: Job) -> datetime | None:
        """The last instant of a job that was skipped since it ran."""
        return self._skipped.get(job.name)

    async def needed(self, job: Job, now: datetime, by: datetime) -> datetime:
        """The first instant of a job at which it has work; else its first after `by` or a day."""
        if self._needed.get(job.name, now) <= now:
            self._needed[job.name] = await self._first_needed(job, now, min(by, now + A_DAY))
        return self._needed[job.name]

    async def _first_needed(self, job: Job, now: datetime, by: datetime) -> datetime:
        at = tick(job.trigger, now)
        while at <= by:
            day_part = rest_of_day_part(job, at, by)
            if await self._would_send(job, day_part[-1]):
                return await self._first_of(job, day_part)
            self._skipped[job.name] = day_part[-1]
            at = tick(job.trigger, day_part[-1])
        return at

    async def _first_of(self, job: Job, day_part: Sequence[datetime]) -> datetime:
        """The first instant of a day part at which a job sends something, given that it does at the last: mostly the
        very first."""
        quiet, loud = -1, len(day_part) - 1
        middle = 0
        while loud - quiet > 1:
            if await self._would_send(job, day_part[middle]):
                loud = middle
            else:
                quiet = middle
                self._skipped[job.name] = day_part[middle]
            middle = (quiet + loud) // 2
        return day_part[loud]

    async def _would_send(self, job: Job, at: datetime) -> bool:
        try:
            return bool(await job.plan(self._ctx, at))
        except Exception:  # the run itself fails in the same way, and is handled there
            log.warning("it cannot be told what job %s would send at %s", job.name, at.isoformat())
            return True
