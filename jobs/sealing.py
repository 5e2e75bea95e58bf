"""The job that seals the audit trail, and notes its newest seal each day."""

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial

from bot.services.trail import noting, sealing
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned, Units

NAME = "seal"
LOOKS, BETWEEN = 20, timedelta(milliseconds=100)  # how long it waits for the writers that are at it
log = logging.getLogger(__name__)


async def run(ctx: JobContext, now: datetime) -> int:
    """Seal the entries that nobody can come before any more, and note the newest seal; returns how many it sealed.

    If a writer takes long, as a large import may, the next run seals them.
    """
    units = ctx.units(NAME, now)
    sealed = await _seal(units) if await units.read(sealing.is_anything_unsealed) else 0
    if await units.read(noting.is_due):
        seal = await units.write(partial(noting.note, channel=ctx.trail_channel))
        if seal is not None:
            log.info("the newest seal of the audit trail is %d:%s, of %s", seal.number, seal.digest, seal.at)
    return sealed


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def next_due(ctx: JobContext, now: datetime) -> datetime | None:
    """When there is something to seal or to note next."""
    return await ctx.units(NAME, now).read(_next_due)


def _next_due(work: UnitOfWork) -> datetime:
    if sealing.is_anything_unsealed(work) or noting.is_due(work):
        return work.now
    due = noting.due_at(work)
    return due if work.now < due else due + timedelta(days=1)


async def _seal(units: Units) -> int:
    """Seal up to the last entry that there is, one segment after the other."""
    horizon, sealed = await units.read(sealing.horizon), 0
    left = horizon.writers
    for _ in range(LOOKS):
        if not left:
            break
        await asyncio.sleep(BETWEEN.total_seconds())
        left &= await units.read(sealing.writers)
    else:
        log.info("the audit trail is not sealed yet: %d writers are at it", len(left))
        return 0
    while (seal := await units.read(partial(sealing.next_segment, last_id=horizon.last_id))) is not None:
        if not await units.write(partial(sealing.keep, seal=seal)):
            break  # another worker is at it
        sealed += len(seal.entries)
    return sealed
