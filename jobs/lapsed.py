"""The job that tells both sides of certificates that have lapsed."""

from datetime import datetime
from functools import partial

from bot.services.reminders import lapsed
from jobs.context import JobContext, Planned, Units

NAME = "lapsed"


async def run(ctx: JobContext, now: datetime) -> int:
    """Tell the people of each certificate that has lapsed; returns how many messages that made."""
    units = ctx.units(NAME, now)
    told = await units.each(await units.read(lapsed.lapsed_certificates), partial(_tell, units))
    units.raise_failure()
    return told


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _tell(units: Units, certificate_id: int) -> int:
    return await units.write(partial(lapsed.tell, certificate_id=certificate_id))
