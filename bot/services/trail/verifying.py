"""Verifying the trail: what is stored is held against its digests and seals, one segment after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlmodel import Session

from bot.domain.trail_digests import SegmentDigest, content_digest
from bot.domain.wording import format_date
from bot.models import REDACTED
from bot.services.trail.entries import StoredEntry, StoredSeal, Unreadable, all_seals, content_of, entries_between
from bot.services.trail.sealing import AT_MOST

MARGIN = timedelta(days=1)
"""An entry has the instant at which its act began, and a long import or a job that is run again for this morning is
written later."""


class Fault(StrEnum):
    """What was done to an entry or a segment."""

    CHANGED = "changed"
    REMOVED = "removed"
    FORGED = "forged"
    BACK_DATED = "back-dated"


class Discrepancy(NamedTuple):
    """One thing that is not as it was sealed."""

    fault: Fault
    what: str
    why: str


@dataclass
class Verification:
    """One look at the whole trail: `noted` are the digests of seals, by number, that somebody kept elsewhere.

    What it looked at is known once all discrepancies have been taken. It reads a batch of entries at a time, however
    many there are.
    """

    session: Session
    noted: Mapping[int, str] = field(default_factory=dict)
    sealed: int = 0
    newest: StoredSeal | None = None
    unsealed: int = 0
    unsealed_since: datetime | None = None
    _number: int = 0
    _changed: int = 0
    _complete_at: datetime | None = None

    def discrepancies(self) -> Iterator[Discrepancy]:
        """Whatever is not as it was written and sealed, in the order of the trail."""
        yield from self._forged(None, 0)
        for seal in all_seals(self.session):
            number = seal.key if isinstance(seal, Unreadable) else seal.number
            # Not all of them: somebody may have given a seal any number.
            for missing in range(self._number + 1, min(number, self._number + AT_MOST)):
                yield Discrepancy(Fault.REMOVED, f"segment {missing}", "its seal is not there")
            self._number = number
            if isinstance(seal, Unreadable):
                yield Discrepancy(Fault.CHANGED, f"segment {number}", "its seal cannot be read")
                continue
            yield from self._uncovered(seal)
            yield from self._segment(seal)
            self.newest = seal
        yield from self._not_sealed(self._last_id + 1)
        for number in sorted(self.noted):
            if self.newest is None or number > self.newest.number:
                yield Discrepancy(Fault.REMOVED, f"segment {number}", "its seal was noted and is not there")

    @property
    def _last_id(self) -> int:
        return 0 if self.newest is None else self.newest.last_id

    def _forged(self, first: int | None, last: int | None) -> Iterator[Discrepancy]:
        for entry in entries_between(self.session, first, last):
            key = entry.key if isinstance(entry, Unreadable) else entry.id
            yield Discrepancy(Fault.FORGED, f"entry {key}", "no segment has an entry of that number")

    def _uncovered(self, seal: StoredSeal) -> Iterator[Discrepancy]:
        """What is wrong with the entries before a segment that no seal covers, because one is not there."""
        if seal.first_id > self._last_id + 1:
            for entry in entries_between(self.session, self._last_id + 1, seal.first_id - 1):
                yield from self._entry(entry)

    def _segment(self, seal: StoredSeal) -> Iterator[Discrepancy]:
        """What differs in a segment. Where its digest does, its entries are looked at again, to name those."""
        listed, digest, count, as_listed = _listed(seal), SegmentDigest(seal.segment), 0, True
        for entry in entries_between(self.session, seal.first_id, seal.last_id):
            yield from self._entry(entry)
            if isinstance(entry, StoredEntry):
                mark = digest.add(entry.sealed)
                as_listed = as_listed and count < len(listed) and listed[count] == [entry.id, mark]
                count += 1
        self.sealed += count
        named, found = f"segment {seal.number}", 0
        if digest.value() != seal.digest:
            for difference in self._differences(seal, listed):
                found += 1
                yield from () if difference is None else (difference,)
            if not found:
                self._changed = seal.number
                yield Discrepancy(Fault.CHANGED, named, "its seal does not fit its entries")
        elif not as_listed or count != len(listed):
            yield Discrepancy(Fault.CHANGED, named, "its list of entries is not the one that was sealed")
        elif count < AT_MOST:
            self._complete_at = seal.at
        if found or digest.value() == seal.digest:
            yield from self._previous(seal)
        if self.noted.get(seal.number, seal.digest) != seal.digest:
            yield Discrepancy(Fault.CHANGED, named, "its seal is not the one that was noted")

    def _previous(self, seal: StoredSeal) -> Iterator[Discrepancy]:
        """The segment before, if it is not the one after which this was sealed, unless it was named already."""
        before = self.newest
        if before is None or before.number == self._changed or before.number != seal.number - 1:
            return
        if before.digest != seal.previous:
            why = f"segment {seal.number} was sealed after another one"
            yield Discrepancy(Fault.CHANGED, f"segment {before.number}", why)

    def _differences(self, seal: StoredSeal, listed: Sequence[Any]) -> Iterator[Discrepancy | None]:
        """The entries that are not as the seal lists them; None for one that was named already."""
        left, digest = _by_id(listed), SegmentDigest(seal.segment)
        for entry in entries_between(self.session, seal.first_id, seal.last_id):
            if isinstance(entry, Unreadable):
                left.pop(entry.key, None)
                yield None
                continue
            mark, before = digest.add(entry.sealed), left.pop(entry.id, None)
            if before is None:
                why = f"it was not there when segment {seal.number} was sealed on {format_date(seal.at.date())}"
                yield Discrepancy(Fault.FORGED, f"entry {entry.id}", why)
            elif before != mark:
                why = f"it is not the one that was sealed in segment {seal.number}"
                yield None if _fault(entry) else Discrepancy(Fault.CHANGED, f"entry {entry.id}", why)
        for key in left:
            yield Discrepancy(Fault.REMOVED, f"entry {key}", f"it was sealed in segment {seal.number}")

    def _entry(self, entry: StoredEntry | Unreadable) -> Iterator[Discrepancy]:
        """What is wrong with an entry by itself."""
        if isinstance(entry, Unreadable):
            yield Discrepancy(Fault.CHANGED, f"entry {entry.key}", "it cannot be read")
            return
        why = _fault(entry)
        if why:
            yield Discrepancy(Fault.CHANGED, f"entry {entry.id}", why)
        if self._complete_at is not None and entry.at < self._complete_at - MARGIN:
            said, then = format_date(entry.at.date()), format_date(self._complete_at.date())
            yield Discrepancy(Fault.BACK_DATED, f"entry {entry.id}", f"it says {said}, and was not there on {then}")

    def _not_sealed(self, first: int) -> Iterator[Discrepancy]:
        for entry in entries_between(self.session, first, None):
            self.unsealed += 1
            if isinstance(entry, StoredEntry) and self.unsealed_since is None:
                self.unsealed_since = entry.at
            yield from self._entry(entry)


def _fault(entry: StoredEntry) -> str:
    """What an entry's own digest, or its redaction, does not bear out; "" for nothing."""
    content = content_of(entry)
    if entry.redaction_id is None:
        return (
            "" if content_digest(entry.salt, content) == entry.digest else "it does not say what it said when written"
        )
    is_blank = not any((entry.salt, content.actor, content.subject, content.details, content.changes, content.why))
    told = (entry.redaction_action, entry.redaction_subject) == (REDACTED, f"entry {entry.id}")
    return "" if is_blank and told and entry.redaction_id > entry.id else "no entry tells of its redaction"


def _listed(seal: StoredSeal) -> Sequence[Any]:
    return seal.entries if isinstance(seal.entries, list) else []


def _by_id(listed: Sequence[Any]) -> dict[int, str]:
    """The marks of the entries that a seal lists; none if it lists something else."""
    try:
        return dict(listed)
    except (TypeError, ValueError):
        return {}
