"""The job that posts the weekly performance summaries of channels."""

from datetime import datetime
from functools import partial

from bot.services.digest import posting
from bot.services.digest.posting import DueDigest
from jobs.context import JobContext, Planned, Units
from jobs.prompts import open_reports

NAME = "summary"


async def run(ctx: JobContext, now: datetime) -> int:
    """Post the due summary to each channel that has not had it; returns how many were posted.

    A summary that fails does not stop the others: it stays due, and the failure is logged.
    """
    units = ctx.units(NAME, now)
    await open_reports(units)  # first, so that the summaries have the due reports
    return await units.each(await units.read(posting.digests_due), partial(_post, units))


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _post(units: Units, due: DueDigest) -> int:
    ready = await units.read(partial(posting.prepare_due, due=due))
    return await units.write(partial(posting.post_due, ready=ready))
