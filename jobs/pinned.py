"""The job that keeps the pinned message of each shared channel up to date."""

import logging
from datetime import datetime, timedelta
from functools import partial

from bot.delivery.slack_answers import Limited, Refused, SlackFailure, Unsettled
from bot.models import PinnedList
from bot.services.pages import pinned_lists, pins
from bot.services.pages.pinned_lists import Vacancy
from bot.services.pages.pins import ToPin
from jobs.context import JobContext, Planned, Units, batches

NAME = "pinned"
MOST_UPDATES = 20  # in a run, which is each minute; Slack takes 50 updates a minute, and others need some
MOST_PINS = 15  # Slack takes 20 a minute
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
log = logging.getLogger(__name__)


async def run(ctx: JobContext, now: datetime) -> int:
    """Let go of the messages that no longer belong where they stand, post those that are missing, update those that say
    something else by now, and pin what is in Slack; returns how many messages that made.

    A failure with one message holds up no other. What is not done in this run is done in the next.
    """
    units = ctx.units(NAME, now)
    made = await _enqueue(units)
    for pin in await units.read(partial(pins.to_pin, most=MOST_PINS)):
        if not await _pin(ctx, units, pin, now):
            break
    units.raise_failure()
    return made


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""

    async def without_pins(trial: JobContext, at: datetime) -> int:
        return await _enqueue(trial.units(NAME, at))

    return await ctx.rehearse(without_pins, now)


async def next_due(ctx: JobContext, now: datetime) -> datetime | None:
    """When there is something to do next."""
    return await ctx.units(NAME, now).read(pins.next_due)


async def _enqueue(units: Units) -> int:
    made = await units.each(await units.read(pinned_lists.to_release), partial(_release, units))
    if await units.read(pinned_lists.has_released):
        await units.write(pinned_lists.forget_released)
    made += await units.each(await units.read(pinned_lists.vacancies), partial(_post, units))
    made += await units.each(await units.read(pinned_lists.to_try_again), partial(_try_again, units))
    updated = 0
    for some in batches(await units.read(pinned_lists.to_look_at), MOST_UPDATES):
        updated += await units.each(some, partial(_update, units))
        if updated >= MOST_UPDATES:
            break
    return made + updated


async def _release(units: Units, row: PinnedList) -> int:
    return await units.write(partial(pinned_lists.release, row_id=row.id))


async def _post(units: Units, vacancy: Vacancy) -> int:
    drawn = await units.read(partial(pinned_lists.draw, contract_id=vacancy.contract_id))
    return await units.write(partial(pinned_lists.post, vacancy=vacancy, drawn=drawn))


async def _try_again(units: Units, row: PinnedList) -> int:
    drawn = await units.read(partial(pinned_lists.draw, contract_id=row.contract_id))
    return await units.write(partial(pinned_lists.try_again, row_id=row.id, drawn=drawn))


async def _update(units: Units, row: PinnedList) -> int:
    drawn = await units.read(partial(pinned_lists.draw, contract_id=row.contract_id))
    if await units.read(partial(pinned_lists.is_as_drawn, row=row, drawn=drawn)):
        return 0
    return await units.write(partial(pinned_lists.change, row_id=row.id, drawn=drawn))


async def _pin(ctx: JobContext, units: Units, pin: ToPin, now: datetime) -> bool:
    """Pin or unpin one message, with no transaction open, and note what became of it; returns whether Slack can be
    asked to do more now."""
    try:
        await (ctx.slack.unpin if pin.is_pinned else ctx.slack.pin)(pin.place)
    except SlackFailure as failure:
        log.warning("the message %s in %s is not pinned: %s", pin.place.ts, pin.place.channel, failure)
        wait = failure.wait if isinstance(failure, Limited) else A_DAY if _is_lasting(failure) else A_MINUTE
        problem = str(failure) if _is_lasting(failure) else ""
        await units.write(partial(pins.note_not_pinned, pin=pin, problem=problem, try_at=now + wait))
        return _is_lasting(failure)
    await units.write(partial(pins.note_pinned, pin=pin))
    return True


def _is_lasting(failure: SlackFailure) -> bool:
    """Whether a person must do something before it can work."""
    return isinstance(failure, Unsettled | Refused)
