"""Escalating: what came to be late or fell short, and what nobody answered in time."""

from datetime import datetime

from bot.services.escalations import escalation_run
from jobs.context import JobContext, Planned

NAME = "escalate"


async def run(ctx: JobContext, now: datetime) -> int:
    """Begin, go on with and end escalations; how many people were asked, and how many are over."""
    return await ctx.work(NAME, now, escalation_run.watch)


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await ctx.rehearse(run, now)
