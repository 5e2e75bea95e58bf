"""Looking after the jobs from every process, so that one that is dead is found by another."""

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
    """A look at the heartbeats of the jobs, each minute, on a timer that is not the scheduler's."""

    def __init__(self, runs: JobRunner, clock: Clock) -> None:
        self._runs = runs
        self._clock = clock

    async def go_on(self) -> None:
        """Look until cancelled. The first look waits, so that a worker that starts beside us can have run."""
        while True:
            await asyncio.sleep(EVERY.total_seconds())
            try:
                await self.look()
            except Exception:  # the database is away, say: the next look finds what this one missed
                log.exception("the jobs could not be looked after")

    async def look(self) -> None:
        """Look once. Where nothing delivers, what the administrators are to know is delivered from here."""
        now, desk = self._clock.now(), self._runs.ctx
        await self._runs.watch_over(now)
        looked = await desk.units(NAME, now).write(job_alerts.check_jobs)
        if deliver.NAME in looked.late:
            await deliver.run(desk, now, to=looked.administrators)
