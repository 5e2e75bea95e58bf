"""Reminding people of what falls due, and keeping their messages up to date."""

from datetime import datetime

from bot.services.reminders import reminders
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned

NAME = "nudge"


async def run(ctx: JobContext, now: datetime) -> int:
    """Remind on a working morning, and update what was sent before; how many messages went out or were updated."""
    return await ctx.work(NAME, now, nudge)


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await ctx.rehearse(run, now)


def nudge(work: UnitOfWork) -> int:
    """One run. What was done since is shown first, so that nobody is reminded of it."""
    return reminders.refresh(work) + reminders.remind(work)
