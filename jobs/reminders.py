"""The job that reminds people of what falls due, and keeps their messages up to date."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.services.reminders import reminders
from bot.services.reminders.reminders import DueReminder
from jobs.context import JobContext, Planned, Units

NAME = "remind"


async def run(ctx: JobContext, now: datetime) -> int:
    """Update the reminders sent before, and send new ones on a working morning; returns how many messages that made.

    What is done already is marked first, so that nobody is reminded of it. A failure for one person holds up nobody
    else, and the next run tries again.
    """
    units = ctx.units(NAME, now)
    done_since = await units.read(reminders.lines_done_since)
    updated = await units.each(done_since.items(), partial(_mark_done, units))
    morning = await units.read(reminders.this_morning)
    sent = await units.each(morning.people, partial(_remind, units))
    units.raise_failure()
    if morning.nations:
        await units.write(partial(reminders.finish, morning=morning))
    return updated + sent


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _mark_done(units: Units, of: tuple[int, Sequence[int]]) -> int:
    reminder_id, done = of
    return await units.write(partial(reminders.mark_lines_done, reminder_id=reminder_id, done=done))


async def _remind(units: Units, due: DueReminder) -> int:
    still = await units.read(partial(reminders.still_to_remind_of, due=due))
    return await units.write(partial(reminders.send, due=still))
