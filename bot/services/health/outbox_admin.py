"""Messages that were not sent: the operator of Liaison sees them, retries them or gives them up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.london import london_instant
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import OutboxMessage, OutboxState
from bot.services.unit_of_work import UnitOfWork
from bot.trail import NewEntry

KEPT_BACK = (OutboxState.DEAD, OutboxState.WITHHELD)
LISTED_AT_MOST = 200
LATELY = timedelta(days=7)


def _cannot_drop(row: OutboxMessage) -> UserError:
    """It was sent, or may be on its way at this moment."""
    now = "was sent" if row.state is OutboxState.SENT else "was dropped already"
    sentence = f"Message {row.id} {now}, so it was not dropped."
    if row.state is OutboxState.SENDING:
        sentence = f"Message {row.id} is being sent at this moment, so it was not dropped. Try again in a minute."
    return UserError(sentence)


@dataclass(frozen=True)
class Queued:
    """A message in the outbox: `age` since it was enqueued; `waits_for` is the message that it updates or replies
    to."""

    row: OutboxMessage
    age: timedelta

    @property
    def waits_for(self) -> int | None:
        """The number of the message that this one updates or replies to."""
        return self.row.replaces_id or self.row.thread_of_id


def list_messages(work: UnitOfWork, states: Sequence[OutboxState]) -> list[Queued]:
    """The messages in these states, oldest first, at most `LISTED_AT_MOST`."""
    found = select(OutboxMessage).where(col(OutboxMessage.state).in_(states)).order_by(col(OutboxMessage.id))
    return [_queued(row, work.now) for row in work.session.scalars(found.limit(LISTED_AT_MOST))]


def dropped_lately(work: UnitOfWork) -> int:
    """How many messages were dropped in the last week."""
    dropped = (col(OutboxMessage.state) == OutboxState.DROPPED, col(OutboxMessage.settled_at) > work.now - LATELY)
    return work.session.scalar(select(func.count(col(OutboxMessage.id))).where(*dropped)) or 0


def show_message(work: UnitOfWork, named: str) -> Queued:
    """The message with this number or key. Raises `UserError`."""
    return _queued(_find(work, named, _named(named)), work.now)


def retry_message(work: UnitOfWork, named: str) -> Queued:
    """Retry a dead or withheld message now, with all its tries again. Raises `UserError`.

    A message that may have been sent is looked for in its channel first, and the readers of the channel are checked
    again.
    """
    row = _locked(work, named)
    if row.state not in KEPT_BACK:
        raise UserError(f"Message {row.id} is {row.state}, so it was not retried: only dead and withheld ones are.")
    work.record("message retried", row.key, contract_id=row.contract_id, was=row.state.value, reason=row.last_error)
    row.state, row.attempts, row.lost_leases, row.settled_at = OutboxState.FAILED, 0, 0, None
    row.next_try_at = row.wanted_at = work.now
    return _queued(row, work.now)


def retry_dead(work: UnitOfWork, *, channel: str | None = None, since: date | None = None) -> int:
    """Retry every dead message now, or those for a channel or person, or that ended on this day or later; returns how
    many. Each has an entry in the audit."""
    dead = [col(OutboxMessage.state) == OutboxState.DEAD]
    if channel is not None:
        dead.append(col(OutboxMessage.channel) == channel)
    if since is not None:
        dead.append(col(OutboxMessage.settled_at) >= london_instant(since, 0))
    again = {"state": OutboxState.FAILED, "attempts": 0, "lost_leases": 0, "settled_at": None, "told_at": None}
    retried = update(OutboxMessage).where(*dead).values(**again, next_try_at=work.now, wanted_at=work.now)
    rows = work.session.execute(retried.returning(col(OutboxMessage.key), col(OutboxMessage.contract_id))).all()
    entries = [NewEntry("message retried", row.key, row.contract_id, {"state": ["dead", "failed"]}) for row in rows]
    work.record_all("the operator retried them together", entries)
    return len(rows)


def drop_message(work: UnitOfWork, named: str, why: str) -> Queued:
    """Give up a message for a reason, which goes into the audit. Raises `UserError`, and an error
    if the reason is missing."""
    row = _locked(work, named)
    reason = required_text(why, what="the reason", at_most=250, field="why")
    if row.state in (OutboxState.SENT, OutboxState.SENDING, OutboxState.DROPPED):
        raise _cannot_drop(row)
    work.record("message dropped", row.key, contract_id=row.contract_id, why=reason, was=row.state.value)
    row.state, row.settled_at = OutboxState.DROPPED, work.now
    row.last_error = f"dropped: {reason}"
    return _queued(row, work.now)


def _locked(work: UnitOfWork, named: str) -> OutboxMessage:
    # Locked, in case a worker takes it at this moment.
    return _find(work, named, _named(named).with_for_update())


def _named(named: str) -> SelectOfScalar[OutboxMessage]:
    by_number = [col(OutboxMessage.id) == int(named)] if named.isdecimal() and len(named) < 18 else []
    either = or_(col(OutboxMessage.key) == named, *by_number)
    return select(OutboxMessage).where(either).order_by(col(OutboxMessage.id))


def _find(work: UnitOfWork, named: str, statement: SelectOfScalar[OutboxMessage]) -> OutboxMessage:
    row = work.session.scalar(statement)
    if row is None:
        raise UserError(f"There is no message {named!r} in the outbox. List them with: liaison outbox list")
    return row


def _queued(row: OutboxMessage, now: datetime) -> Queued:
    return Queued(row, now - row.created_at)
