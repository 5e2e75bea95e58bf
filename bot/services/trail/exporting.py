"""Handing the trail out, in a form that somebody else can verify: see docs/trail.md."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session

from bot.domain.trail_digests import written
from bot.errors import UserError
from bot.services.trail.entries import StoredEntry, StoredSeal, Unreadable, all_seals, entries_between

FORMAT = 1


def lines_of(session: Session) -> Iterator[dict[str, Any]]:
    """What each line of an export has: the number of the format, then each segment's entries before its seal, then the
    entries that no segment has. Raises `UserError` for a row that cannot be read."""
    yield {"trail": FORMAT}
    sealed = None
    for seal in map(_readable, all_seals(session)):
        yield from _entries(session, sealed, seal.last_id)
        yield {"seal": _said(seal, "entries")}
        sealed = seal.last_id
    yield from _entries(session, sealed, None)


def _entries(session: Session, after: int | None, last: int | None) -> Iterator[dict[str, Any]]:
    for entry in map(_readable, entries_between(session, None if after is None else after + 1, last)):
        yield {"entry": _said(entry, "redaction_action", "redaction_subject")}


def _said(row: StoredEntry | StoredSeal, *without: str) -> dict[str, Any]:
    return {**{name: value for name, value in row._asdict().items() if name not in without}, "at": written(row.at)}


def _readable(row: StoredEntry | StoredSeal | Unreadable) -> Any:  # noqa: ANN401  # the row that came in
    if isinstance(row, Unreadable):
        raise UserError(f"Row {row.key} of the audit trail cannot be read. See: liaison trail verify")
    return row
