"""The queue of the outbox: claiming the messages to send now, and settling each one.

A worker claims rows by a lease, which expires if the worker dies, sends them with no transaction open, and settles each
one separately. Messages of one channel leave in the order in which they were added, at about one a second; a channel
that waits does not delay the others. Among channels, that with the most urgent message goes first.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select, true, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.domain.retries import GAVE_UP, LONGEST_WAIT, TRIED_FOR, wait_after
from bot.models import WAITING_STATES, OutboxMessage, OutboxState

LEASE = timedelta(minutes=1)
AT_ONCE = 100  # messages that a worker takes each second: several hundred that are due together leave in seconds
LOOKED_AT = 2000  # of the messages that are due: not all can be sent within what Slack allows in a minute
SPACING = timedelta(seconds=1)  # Slack: about one message a second in a channel
MOST_LOST_LEASES = 10


def claim(session: Session, now: datetime, among: Collection[int]) -> list[OutboxMessage]:
    """Lease the messages among these that may still be sent now (see `due_now`), oldest first.

    A row whose lease has expired was being sent when its worker died: it is returned `in_doubt`.
    """
    rows = session.scalars(
        select(OutboxMessage)
        .where(*_claimable(now), col(OutboxMessage.id).in_(among))
        .order_by(col(OutboxMessage.id))
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.lost_leases += row.state is OutboxState.SENDING
        if row.lost_leases > MOST_LOST_LEASES:  # sending it crashes the worker
            row.state, row.lease, row.settled_at = OutboxState.DEAD, None, now
            row.last_error = "every worker that tried to send it ended before it had"
            continue
        row.in_doubt = row.in_doubt or row.state is OutboxState.SENDING
        row.state = OutboxState.SENDING
        row.lease = secrets.token_hex(8)
        row.next_try_at = now + LEASE
        row.attempts += 1
    session.flush()
    return [row for row in rows if row.state is OutboxState.SENDING]


class Due(NamedTuple):
    """A message that may be sent now."""

    id: int
    key: str
    channel: str
    replaces_id: int | None


def due_now(session: Session, now: datetime, to: Collection[str] | None = None) -> Sequence[Due]:
    """The next message of each channel, or of these channels, that may be sent now: first those of the channels in
    which the most urgent ones wait."""
    due = select(*(col(getattr(OutboxMessage, name)) for name in Due._fields))
    due = due.where(*_claimable(now), true() if to is None else col(OutboxMessage.channel).in_(to))
    return [Due(*row) for row in session.execute(due.order_by(_urgency(), col(OutboxMessage.id)).limit(LOOKED_AT))]


def next_try(session: Session, now: datetime) -> datetime | None:
    """The earliest instant at which the first message of a channel may be tried; None if no message waits.

    It may be earlier than `now`: then try now.
    """
    earliest: datetime | None = session.scalar(_earliest_try())
    if earliest is None:
        return None
    return now if earliest > now + LONGEST_WAIT else max(earliest, now)


@cache
def _earliest_try() -> Select[datetime]:
    # Built once, because a moved clock runs it at every step.
    return select(func.min(col(OutboxMessage.next_try_at))).where(*_heads_its_queue())


def settle_sent(session: Session, row: OutboxMessage, channel: str, ts: str, now: datetime) -> bool:
    """Note that the message is in Slack. False if another worker holds the lease by now."""
    return _settle(session, row, state=OutboxState.SENT, settled_at=now, slack_channel=channel, slack_ts=ts)


def settle_failed(
    session: Session,
    row: OutboxMessage,
    reason: str,
    now: datetime,
    *,
    in_doubt: bool,
    after: timedelta | None = None,
) -> bool:
    """Try again later: after the wait that Slack asked for, else after one that grows with each try. A message that
    Slack did not take for `TRIED_FOR` is dead.

    `in_doubt`: Slack may have carried out the request, so look for the message before sending it again. A wait that
    Slack asked for does not count as a try.
    """
    if now - row.wanted_at >= TRIED_FOR:
        return settle_dead(session, row, f"{GAVE_UP}: {reason}", now)
    tries = row.attempts - 1 if after is not None else row.attempts
    chance = Random(f"{row.id} {tries}").random()  # noqa: S311  # it spreads waits, and hides nothing
    wait = min(after, LONGEST_WAIT) if after is not None else wait_after(tries, chance)
    return _settle_waiting(session, row, reason, now + wait, in_doubt=in_doubt, attempts=tries)


def settle_unset_up(session: Session, row: OutboxMessage, reason: str, now: datetime, after: timedelta) -> bool:
    """Try again after a wait, however often: a person has to set something up in Slack first."""
    tries = row.attempts - 1
    return _settle_waiting(
        session, row, reason, now + min(after, LONGEST_WAIT), in_doubt=row.in_doubt, attempts=tries, wanted_at=now
    )


def give_up_on_late(session: Session, now: datetime) -> int:
    """Give up the messages that have waited for `TRIED_FOR`, because Slack is away as a whole; returns how many."""
    late = update(OutboxMessage).where(
        col(OutboxMessage.state).in_((OutboxState.PENDING, OutboxState.FAILED)),
        col(OutboxMessage.wanted_at) <= now - TRIED_FOR,
    )
    dead = late.values(state=OutboxState.DEAD, last_error=f"{GAVE_UP}: it was away", settled_at=now)
    return len(session.execute(dead.returning(col(OutboxMessage.id))).all())


def doubt_waiting(session: Session, now: datetime) -> None:
    """Have every message that waits be looked for before it is sent, from now on: it may have been sent after this
    database was backed up. Nobody sends one at this moment."""
    waits = col(OutboxMessage.state).in_(WAITING_STATES)
    session.execute(update(OutboxMessage).where(waits).values(in_doubt=True))
    leased = update(OutboxMessage).where(col(OutboxMessage.state) == OutboxState.SENDING)
    session.execute(leased.values(state=OutboxState.FAILED, lease=None, next_try_at=now))


def _settle_waiting(session: Session, row: OutboxMessage, reason: str, next_try: datetime, **values: object) -> bool:
    return _settle(session, row, state=OutboxState.FAILED, last_error=reason[:300], next_try_at=next_try, **values)


def settle_dead(session: Session, row: OutboxMessage, reason: str, now: datetime) -> bool:
    """Note that a person must act, because another try would not help."""
    return _settle(session, row, state=OutboxState.DEAD, last_error=reason[:300], settled_at=now)


def settle_withheld(session: Session, row: OutboxMessage, now: datetime, reason: str) -> bool:
    """Note that the message was not sent, because somebody who may not read it would have read it."""
    return _settle(session, row, state=OutboxState.WITHHELD, last_error=reason[:300], settled_at=now)


def settle_dropped(session: Session, row: OutboxMessage, now: datetime, reason: str) -> bool:
    """Note that the message was not sent, because it was out of date."""
    return _settle(session, row, state=OutboxState.DROPPED, last_error=reason[:300], settled_at=now)


def _heads_its_queue() -> tuple[ColumnElement[bool], ...]:
    """The condition that no earlier message of the channel waits, nor the message that this one updates or answers."""
    earlier, original = aliased(OutboxMessage), aliased(OutboxMessage)
    no_earlier_waits = ~exists().where(
        and_(
            col(earlier.channel) == col(OutboxMessage.channel),
            col(earlier.id) < col(OutboxMessage.id),
            col(earlier.state).in_(WAITING_STATES),
        )
    )
    stands_on = func.coalesce(col(OutboxMessage.replaces_id), col(OutboxMessage.thread_of_id))
    original_stands = or_(
        stands_on.is_(None),
        exists().where(
            and_(
                col(original.id) == stands_on,
                col(original.state).not_in(WAITING_STATES),
            )
        ),
    )
    return (col(OutboxMessage.state).in_(WAITING_STATES), no_earlier_waits, original_stands)


def _urgency() -> ScalarSelect[int]:
    """The priority of the most urgent message that waits in the channel: those before it have to leave first."""
    behind = aliased(OutboxMessage)
    return (
        select(func.min(col(behind.priority)))
        .where(col(behind.channel) == col(OutboxMessage.channel), col(behind.state).in_(WAITING_STATES))
        .scalar_subquery()
    )


def _claimable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    recent = aliased(OutboxMessage)
    none_just_sent = ~exists().where(
        and_(
            col(recent.channel) == col(OutboxMessage.channel),
            col(recent.settled_at).between(now - SPACING + timedelta(microseconds=1), now),
            col(recent.state) == OutboxState.SENT,
        )
    )
    return (*_heads_its_queue(), ~col(OutboxMessage.next_try_at).between(*_later(now)), none_just_sent)


def _later(now: datetime) -> tuple[datetime, datetime]:
    """When the next try of a message is that is not due yet. No wait is longer: a next try after that is from before
    the clock was put back."""
    return now + timedelta(microseconds=1), now + LONGEST_WAIT


def _settle(session: Session, row: OutboxMessage, **values: object) -> bool:
    # Only the holder of the lease may settle: a worker that outlived its lease finds its row taken.
    settled = session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == row.id, col(OutboxMessage.lease) == row.lease)
        .values(lease=None, lost_leases=0, **values)
        .returning(col(OutboxMessage.id))
    )
    return settled.first() is not None
