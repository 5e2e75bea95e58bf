"""The job that tells senior owners of months that vary much from their profile."""

from datetime import datetime
from functools import partial

from bot.services.reminders import variances
from jobs.context import JobContext, Planned, Units

NAME = "variance"


async def run(ctx: JobContext, now: datetime) -> int:
    """Tell of each month that varies much; returns how many messages that made."""
    units = ctx.units(NAME, now)
    told = await units.each(await units.read(variances.variances_to_tell), partial(_tell, units))
    units.raise_failure()
    return told


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _tell(units: Units, spend_id: int) -> int:
    return await units.write(partial(variances.tell, spend_id=spend_id))
