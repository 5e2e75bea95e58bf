"""Reminding people of what falls due, and keeping their messages up to date."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.services.reminders import reminders
from bot.services.reminders.reminders import Due
from jobs.context import JobContext, Planned, Units

NAME = "remind"


async def run(ctx: JobContext, now: datetime) -> int:
    """Update what was sent before, and remind on a working morning; how many messages went out or were updated.

    What was done since is shown first, so that nobody is reminded of it. What goes wrong with one person holds up
    no other, and is tried again with the next run.
    """
    units = ctx.units(NAME, now)
    moved_on = await units.read(reminders.moved_on)
    updated = await units.each(moved_on.items(), partial(_refresh, units))
    morning = await units.read(reminders.this_morning)
    sent = await units.each(morning.people, partial(_tell, units))
    units.raise_failure()
    if morning.nations:
        await units.write(partial(reminders.end, morning=morning))
    return updated + sent


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await ctx.rehearse(run, now)


async def _refresh(units: Units, of: tuple[int, Sequence[int]]) -> int:
    reminder_id, done = of
    return await units.write(partial(reminders.refresh, reminder_id=reminder_id, done=done))


async def _tell(units: Units, due: Due) -> int:
    return await units.write(partial(reminders.tell, due=due))
