"""The job that sends senior owners their monthly summaries."""

from datetime import datetime
from functools import partial

from bot.services.digest import monthly
from bot.services.digest.monthly import DueSummary
from jobs.context import JobContext, Planned, Units
from jobs.prompts import open_reports

NAME = "monthly"


async def run(ctx: JobContext, now: datetime) -> int:
    """Send each senior owner their summary if it is due and not yet sent; returns how many were sent.

    A summary that fails does not stop the others, and is tried again with the next run.
    """
    units = ctx.units(NAME, now)
    await open_reports(units)  # first, so that their days are known
    due = await units.read(monthly.monthly_due)
    if due is None:
        return 0
    sent = await units.each(due.summaries, partial(_send, units, due.opened))
    units.raise_failure()  # before the end, after which nobody is owed one
    if due.is_all:
        await units.write(partial(monthly.close_month, opened=due.opened))
    return sent


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _send(units: Units, opened: datetime, due: DueSummary) -> int:
    draft = await units.read(partial(monthly.prepare, due=due))
    return await units.write(partial(monthly.send, draft=draft, opened=opened))
