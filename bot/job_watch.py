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

    async def run(self) -> None:
        """Check each minute until cancelled. The first check waits, so that a worker that starts at the same time can
        run."""
        while True:
            await asyncio.sleep(EVERY.total_seconds())
            try:
                await self.check()
            except Exception:  # the database may be unavailable: the next check finds what this one missed
                log.exception("the jobs could not be checked")

    async def check(self) -> None:
        """Check once. If no worker delivers, deliver the alerts to the administrators from here."""
        now, ctx = self._clock.now(), self._runs.ctx
        await self._runs.watch_over(now)
        incidents = await ctx.units(NAME, now).write(job_alerts.check_jobs)
        if deliver.NAME in incidents.late:
            await deliver.run(ctx, now, to=incidents.administrators)
