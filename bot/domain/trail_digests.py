"""What proves the audit trail: the digest of an entry, and that of a segment, which seals many. docs/trail.md has the
format, so that somebody else can verify an export without Liaison."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

MARK = 8  # hexadecimal digits of an entry's line that a seal keeps, to name which entry differs
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


class Content(NamedTuple):
    """What an entry says."""

    at: datetime
    actor: str
    action: str
    subject: str
    contract_id: int | None
    details: Mapping[str, object]
    changes: Mapping[str, Sequence[str]]
    why: str


class Sealed(NamedTuple):
    """What of an entry a seal covers, and what stays of one that is redacted. The digest stands for the rest."""

    id: int
    at: datetime
    action: str
    contract_id: int | None
    digest: str


class Segment(NamedTuple):
    """What a seal says of its segment, before its entries. `previous` is the digest of the segment before, "" for the
    first."""

    number: int
    previous: str
    at: datetime
    first_id: int
    last_id: int


class SegmentDigest:
    """The digest of a segment, from its entries one after the other."""

    def __init__(self, segment: Segment) -> None:
        self._sum = hashlib.sha256()
        self._add([*segment[:2], written(segment.at), *segment[3:]])

    def add(self, entry: Sealed) -> str:
        """Add the next entry; returns its mark."""
        return self._add([entry.id, written(entry.at), *entry[2:]])

    def _add(self, values: list[object]) -> str:
        line = _canonical(values).encode() + b"\n"
        self._sum.update(line)
        return hashlib.sha256(line).hexdigest()[:MARK]

    def value(self) -> str:
        """The digest, in hexadecimal digits."""
        return self._sum.hexdigest()


def content_digest(salt: str, content: Content) -> str:
    """The SHA-256 of what an entry says, in hexadecimal digits. Whoever has neither salt nor text can not find the text
    by guessing."""
    at, *rest = content
    return hashlib.sha256(_canonical([salt, written(at), *rest]).encode()).hexdigest()


def written(at: datetime) -> str:
    """An instant as digests have it: in UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
