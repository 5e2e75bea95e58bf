"""What is to be escalated, and for how long a look back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import col

from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.shortfalls import LOOKS_BACK
from bot.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Candidate:
    """A record that is to be escalated, for these reasons, the most serious first; `since` is the day on which it came
    to be so."""

    kind: Subject
    subject_id: int
    contract_id: int
    what: str
    since: date
    reasons: Sequence[Reason]

    @property
    def why(self) -> str:
        """The reasons in words."""
        return " ".join(reason.sentence for reason in self.reasons)


# What came to be so of late, or (with ids) those of these records that are so, however long.
CandidateFinder = Callable[[UnitOfWork, Sequence[int] | None], list[Candidate]]


def of_late(work: UnitOfWork, day: object) -> ColumnElement[bool]:
    """The condition on a column of days that the day has gone, and not long ago."""
    return col(day).between(work.today - LOOKS_BACK, work.today)


def asked_for(work: UnitOfWork, ids: Sequence[int] | None, key: object, day: object) -> ColumnElement[bool]:
    """The condition on a record that it is one of these, or that its day went by of late."""
    return of_late(work, day) if ids is None else col(key).in_(ids)
