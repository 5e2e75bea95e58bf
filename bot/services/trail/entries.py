"""The trail's entries and seals as they are stored, in order and a batch at a time, whoever may have changed them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.db import table
from bot.domain.trail_digests import Content, Sealed, Segment
from bot.models import TrailEntry, TrailSeal

T = TypeVar("T")
ENTRIES_AT_ONCE, SEALS_AT_ONCE = 1000, 3

_entry, _seal = table(TrailEntry), table(TrailSeal)
_redaction = _entry.alias()
_ENTRIES = select(*_entry.c, _redaction.c.action, _redaction.c.subject).outerjoin(
    _redaction, _redaction.c.id == _entry.c.redaction_id
)


class StoredEntry(NamedTuple):
    """An entry, and what the entry does and is about that its redaction names."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    contract_id: int | None
    details: dict[str, Any]
    changes: dict[str, list[str]]
    why: str
    salt: str
    digest: str
    redaction_id: int | None
    redaction_action: str | None
    redaction_subject: str | None

    @property
    def sealed(self) -> Sealed:
        """What a seal covers of it."""
        return Sealed(self.id, self.at, self.action, self.contract_id, self.digest)


class StoredSeal(NamedTuple):
    """A seal."""

    number: int
    at: datetime
    first_id: int
    last_id: int
    entries: Sequence[tuple[int, str]]
    previous: str
    digest: str

    @property
    def segment(self) -> Segment:
        """What it says of its segment."""
        return Segment(self.number, self.previous, self.at, self.first_id, self.last_id)


class Unreadable(NamedTuple):
    """A row that holds what nothing of Liaison writes, such as a day that is none."""

    key: int


def content_of(entry: TrailEntry | StoredEntry) -> Content:
    """What an entry says."""
    return Content(
        entry.at,
        entry.actor,
        entry.action,
        entry.subject,
        entry.contract_id,
        entry.details,
        entry.changes,
        entry.why,
    )


def entries_between(session: Session, first: int | None, last: int | None) -> Iterator[StoredEntry | Unreadable]:
    """The entries from one id to another, both included; None for no end."""
    within = [] if last is None else [_entry.c.id <= last]
    return _in_order(
        session, _ENTRIES.where(*within), _entry.c.id, StoredEntry._make, first=first, at_once=ENTRIES_AT_ONCE
    )


def all_seals(session: Session) -> Iterator[StoredSeal | Unreadable]:
    """Every seal."""
    return _in_order(session, select(*_seal.c), _seal.c.number, StoredSeal._make, first=None, at_once=SEALS_AT_ONCE)


def newest_seal(session: Session) -> StoredSeal | None:
    """The seal of the last segment; None if there is none."""
    row = session.execute(select(*_seal.c).order_by(_seal.c.number.desc()).limit(1)).first()
    return None if row is None else StoredSeal._make(row)


def _in_order(
    session: Session,
    found: Select[Any],
    key: ColumnElement[int],
    make: Callable[[Sequence[Any]], T],
    *,
    first: int | None,
    at_once: int,
) -> Iterator[T | Unreadable]:
    batch = found.order_by(key).limit(at_once)
    bound = key.is_not(None) if first is None else key >= first
    while True:
        keys = session.scalars(batch.where(bound).with_only_columns(key)).all()
        if not keys:
            return
        yield from _read(session, batch.where(bound), key, keys, make)
        bound = key > keys[-1]


def _read(
    session: Session, batch: Select[Any], key: ColumnElement[int], keys: Sequence[int], make: Callable[..., T]
) -> Iterator[T | Unreadable]:
    """The rows of these keys. If one of them can not be read, each is read by itself."""
    try:
        rows = session.execute(batch).all()
        if any(isinstance(value, bytes) for row in rows for value in row):
            raise TypeError("a text is none")
        yield from map(make, rows)
    except (SQLAlchemyError, ValueError, TypeError, RecursionError):
        if len(keys) == 1:
            yield Unreadable(keys[0])
            return
        for each in keys:
            yield from _read(session, batch.where(key == each), key, [each], make)
