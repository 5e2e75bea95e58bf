"""Which messages are out of date by the time they can leave: after an outage they are dropped, with the reason.

What a row is about is the first word of its `subject`. What says nothing of that, such as an answer, never goes stale.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.domain.subjects import SubjectKind
from bot.domain.wording import format_instant
from bot.models import WAITING_STATES, OutboxMessage, OutboxState
from bot.services.escalations import pings
from bot.services.progress import prompting
from bot.services.reminders import reminders


class Stale(Exception):
    """A message is out of date; the exception's text is the reason."""


@dataclass(frozen=True)
class Settling:
    """The messages of these keys whose subject was settled meanwhile, and the reason that is kept."""

    settled: Callable[[Session, Collection[str]], set[str]]
    reason: str


SETTLINGS = {
    SubjectKind.REPORT: Settling(prompting.answered_among, "the report came before it was sent"),
    SubjectKind.REMINDER: Settling(reminders.done_among, "everything in it was done before it was sent"),
    SubjectKind.ESCALATION: Settling(pings.answered_among, "it was acknowledged or settled before it was sent"),
}
# Of these, a later one says all that an earlier one said which still holds.
NEWEST_ONLY = frozenset({SubjectKind.REMINDER, SubjectKind.SUMMARY})
UPDATED_AGAIN = "a later update of the same message follows"
FOLLOWED = "a newer one follows"
NEVER_SENT = "the message that it updates or answers was dropped"


def stale_among(session: Session, rows: Sequence[OutboxMessage], now: datetime) -> Mapping[int, str]:
    """The reason why each of these messages is out of date; those that are not are left out."""
    reasons = {row.id: NEVER_SENT for row in rows if row.id in _standing_on_dropped(session, rows)}
    reasons |= dict.fromkeys(_with_later(session, [row for row in rows if row.replaces_id]), UPDATED_AGAIN)
    originals = [row for row in rows if row.subject and row.replaces_id is None and row.thread_of_id is None]
    reasons |= {
        row.id: f"out of date since {format_instant(row.stale_at)}"
        for row in originals
        if row.stale_at is not None and row.stale_at <= now
    }
    for kind, settling in SETTLINGS.items():
        of_kind = {row.key: row.id for row in originals if SubjectKind.of(row.subject) is kind}
        if of_kind:
            reasons |= {of_kind[key]: settling.reason for key in settling.settled(session, of_kind)}
    newest_only = [row for row in originals if SubjectKind.of(row.subject) in NEWEST_ONLY]
    return reasons | dict.fromkeys(_with_later(session, newest_only), FOLLOWED)


def _standing_on_dropped(session: Session, rows: Sequence[OutboxMessage]) -> set[int]:
    """Those that update or answer a message that was dropped."""
    on = {row.id: row.replaces_id or row.thread_of_id for row in rows if row.replaces_id or row.thread_of_id}
    if not on:
        return set()
    first = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.id).in_({*on.values()}), col(OutboxMessage.state) == OutboxState.DROPPED
    )
    dropped = set(session.scalars(first))
    return {row_id for row_id, first_id in on.items() if first_id in dropped}


def _with_later(session: Session, rows: Sequence[OutboxMessage]) -> set[int]:
    """Those after which another waits in the same place: an update of the same message, or one on the same subject."""
    if not rows:
        return set()
    later = aliased(OutboxMessage)
    same = or_(
        col(later.replaces_id) == col(OutboxMessage.replaces_id),
        and_(
            col(OutboxMessage.replaces_id).is_(None),
            col(later.replaces_id).is_(None),
            col(later.thread_of_id).is_(None),
            col(later.subject) == col(OutboxMessage.subject),
        ),
    )
    found = exists().where(
        col(later.channel) == col(OutboxMessage.channel),
        col(later.id) > col(OutboxMessage.id),
        col(later.state).in_(WAITING_STATES),
        same,
    )
    return set(session.scalars(select(col(OutboxMessage.id)).where(_among(rows), found)))


def _among(rows: Sequence[OutboxMessage]) -> ColumnElement[bool]:
    return col(OutboxMessage.id).in_([row.id for row in rows])
