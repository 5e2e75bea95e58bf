"""The job that asks who is in the channels in which Liaison posts, just before the morning's messages: none of them has
to wait for that. The rest of the day each message asks for itself where what is kept is too old."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from bot.delivery.slack_answers import SlackFailure
from bot.models import Channel, SlackChannel
from jobs.context import JobContext, Planned

NAME = "members"
AGE = timedelta(minutes=5)  # after which Slack is asked again
AT_ONCE = 60  # channels, each minute: of the 100 that Slack allows, the rest is left to messages


async def run(ctx: JobContext, now: datetime) -> int:
    """Ask Slack who is in the bound channels, first in those of which it was asked longest ago; returns in how many.

    What Slack refuses, the channel's next message finds out.
    """
    channels = await ctx.database.read(lambda session: _to_ask(session, now))
    found = await asyncio.gather(*(ctx.channels.ask_members(each) for each in channels), return_exceptions=True)
    faults = [each for each in found if isinstance(each, BaseException) and not isinstance(each, SlackFailure)]
    if faults:
        raise faults[0]
    return sum(not isinstance(each, BaseException) for each in found)


async def plan(_ctx: JobContext, _now: datetime) -> list[Planned]:
    """The messages of a run: none."""
    return []


def _to_ask(session: Session, now: datetime) -> list[str]:
    """The bound channels of which Slack was not asked lately, nor since somebody came or left."""
    bound = select(col(Channel.slack), col(SlackChannel.members_at), col(SlackChannel.changed_at)).outerjoin(
        SlackChannel, col(SlackChannel.slack) == col(Channel.slack)
    )
    rows = sorted(session.execute(bound).all(), key=lambda row: (row.members_at is not None, row.members_at or now))
    old = [row.slack for row in rows if not _is_recent(row.members_at, row.changed_at, now)]
    return old[:AT_ONCE]


def _is_recent(asked_at: datetime | None, changed_at: datetime | None, now: datetime) -> bool:
    if asked_at is None or (changed_at is not None and changed_at >= asked_at):
        return False
    return timedelta(0) <= now - asked_at < AGE
