"""The monthly summaries of senior owners."""

from datetime import datetime

from bot.services.digest import monthly
from jobs.desk import JobDesk, Planned

NAME = "monthly"


async def run(desk: JobDesk, now: datetime) -> int:
    """Send each senior owner the summary that is due and that they have not had; how many were sent."""
    return await desk.work(NAME, now, monthly.post_monthly)


async def plan(desk: JobDesk, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await desk.rehearse(NAME, now, monthly.post_monthly)
