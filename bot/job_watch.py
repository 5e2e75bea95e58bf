"""Watching the jobs from every process, so that another process notices a dead one."""

import asyncio
import logging
from datetime import timedelta

from bot.clock import Clock
from bot.services.health import job_alerts
from jobs import deliver
from jobs.runner import JobRunner

EVERY = timedelta(minutes=1)
NAME = "watch"
log = logging.getLogger(__name__)


class JobWatch:
    """Checks the heartbeats of the jobs each minute, on a timer that is independent of the scheduler."""

    def __init__(self, runs: JobRunner, clock: Clock) -> None:
        self._runs = runs
        self._clock = clock

    async def go_on(self) -> None:
        """Check each minute until cancelled. The first check waits, so that a worker that starts at the same time can
        run."""
        while True:
            await asyncio.sleep(EVERY.total_seconds())
            try:
                await self.look()
            except Exception:  # the database may be unavailable: the next check finds what this one missed
                log.exception("the jobs could not be looked after")

    async def look(self) -> None:
        """Check once. If no worker delivers, deliver the alerts to the administrators from here."""
        now, desk = self._clock.now(), self._runs.ctx
        await self._runs.watch_over(now)
        looked = await desk.units(NAME, now).write(job_alerts.check_jobs)
        if deliver.NAME in looked.late:
            await deliver.run(desk, now, to=looked.administrators)
