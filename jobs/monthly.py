"""The job that sends senior owners their monthly summaries."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from bot.models import Contract
from bot.services.digest import monthly
from jobs.context import JobContext, Planned, Units

NAME = "monthly"


async def run(ctx: JobContext, now: datetime) -> int:
    """Send each senior owner their summary if it is due and not yet sent; returns how many were sent.

    A summary that fails does not stop the others, and is tried again with the next run.
    """
    units = ctx.units(NAME, now)
    monthly_due = await units.read(monthly.monthly_due)
    if monthly_due is None:
        return 0
    sent = await units.each(monthly_due.owners.items(), partial(_send, units, monthly_due.due))
    units.raise_failure()  # before the end, after which nobody is monthly_due one
    await units.write(partial(monthly.close_month, due=monthly_due.due))
    return sent


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _send(units: Units, due: datetime, of: tuple[str, Mapping[int, Contract]]) -> int:
    slack, contracts = of
    draft = await units.read(partial(monthly.prepare, slack=slack, contracts=contracts, due=due))
    return await units.write(partial(monthly.send, draft=draft, due=due))
