"""The job that reminds people of what falls due, and keeps their messages up to date."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.services.reminders import reminders
from bot.services.reminders.reminders import Due
from jobs.context import JobContext, Planned, Units

NAME = "remind"


async def run(ctx: JobContext, now: datetime) -> int:
    """Update earlier messages, and on a working morning remind people; returns how many messages went out or were
    updated.

    The updates come first, so that nobody is reminded of a finished item. A failure with one person does not stop the
    others, and the next run tries it again.
    """
    units = ctx.units(NAME, now)
    moved_on = await units.read(reminders.moved_on)
    updated = await units.each(moved_on.items(), partial(_refresh, units))
    morning = await units.read(reminders.this_morning)
    sent = await units.each(morning.people, partial(_remind, units))
    units.raise_failure()
    if morning.nations:
        await units.write(partial(reminders.end, morning=morning))
    return updated + sent


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _refresh(units: Units, of: tuple[int, Sequence[int]]) -> int:
    reminder_id, done = of
    return await units.write(partial(reminders.refresh, reminder_id=reminder_id, done=done))


async def _remind(units: Units, due: Due) -> int:
    return await units.write(partial(reminders.tell, due=due))
