"""What a restored database must not go on with as if nothing had happened: the world has gone on since the backup."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from bot import homes, slack_channels
from bot.delivery import outbox_queue
from bot.models import WAITING_STATES, HomePage, JobHeartbeat, OutboxMessage, PinnedList
from bot.services import occurrences
from bot.services.people import accounts
from bot.services.unit_of_work import UnitOfWork


class WaitingMessages(NamedTuple):
    """The messages that wait to be sent, and how long the oldest has; None if none waits."""

    messages: int
    oldest: timedelta | None


def settle_restored(work: UnitOfWork, taken_at: datetime, revision: str) -> WaitingMessages:
    """Have a restored record go on from here: what waits is looked for in Slack before it is sent, what Slack shows is
    drawn anew, people and channels are asked about anew, and jobs are watched from now on. It has an entry in the
    audit."""
    waiting = _waiting(work)
    outbox_queue.doubt_waiting(work.session, work.now)
    work.session.execute(update(HomePage).values(shown="", not_before=None))
    homes.mark_stale_for(work.session, None, work.now)
    work.session.execute(update(PinnedList).values(shown="", seen=0))
    slack_channels.note_all_changed(work.session, work.now)
    occurrences.forget(work, accounts.USERS_LISTED)
    work.session.execute(delete(JobHeartbeat))  # else the time that was lost would be an incident
    work.record("database restored", "database", taken_at=taken_at.isoformat(), migration=revision)
    return waiting


def _waiting(work: UnitOfWork) -> WaitingMessages:
    found = select(func.count(), func.min(col(OutboxMessage.created_at)))
    count, oldest = work.session.execute(found.where(col(OutboxMessage.state).in_(WAITING_STATES))).one()
    return WaitingMessages(count, None if oldest is None else work.now - oldest)
