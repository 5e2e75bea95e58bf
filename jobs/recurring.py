"""The job that makes the next of the obligations that come again."""

from datetime import datetime
from functools import partial

from bot.services.specification import recurring
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned, Units

NAME = "recur"


async def run(ctx: JobContext, now: datetime) -> int:
    """Make the next of each obligation whose day has passed, or that was met; returns how many were made.

    After an outage the next of that may be due as well, until one is to come. One that fails does not stop the others.
    """
    units = ctx.units(NAME, now)
    made, tried = 0, set[int]()
    while found := [each for each in await units.read(recurring.to_make_again) if each not in tried]:
        tried.update(found)
        made += await units.each(found, partial(_make, units))
    units.raise_failure()
    return made


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send: none, for they are reminded of later."""
    return await ctx.rehearse(run, now)


async def _make(units: Units, obligation_id: int) -> int:
    def make(work: UnitOfWork) -> int:
        return int(recurring.make_next(work, obligation_id) is not None)

    return await units.write(make)
