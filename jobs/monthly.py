"""The monthly summaries of senior owners."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from bot.models import Contract
from bot.services.digest import monthly
from jobs.context import JobContext, Planned, Units

NAME = "monthly"


async def run(ctx: JobContext, now: datetime) -> int:
    """Send each senior owner the summary that is due and that they have not had; how many were sent.

    What goes wrong with one holds up no other, and is tried again with the next run.
    """
    units = ctx.units(NAME, now)
    owed = await units.read(monthly.owed)
    if owed is None:
        return 0
    sent = await units.each(owed.owners.items(), partial(_send, units, owed.due))
    units.raise_failure()  # before the end, after which nobody is owed one
    await units.write(partial(monthly.end, due=owed.due))
    return sent


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await ctx.rehearse(run, now)


async def _send(units: Units, due: datetime, of: tuple[str, Mapping[int, Contract]]) -> int:
    slack, contracts = of
    draft = await units.read(partial(monthly.prepare, slack=slack, contracts=contracts, due=due))
    return await units.write(partial(monthly.send, draft=draft, due=due))
