"""The monthly summaries of senior owners."""

from datetime import datetime

from bot.services.digest import monthly
from jobs.context import JobContext, Planned

NAME = "monthly"


async def run(ctx: JobContext, now: datetime) -> int:
    """Send each senior owner the summary that is due and that they have not had; how many were sent."""
    return await ctx.work(NAME, now, monthly.post_monthly)


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await ctx.rehearse(run, now)
