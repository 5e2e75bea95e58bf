"""What is kept of channels in Slack: who is in each, which organisations, and each person's direct messages.

It is asked of Slack and stays good for `FRESH`, unless Slack says meanwhile that somebody came or left: an event, which
any process may hear, makes the channel be asked about anew before the next message there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from bot.db import table
from bot.models import DirectChannel, SlackChannel

FRESH = timedelta(minutes=10)  # how long a lost event can go unnoticed


@dataclass(frozen=True)
class KnownChannel:
    """Who is in a channel, and which other organisations: None where Slack has to be asked."""

    members: frozenset[str] | None = None
    outside: frozenset[str] | None = None


def known(session: Session, channels: Collection[str], now: datetime) -> Mapping[str, KnownChannel]:
    """What is known of these channels at this instant. One query."""
    rows = session.scalars(select(SlackChannel).where(col(SlackChannel.slack).in_(channels)))
    return {
        row.slack: KnownChannel(
            frozenset(row.members) if _is_good(row, row.members_at, now) else None,
            frozenset(row.outside) if _is_good(row, row.outside_at, now) else None,
        )
        for row in rows
    }


def _is_good(row: SlackChannel, at: datetime | None, now: datetime) -> bool:
    if at is None or not timedelta(0) <= now - at < FRESH:
        return False
    return row.changed_at is None or row.changed_at < at


def keep_members(session: Session, channel: str, members: Collection[str], asked_at: datetime) -> None:
    """Keep who was in a channel when Slack was asked, unless a later answer is kept."""
    _keep(session, channel, "members", members, asked_at)


def keep_outside(session: Session, channel: str, teams: Collection[str], asked_at: datetime) -> None:
    """Keep which other organisations were in a channel when Slack was asked, unless a later answer is kept."""
    _keep(session, channel, "outside", teams, asked_at)


def _keep(session: Session, channel: str, what: str, ids: Collection[str], asked_at: datetime) -> None:
    at, of_it = f"{what}_at", (col(SlackChannel.slack) == channel)
    _add(session, channel)
    later = getattr(SlackChannel, at)
    changed = update(SlackChannel).where(of_it, col(later).is_(None) | (col(later) <= asked_at))
    session.execute(changed.values({what: sorted(ids), at: asked_at}))


def note_changed(session: Session, channel: str, at: datetime) -> None:
    """Note that somebody came into a channel or left it: what was asked before then is good no more."""
    _add(session, channel)
    session.execute(update(SlackChannel).where(col(SlackChannel.slack) == channel).values(changed_at=at))


def note_all_changed(session: Session, at: datetime) -> None:
    """Note that anybody may have come or left, because events may have been lost."""
    session.execute(update(SlackChannel).values(changed_at=at))


def direct_channels(session: Session, users: Collection[str]) -> dict[str, str]:
    """The channels of the direct messages with these people, where they were opened."""
    opened = select(col(DirectChannel.slack), col(DirectChannel.channel)).where(col(DirectChannel.slack).in_(users))
    return dict(session.execute(opened).all())


def keep_direct(session: Session, user: str, channel: str) -> None:
    """Keep the channel of the direct messages with a person."""
    session.merge(DirectChannel(slack=user, channel=channel))


def forget_direct(session: Session, user: str) -> None:
    """Forget the channel of the direct messages with a person, because Slack does not take it: it is opened anew."""
    session.execute(delete(DirectChannel).where(col(DirectChannel.slack) == user))


def _add(session: Session, channel: str) -> None:
    session.execute(_adding(session.get_bind().dialect.name), {"slack": channel, "members": [], "outside": []})


@cache
def _adding(dialect: str) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.Insert if dialect == "sqlite" else postgresql.Insert)(table(SlackChannel)).on_conflict_do_nothing()
