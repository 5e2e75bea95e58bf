"""The job that works days out again when bank holidays change."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.domain.calendar import Nation
from bot.services.health import published_days
from bot.services.holidays import calendar_change, carried_over, moved_days
from bot.services.holidays.calendar_change import CalendarChange
from bot.services.holidays.carried_over import CarriedOver
from bot.services.holidays.moved_days import MovedDay
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned, batches

NAME = "holidays"
MOVED_AT_ONCE = 2  # days, in one write


async def run(ctx: JobContext, now: datetime) -> int:
    """Move the days that follow from a rule where bank holidays have changed, and tell whoever has to do with them in
    working hours; returns how many people were told of that. It warns administrators before the published ones end.

    The calendar is adopted at the end, with what is carried over to it: until then, the next run goes on.
    """
    units = ctx.units(NAME, now)
    if await units.read(lambda work: _is_working_time(work) and published_days.is_to_warn(work)):
        await units.write(published_days.warn)
    change = await units.read(calendar_change.pending_change)
    if change is None:
        return 0
    await units.write(partial(carried_over.carry_claims, change=change))
    moved = await units.read(partial(moved_days.moved_days, change=change))
    why = f"Bank holidays have changed: {change.in_words}"
    for batch in batches(moved, MOVED_AT_ONCE):
        await units.write(partial(moved_days.move, moved=batch, why=why))
    if not await units.read(_is_working_time):
        return 0
    told = await units.read(partial(moved_days.to_tell, moved=moved))
    count = await units.each(told.items(), lambda of: units.write(partial(_tell, of=of, change=change)))
    units.raise_failure()
    found = await units.read(partial(carried_over.find, change=change, moved=moved))
    await units.write(partial(_adopt, change=change, found=found))
    return count


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


def _is_working_time(work: UnitOfWork) -> bool:
    return work.calendar.of(Nation.ENGLAND_AND_WALES).is_working_time(work.now)


def _tell(work: UnitOfWork, of: tuple[int, Sequence[MovedDay]], change: CalendarChange) -> int:
    person_id, moved = of
    return moved_days.tell(work, person_id, moved, change)


def _adopt(work: UnitOfWork, change: CalendarChange, found: CarriedOver) -> None:
    if calendar_change.pending_change(work) == change:  # else another worker did it, or it has changed again
        carried_over.carry_over(work, found)
        calendar_change.adopt(work)
