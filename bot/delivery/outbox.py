"""The outbox: every outgoing message is stored as a row before it is sent.

A message is added in the transaction that causes it. Workers send it later: see bot.delivery.outbox_queue.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import replace as replace_values
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, func, or_, select, update
from sqlmodel import Session, col

from bot.db import insert, insert_all, table
from bot.delivery.message_parts import parts_of
from bot.delivery.messages import Message
from bot.domain.charts import as_json
from bot.domain.priorities import priority_of
from bot.models import WAITING_STATES, Audience, OutboxMessage, OutboxState

_PLACE = [
    table(OutboxMessage).c[n] for n in ("id", "channel", "audience", "contract_id", "replaces_id", "thread_of_id")
]
_PLACE_OF = select(*_PLACE).where(table(OutboxMessage).c.key == bindparam("key"))


@dataclass(frozen=True)
class OutgoingMessage:
    """A message to send: `channel` is the Slack id of a channel or a person; `key` is unique for ever.

    `subject` is what it is about, where it can be out of date before it leaves (see bot.domain.subjects); at `stale_at`
    it is, whatever becomes of that.
    """

    key: str
    channel: str
    audience: Audience
    message: Message
    why: str
    contract_id: int | None = None
    subject: str = ""
    stale_at: datetime | None = None


def enqueue(session: Session, draft: OutgoingMessage, now: datetime) -> None:
    """Add a message in the caller's transaction. The database refuses a key that was used before."""
    _add(session, draft, now)


def replace(session: Session, original: str, key: str, message: Message, why: str, now: datetime) -> bool:
    """Add an update, in place, of the message of key `original`; False, and nothing added, if there is none."""
    row = _place_of(session, original)
    if row is None:
        return False
    _add(
        session, OutgoingMessage(key, row.channel, row.audience, message, why, row.contract_id), now, replaces_id=row.id
    )
    return True


def reply(session: Session, parent: str, key: str, message: Message, why: str, now: datetime) -> bool:
    """Add a message to the thread of the message with the key `parent`. If there is no such message, add nothing and
    return False.

    Slack's threads have one level: a reply to a reply goes to the same thread.
    """
    return reply_all(session, parent, {key: message}, why, now)


def reply_all(session: Session, parent: str, messages: Mapping[str, Message], why: str, now: datetime) -> bool:
    """The same for several messages with their keys, in their order. Two statements, however many there are."""
    row = _place_of(session, parent)
    if row is None:
        return False
    below = row.thread_of_id or row.replaces_id or row.id
    drafts = (
        OutgoingMessage(key, row.channel, row.audience, message, why, row.contract_id)
        for key, message in messages.items()
    )
    added = [_row(part, now, thread_of_id=below) for draft in drafts for part in _parts(draft)]
    insert_all(session, OutboxMessage, added)
    return True


def withdraw(session: Session, original: str, why: str, now: datetime) -> None:
    """Drop the unsent message with the key `original` and its unsent updates, because their readers may not read them.

    They are dropped for good, so that a retry cannot send them later.
    """
    first = find(session, original)
    if first is None:
        return
    session.execute(
        update(OutboxMessage)
        .where(
            or_(col(OutboxMessage.id) == first.id, col(OutboxMessage.replaces_id) == first.id),
            col(OutboxMessage.state).not_in((OutboxState.SENDING, OutboxState.SENT)),
        )
        .values(state=OutboxState.DROPPED, last_error=why[:300], settled_at=now)
    )
    session.refresh(first)


def send_again(session: Session, key: str, channel: str, message: Message | None, now: datetime) -> bool:
    """Send a message that ended dead or withheld to this channel after all, with other words where they are given;
    returns whether it had ended so. In another channel it stands by itself, and not in a thread of the one before."""
    words = {} if message is None else {"text": message.text, "blocks": message.blocks}
    thread = case((col(OutboxMessage.channel) == channel, col(OutboxMessage.thread_of_id)), else_=None)
    again = (
        update(OutboxMessage)
        .where(col(OutboxMessage.key) == key, col(OutboxMessage.state).in_((OutboxState.DEAD, OutboxState.WITHHELD)))
        .values(
            state=OutboxState.PENDING,
            channel=channel,
            thread_of_id=thread,
            attempts=0,
            next_try_at=now,
            wanted_at=now,
            settled_at=None,
            last_error="",
            **words,
        )
    )
    return session.execute(again.returning(col(OutboxMessage.id))).first() is not None


