"""The job that welcomes people to the roles that they have got."""

from datetime import datetime
from functools import partial

from bot.services.contracts import welcomes
from jobs.context import JobContext, Planned, Units

NAME = "welcome"


async def run(ctx: JobContext, now: datetime) -> int:
    """Welcome the people who have got a role, in working hours; returns how many were. One that fails holds up no
    other."""
    units = ctx.units(NAME, now)
    done = await units.each(await units.read(welcomes.to_welcome), partial(_welcome, units))
    units.raise_failure()
    return done


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _welcome(units: Units, person_id: int) -> int:
    return await units.write(partial(welcomes.welcome, person_id=person_id))
