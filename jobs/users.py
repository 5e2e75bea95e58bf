"""The job that keeps what Slack says of everybody in the workspace: it makes up for events that were lost."""

from datetime import datetime, timedelta
from functools import partial

from bot import slack_users
from bot.services import occurrences
from bot.services.people import accounts
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned

NAME = "users"
EVERY = timedelta(hours=6)
EVERYBODY = "the workspace"


async def run(ctx: JobContext, now: datetime) -> int:
    """Keep everybody whom Slack lists, if that has not been done in this quarter of the day; returns how many."""
    units, listed = ctx.units(NAME, now), 0
    if await units.read(_is_done):
        return 0
    async for page in ctx.slack.users(now):
        await ctx.database.write(partial(slack_users.keep, users=page))
        listed += len(page)
    await units.write(accounts.offer)
    await units.write(_note)  # last, so that a listing that failed is tried again
    return listed


async def plan(_ctx: JobContext, _now: datetime) -> list[Planned]:
    """The messages of a run: none."""
    return []


async def next_due(ctx: JobContext, now: datetime) -> datetime | None:
    """When people are to be listed next."""
    done = await ctx.units(NAME, now).read(_is_done)
    return _quarter(now) + EVERY if done else now


def _is_done(work: UnitOfWork) -> bool:
    return bool(occurrences.claimed(work, accounts.USERS_LISTED, _quarter(work.now)))


def _note(work: UnitOfWork) -> bool:
    return occurrences.claim(work, accounts.USERS_LISTED, EVERYBODY, _quarter(work.now))


def _quarter(now: datetime) -> datetime:
    """The start of the quarter of the day."""
    return now.replace(hour=now.hour // 6 * 6, minute=0, second=0, microsecond=0)
