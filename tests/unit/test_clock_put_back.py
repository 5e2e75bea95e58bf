"""A clock that is put back by an hour stops no job for that hour."""

import asyncio
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app import bring_forward
from bot.clock import SystemClock
from jobs import JOBS
from jobs.runner import tick


def test_each_job_runs_when_its_trigger_says_although_its_next_run_is_an_hour_ahead() -> None:
    async def put_back() -> dict[str, tuple[object, object]]:
        scheduler, now = AsyncIOScheduler(), SystemClock().now()
        for job in JOBS:
            scheduler.add_job(
                print, job.trigger, id=job.name, next_run_time=tick(job.trigger, now + timedelta(hours=1))
            )
        scheduler.start(paused=True)
        bring_forward(scheduler, now)
        found: dict[str, tuple[object, object]] = {
            job.id: (job.next_run_time, tick(job.trigger, now)) for job in scheduler.get_jobs()
        }
        bring_forward(scheduler, now + timedelta(hours=1))
        again = {job.id: (job.next_run_time, tick(job.trigger, now)) for job in scheduler.get_jobs()}
        scheduler.shutdown(wait=False)
        assert again == found, "nothing is put off"
        return found

    found = asyncio.run(put_back())
    assert set(found) == {job.name for job in JOBS}
    assert all(next_run == expected for next_run, expected in found.values())
