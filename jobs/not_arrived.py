"""The job that tells whoever can mend it what did not arrive."""

from datetime import datetime
from functools import partial

from bot.services.health import given_up, not_arrived
from bot.services.health.not_arrived import Untold
from jobs.context import JobContext, Planned, Units

NAME = "mend"


async def run(ctx: JobContext, now: datetime) -> int:
    """Tell people what did not arrive, each thing once; returns how many were told.

    What was given up is told when Slack is back, so that all of it is one message.
    """
    units = ctx.units(NAME, now)
    told = 0
    if not ctx.breaker.is_open and await units.read(given_up.is_to_be_told):
        told += await units.write(given_up.tell)
    told += await units.each(await units.read(not_arrived.untold), partial(_tell, units))
    units.raise_failure()
    return told


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _tell(units: Units, found: Untold) -> int:
    ready = await units.read(partial(not_arrived.prepare, found=found))
    return await units.write(partial(not_arrived.tell, ready=ready))
