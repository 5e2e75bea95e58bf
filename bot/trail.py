"""Writing the audit: one row for each act, in the transaction of the act itself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col

from bot import homes
from bot.db import insert, insert_all
from bot.domain.trail_digests import Content, content_digest
from bot.models import EarlierAccount, Person, TrailEntry

_SALT = 16  # bytes: too many to guess


def is_actor() -> ColumnElement[bool]:
    """The condition on a person that they did what an entry says, with the account that they have now or had then.

    Join the earlier accounts first: those of the entry's actor, who may have none.
    """
    return or_(col(Person.slack) == col(TrailEntry.actor), col(Person.id) == col(EarlierAccount.person_id))


def kept_subject(subject: str) -> str:
    """A subject as an audit entry has it: its first 80 characters."""
    return subject[:80]


def record(
    session: Session,
    at: datetime,
    by: str,
    action: str,
    subject: str,
    *,
    contract_id: int | None = None,
    changes: Mapping[str, Sequence[str]] | None = None,
    why: str = "",
    **details: str | int | bool | dict[str, str] | None,
) -> int:
    """Add an audit entry: who (a Slack user id, or the name of a job or command) did what to which record. Returns its
    id. It also makes the App Home pages of everybody with a role on the contract stale.

    `changes` maps each changed field to its old and new value, in words; `why` is the given reason.
    """
    said = {name: word for name, word in details.items() if word is not None}
    content = Content(at, by, action, kept_subject(subject), contract_id, said, changes or {}, why)
    added = insert(session, TrailEntry, **_row(content))
    if contract_id is not None:
        homes.mark_stale(session, contract_id, at)
    return added


class NewEntry(NamedTuple):
    """The audit entry of one of many records: see `record`."""

    action: str
    subject: str
    contract_id: int | None
    changes: Mapping[str, Sequence[str]]


def record_all(session: Session, at: datetime, by: str, why: str, entries: Iterable[NewEntry]) -> None:
    """Add many audit entries at once, for acts with the same reason."""
    kept = list(entries)
    contents = (
        Content(at, by, each.action, kept_subject(each.subject), each.contract_id, {}, dict(each.changes), why[:300])
        for each in kept
    )
    insert_all(session, TrailEntry, [_row(content) for content in contents])
    homes.mark_all_stale(session, {entry.contract_id for entry in kept if entry.contract_id is not None}, at)


def _row(content: Content) -> dict[str, object]:
    """The row of an entry, with what proves it: a salt of its own, and the digest."""
    salt = token_hex(_SALT)
    return {**content._asdict(), "salt": salt, "digest": content_digest(salt, content)}
