"""Looking ahead, while the clock is moved: which instants of a job may be passed over, as it would send nothing."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from jobs import Job
from jobs.desk import JobDesk
from jobs.running import tick

log = logging.getLogger(__name__)

_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)


class Foresight:
    """What is known of the jobs' next instants. It holds until one of them does something: then forget it.

    What people do on the page while the clock runs is seen after that as well.
    """

    def __init__(self, desk: JobDesk) -> None:
        self._desk = desk
        self._needed: dict[str, datetime] = {}
        self._passed_over: dict[str, datetime] = {}

    def forget(self, job: Job) -> None:
        """A job ran: what it left behind may matter to any of the others."""
        self._needed.clear()
        self._passed_over.pop(job.name, None)

    def passed_over(self, job: Job) -> datetime | None:
        """The last instant of a job that it would have run at and did not, since it ran."""
        return self._passed_over.get(job.name)

    async def needed(self, job: Job, now: datetime, by: datetime) -> datetime:
        """The first instant of a job in an hour in which it has something to do; else its first after `by`, or a day.

        What is due stays due until it is done, and working hours begin and end on the hour: a job that sends nothing at
        its last instant of an hour would have sent nothing at the earlier ones.
        """
        if self._needed.get(job.name, now) <= now:
            self._needed[job.name] = await self._look(job, now, min(by, now + _A_DAY))
        return self._needed[job.name]

    async def _look(self, job: Job, now: datetime, by: datetime) -> datetime:
        first = tick(job.trigger, now)
        while first <= by:
            *_, last = _in_its_hour(job, first, by)
            if await self._would_send(job, last):
                return first
            self._passed_over[job.name] = last
            first = tick(job.trigger, last)
        return first

    async def _would_send(self, job: Job, at: datetime) -> bool:
        try:
            return bool(await job.plan(self._desk, at))
        except Exception:  # the run itself fails in the same way, and it is known there what is to be done then
            log.warning("it cannot be told what job %s would send at %s", job.name, at.isoformat())
            return True


def _in_its_hour(job: Job, first: datetime, by: datetime) -> Iterator[datetime]:
    """The instants of a job from one of them to the end of the hour, and none after `by`."""
    end = first.replace(minute=0, second=0, microsecond=0) + _HOUR
    at = first
    while at < end and at <= by:
        yield at
        at = tick(job.trigger, at)
