"""The job that tells partners' people of memos and policies, and keeps those messages and the counts up to date."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.services.documents import counts, notices, recipients
from jobs.context import JobContext, Planned, Units, batches

NAME = "documents"


async def run(ctx: JobContext, now: datetime) -> int:
    """Send the messages that are out of date, in small batches of which each is claimed, then the counts; returns how
    many there were. A run that ends between two batches is made up for by the next."""
    units = ctx.units(NAME, now)
    await units.each(await units.read(recipients.untold), partial(_tell_the_rest, units))
    some = batches(await units.read(notices.stale), notices.AT_ONCE)
    sent = await units.each(some, partial(_tell, units))
    sent += await units.each(await units.read(counts.stale), partial(_count, units))
    units.raise_failure()
    return sent


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def next_due(ctx: JobContext, now: datetime) -> datetime | None:
    """When the next message may be sent, which may be in the past; None if all are up to date."""
    units = ctx.units(NAME, now)
    for find in (recipients.untold, notices.stale):
        if await units.read(find):
            return now
    return await units.read(counts.next_due)


async def _tell(units: Units, among: Sequence[tuple[int, int]]) -> int:
    ready = await units.read(partial(notices.prepare, among=among))
    return await units.write(partial(notices.send, ready=ready))


async def _count(units: Units, recipient_id: int) -> int:
    ready = await units.read(partial(counts.prepare, recipient_id=recipient_id))
    return 0 if ready is None else await units.write(partial(counts.send, ready=ready))


async def _tell_the_rest(units: Units, version_id: int) -> int:
    return await units.write(partial(recipients.tell_the_rest, version_id=version_id))
