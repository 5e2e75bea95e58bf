"""Pinning the message of each shared channel, which stands there whether or not that works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlmodel import col

from bot.delivery.slack_facts import PostedMessage
from bot.domain.london import london_instant
from bot.models import OutboxMessage, OutboxState, PinnedList
from bot.services.pages import pinned_lists
from bot.services.pages.pinned_lists import BEGINS, locked
from bot.services.unit_of_work import UnitOfWork

OPENS = 9  # the hour from which a message may be posted


@dataclass(frozen=True)
class ToPin:
    """A message that is to be pinned in its channel, or with `is_pinned` to be unpinned."""

    row: int
    place: PostedMessage
    is_pinned: bool = False


def to_pin(work: UnitOfWork, most: int) -> Sequence[ToPin]:
    """The messages in Slack that are to be pinned now, and the pinned ones that were let go."""
    wanted = or_(
        and_(~col(PinnedList.released), col(PinnedList.pinned_at).is_(None)),
        and_(col(PinnedList.released), col(PinnedList.pinned_at).is_not(None)),
    )
    is_time = or_(col(PinnedList.try_at).is_(None), col(PinnedList.try_at) <= work.now)
    rows = work.session.execute(
        select(PinnedList, col(OutboxMessage.slack_channel), col(OutboxMessage.slack_ts))
        .join(OutboxMessage, col(OutboxMessage.key) == col(PinnedList.message))
        .where(wanted, is_time, col(OutboxMessage.state) == OutboxState.SENT)
        .order_by(col(PinnedList.id))
        .limit(most)
    )
    return [
        ToPin(row.id, PostedMessage(channel or "", ts or ""), row.pinned_at is not None) for row, channel, ts in rows
    ]


def note_pinned(work: UnitOfWork, pin: ToPin) -> bool:
    """Note that a message was pinned, or unpinned."""
    row = locked(work, pin.row)
    if row is None:
        return False
    row.pinned_at, row.problem, row.try_at = (None if pin.is_pinned else work.now), "", None
    return True


def note_not_pinned(work: UnitOfWork, pin: ToPin, problem: str, try_at: datetime) -> bool:
    """Note why a message could not be pinned, "" for what passes by itself, and when that is tried again. One that was
    let go and cannot be unpinned stays as it is."""
    row = locked(work, pin.row)
    if row is None:
        return False
    row.problem, row.try_at = problem[:60], try_at
    if row.released and problem:
        row.pinned_at = None
    return True


def next_due(work: UnitOfWork) -> datetime:
    """When there is something to do for the pinned messages: now, when a pin is tried again, or in the morning."""
    waits = (
        pinned_lists.vacancies(work)
        or pinned_lists.to_look_at(work)
        or pinned_lists.to_try_again(work)
        or pinned_lists.to_release(work)
        or to_pin(work, 1)
    )
    if waits or pinned_lists.has_released(work):
        return work.now
    tomorrow = work.today + timedelta(days=1)
    mornings = [london_instant(day, hour) for day in (work.today, tomorrow) for hour in (BEGINS, OPENS)]
    again = work.session.scalar(select(func.min(col(PinnedList.try_at))).where(col(PinnedList.try_at) > work.now))
    return min(at for at in (*mornings, again) if at is not None and at > work.now)
