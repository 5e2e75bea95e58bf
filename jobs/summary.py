"""The weekly performance summaries of channels."""

from datetime import datetime
from functools import partial

from bot.services.digest import posting
from bot.services.progress import reports
from jobs.context import JobContext, Planned

NAME = "summary"


async def run(ctx: JobContext, now: datetime) -> int:
    """Post the summary that is due to each channel that has not had it; how many were posted.

    Each in a transaction of its own: a thousand of them must not hold up what people do.
    """
    await ctx.work(NAME, now, reports.open_reports)  # first, so that the summaries know what falls due
    owed = await ctx.work(NAME, now, posting.digests_due)
    return sum([await ctx.work(NAME, now, partial(posting.post_due, owed_to=[each])) for each in owed])


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await ctx.rehearse(run, now)
