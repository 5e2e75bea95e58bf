"""What grows with time and not with the number of contracts, and goes when nobody needs it any more.

Each rule finds in a read what it may remove, and removes it in small writes. What it finds can only get older, so a
write need not look again, except where somebody may still change it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.london import london
from bot.domain.retention import ANSWERS_FOR, BLOCKS_FOR, NEVER_UPDATED, RECEIPTS_FOR, SUPERSEDED_FOR, Retention
from bot.models import (
    ChartFile,
    DigestLine,
    DigestPost,
    FormDraft,
    OutboxMessage,
    OutboxState,
    Receipt,
    Reminder,
    ReminderLine,
)
from bot.services.drafts import KEPT_FOR as DRAFTS_FOR
from bot.services.retention import claims
from bot.services.unit_of_work import UnitOfWork
from bot.trail import NewEntry

ENDED = (OutboxState.SENT, OutboxState.DROPPED)
UNSENT = (OutboxState.DEAD, OutboxState.WITHHELD)
GIVEN_UP = f"nobody tried it again for {BLOCKS_FOR.days} days"


@dataclass(frozen=True)
class Rule:
    """Something that goes: `find` has the keys of what may go now, at most so many, and `remove` removes some of them,
    `at_once` in one write."""

    what: str
    find: Callable[[UnitOfWork, Retention, int], Sequence[Any]]
    remove: Callable[[UnitOfWork, Sequence[Any]], None]
    at_once: int = 200


def _answers(work: UnitOfWork, _kept: Retention, most: int) -> Sequence[str]:
    has_answer = cast(col(Receipt.answer), Text) != "{}"
    found = select(col(Receipt.key)).where(col(Receipt.at) <= work.now - ANSWERS_FOR, has_answer)
    return work.session.scalars(found.limit(most)).all()


def _remove_answers(work: UnitOfWork, keys: Sequence[str]) -> None:
    work.session.execute(update(Receipt).where(col(Receipt.key).in_(keys)).values(answer={}))


def _receipts(work: UnitOfWork, _kept: Retention, most: int) -> Sequence[str]:
    found = select(col(Receipt.key)).where(col(Receipt.at) <= work.now - RECEIPTS_FOR)
    return work.session.scalars(found.limit(most)).all()


def _remove_receipts(work: UnitOfWork, keys: Sequence[str]) -> None:
    work.session.execute(delete(Receipt).where(col(Receipt.key).in_(keys)))


def _messages(work: UnitOfWork, _kept: Retention, most: int) -> Sequence[int]:
    """The messages that nobody reads again: those of which a later version stands, and the old ones."""
    message, later = OutboxMessage, aliased(OutboxMessage)
    superseded = exists().where(
        col(later.replaces_id) == func.coalesce(col(message.replaces_id), col(message.id)),
        col(later.id) > col(message.id),
        col(later.state) == OutboxState.SENT,
    )
    found = (
        select(col(message.id))
        .where(
            col(message.emptied_at).is_(None),
            col(message.state).in_(ENDED),
            col(message.settled_at) <= work.now - SUPERSEDED_FOR,
            or_(col(message.settled_at) <= work.now - BLOCKS_FOR, superseded),
        )
        .order_by(col(message.settled_at))
    )
    return work.session.scalars(found.limit(most)).all()


def _empty_messages(work: UnitOfWork, keys: Sequence[int]) -> None:
    """An update goes as a whole. An original is where later updates and replies are sent to, so it stays, without its
    blocks; unless it is of a kind that nothing updates."""
    is_one, has_ended = col(OutboxMessage.id).in_(keys), col(OutboxMessage.state).in_(ENDED)
    work.session.execute(delete(OutboxMessage).where(is_one, has_ended, col(OutboxMessage.replaces_id).is_not(None)))
    emptied = {"blocks": [], "charts": [], "emptied_at": work.now}
    work.session.execute(update(OutboxMessage).where(is_one, has_ended).values(emptied))


def _finished_messages(work: UnitOfWork, _kept: Retention, most: int) -> Sequence[int]:
    found = select(col(OutboxMessage.id)).where(*_is_finished(work))
    return work.session.scalars(found.limit(most)).all()


def _remove_messages(work: UnitOfWork, keys: Sequence[int]) -> None:
    gone = delete(OutboxMessage).where(col(OutboxMessage.id).in_(keys), *_is_finished(work))
    work.session.execute(gone)


def _is_finished(work: UnitOfWork) -> Sequence[ColumnElement[bool]]:
    """The conditions on a message that it is empty, of a kind that nothing updates, and that nothing stands on it."""
    on_it = aliased(OutboxMessage)
    return (
        col(OutboxMessage.emptied_at).is_not(None),
        col(OutboxMessage.settled_at) <= work.now - BLOCKS_FOR,
        col(OutboxMessage.template).in_(NEVER_UPDATED),
        ~exists().where(col(on_it.replaces_id) == col(OutboxMessage.id)),
        ~exists().where(col(on_it.thread_of_id) == col(OutboxMessage.id)),
    )


def _unsent(work: UnitOfWork, _kept: Retention, most: int) -> Sequence[int]:
    """What did not arrive. Prompts and queries of reports are sent again by themselves once there is a channel."""
    found = select(col(OutboxMessage.id)).where(*_is_unsent(work))
    return work.session.scalars(found.limit(most)).all()


def _is_unsent(work: UnitOfWork) -> Sequence[ColumnElement[bool]]:
    return (
        col(OutboxMessage.state).in_(UNSENT),
        col(OutboxMessage.settled_at) <= work.now - BLOCKS_FOR,
        ~col(OutboxMessage.key).startswith("report-"),
    )


def _give_up(work: UnitOfWork, keys: Sequence[int]) -> None:
    given_up = update(OutboxMessage).where(col(OutboxMessage.id).in_(keys), *_is_unsent(work))
    dropped = {"state": OutboxState.DROPPED, "last_error": GIVEN_UP, "settled_at": work.now}
    rows = work.session.execute(
        given_up.values(dropped).returning(col(OutboxMessage.key), col(OutboxMessage.contract_id))
    )
    work.record_all(GIVEN_UP, [NewEntry("message dropped", key, contract_id, {}) for key, contract_id in rows])


def _pictures(work: UnitOfWork, _kept: Retention, most: int) -> Sequence[str]:
    found = select(col(ChartFile.key)).where(col(ChartFile.at) <= work.now - BLOCKS_FOR)
    return work.session.scalars(found.limit(most)).all()


def _remove_pictures(work: UnitOfWork, keys: Sequence[str]) -> None:
    work.session.execute(delete(ChartFile).where(col(ChartFile.key).in_(keys)))


def _drafts(work: UnitOfWork, _kept: Retention, most: int) -> Sequence[int]:
    found = select(col(FormDraft.id)).where(col(FormDraft.at) <= work.now - DRAFTS_FOR)
    return work.session.scalars(found.limit(most)).all()


def _remove_drafts(work: UnitOfWork, keys: Sequence[int]) -> None:
    old = col(FormDraft.at) <= work.now - DRAFTS_FOR  # its owner may save it anew
    work.session.execute(delete(FormDraft).where(col(FormDraft.id).in_(keys), old))


def _is_compared_no_more(work: UnitOfWork, kept: Retention) -> Sequence[ColumnElement[bool]]:
    """The conditions on a summary that it is old, and not the one with which the next will be compared."""
    newer = aliased(DigestPost)
    return (
        col(DigestPost.posted_at) <= work.now - kept.figures_for,
        or_(
            col(DigestPost.due_at).is_(None),
            exists().where(
                col(newer.channel) == col(DigestPost.channel),
                col(newer.contract_id).is_not_distinct_from(col(DigestPost.contract_id)),
                col(newer.audience) == col(DigestPost.audience),
                col(newer.due_at).is_not(None),
                col(newer.id) > col(DigestPost.id),
            ),
        ),
    )


def _figures(work: UnitOfWork, kept: Retention, most: int) -> Sequence[tuple[int, int]]:
    keys = select(col(DigestLine.post_id), col(DigestLine.contract_id))
    found = keys.join(DigestPost, col(DigestPost.id) == col(DigestLine.post_id))
    rows = work.session.execute(found.where(*_is_compared_no_more(work, kept)).limit(most))
    return [(post_id, contract_id) for post_id, contract_id in rows]


def _remove_figures(work: UnitOfWork, keys: Sequence[tuple[int, int]]) -> None:
    of_these = tuple_(col(DigestLine.post_id), col(DigestLine.contract_id)).in_(keys)
    work.session.execute(delete(DigestLine).where(of_these))


def _summaries(work: UnitOfWork, kept: Retention, most: int) -> Sequence[int]:
    is_empty = ~exists().where(col(DigestLine.post_id) == col(DigestPost.id))
    found = select(col(DigestPost.id)).where(*_is_compared_no_more(work, kept), is_empty)
    return work.session.scalars(found.limit(most)).all()


def _remove_summaries(work: UnitOfWork, keys: Sequence[int]) -> None:
    work.session.execute(delete(DigestPost).where(col(DigestPost.id).in_(keys)))


def _reminders(work: UnitOfWork, _kept: Retention, most: int) -> Sequence[int]:
    """Those of which nothing is left, as their lines went with their contracts."""
    is_empty = ~exists().where(col(ReminderLine.reminder_id) == col(Reminder.id))
    long_ago = col(Reminder.day) <= london(work.now - BLOCKS_FOR).date()
    return work.session.scalars(select(col(Reminder.id)).where(long_ago, is_empty).limit(most)).all()


def _remove_reminders(work: UnitOfWork, keys: Sequence[int]) -> None:
    work.session.execute(delete(Reminder).where(col(Reminder.id).in_(keys)))


RULES: Sequence[Rule] = (
    Rule("answers of receipts", _answers, _remove_answers, at_once=100),
    Rule("receipts", _receipts, _remove_receipts),
    Rule("blocks of messages", _messages, _empty_messages, at_once=50),
    Rule("messages that nothing updates", _finished_messages, _remove_messages, at_once=100),
    Rule("messages that did not arrive", _unsent, _give_up, at_once=20),
    Rule("pictures of charts", _pictures, _remove_pictures),
    Rule("drafts of forms", _drafts, _remove_drafts),
    Rule("occurrences", claims.find, claims.remove),
    Rule("figures of summaries", _figures, _remove_figures),
    Rule("summaries", _summaries, _remove_summaries),
    Rule("reminders", _reminders, _remove_reminders),
)