def next_key(session: Session, about: str) -> str:
    """A new key, for a record that may have many messages of one kind."""
    return f"{about}-{(session.scalar(select(func.max(col(OutboxMessage.id)))) or 0) + 1}"


def find_original(session: Session, channel: str, ts: str) -> OutboxMessage | None:
    """The original row of the message at this place in Slack."""
    return session.scalar(
        select(OutboxMessage).where(
            col(OutboxMessage.slack_channel) == channel,
            col(OutboxMessage.slack_ts) == ts,
            col(OutboxMessage.replaces_id).is_(None),
        )
    )


def find(session: Session, key: str) -> OutboxMessage | None:
    """The message with this key, in any state."""
    return session.scalar(select(OutboxMessage).where(col(OutboxMessage.key) == key))


def _place_of(session: Session, key: str) -> Row[Any] | None:
    """Where the message of this key goes, without what it says: that of a summary takes milliseconds to read."""
    return session.execute(_PLACE_OF, {"key": key}).first()


def reachable(session: Session, keys: Collection[str]) -> set[str]:
    """The keys of the messages that are in Slack, or may still be sent. The others cannot be updated or replied to."""
    alive = col(OutboxMessage.state).in_((*WAITING_STATES, OutboxState.SENT))
    return set(session.scalars(select(col(OutboxMessage.key)).where(col(OutboxMessage.key).in_(keys), alive)))


def move(session: Session, old: str, new: str) -> None:
    """Follow a channel to its new id, with the messages that wait for it and those in it that may still be updated."""
    for place in (OutboxMessage.channel, OutboxMessage.slack_channel):
        session.execute(update(OutboxMessage).where(col(place) == old).values({col(place): new}))


def _add(
    session: Session,
    draft: OutgoingMessage,
    now: datetime,
    *,
    replaces_id: int | None = None,
    thread_of_id: int | None = None,
) -> None:
    """Add a message. What of it is too long for one message goes in its thread."""
    first, *rest = _parts(draft)
    added = insert(session, OutboxMessage, **_row(first, now, replaces_id=replaces_id, thread_of_id=thread_of_id))
    below = thread_of_id or replaces_id or added
    insert_all(session, OutboxMessage, [_row(part, now, thread_of_id=below) for part in rest])


def _parts(draft: OutgoingMessage) -> list[OutgoingMessage]:
    """The message in as many as Slack takes it in."""
    first, *rest = parts_of(draft.message)
    below = [
        replace_values(draft, key=f"{draft.key} part {number}", message=part) for number, part in enumerate(rest, 2)
    ]
    return [replace_values(draft, message=first), *below]


def _row(
    draft: OutgoingMessage, now: datetime, *, replaces_id: int | None = None, thread_of_id: int | None = None
) -> dict[str, Any]:
    message = draft.message
    return {
        "key": draft.key,
        "channel": draft.channel,
        "audience": draft.audience,
        "contract_id": draft.contract_id,
        "replaces_id": replaces_id,
        "thread_of_id": thread_of_id,
        "subject": draft.subject,
        "stale_at": draft.stale_at,
        "text": message.text,
        "blocks": message.blocks,
        "charts": [as_json(chart) for chart in message.charts],
        "template": message.template,
        "why": draft.why[:300],
        "state": OutboxState.PENDING,
        "created_at": now,
        "next_try_at": now,
        "wanted_at": now,
        "priority": priority_of(message.template),
        "attempts": 0,
        "lost_leases": 0,
        "in_doubt": False,
        "last_error": "",
        "permalink": "",
    }


def is_for_a_person(channel: str) -> bool:
    """Whether a message is a direct message to a person."""
    return channel.startswith(("U", "W"))
