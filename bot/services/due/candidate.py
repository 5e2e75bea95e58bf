"""The candidates for escalation, and how far back to look for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_

from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.shortfalls import LOOKS_BACK
from bot.services.due.selection import Column
from bot.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Candidate:
    """A record to escalate, with the reasons, the most serious first; `since` is the day on which they began."""

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


# Finds the recent candidates, or (with ids) the candidates among these records, however old.
CandidateFinder = Callable[[UnitOfWork, Sequence[int] | None], list[Candidate]]


def recently_passed(work: UnitOfWork, day: Column) -> ColumnElement[bool]:
    """The condition on a column of days that the day has passed, and not long ago."""
    return and_(day >= work.today - LOOKS_BACK, day <= work.today)


def listed_or_recent(work: UnitOfWork, ids: Sequence[int] | None, key: Column, day: Column) -> ColumnElement[bool]:
    """The condition on a record that its id is one of these, or without ids that its day passed recently."""
    return recently_passed(work, day) if ids is None else key.in_(ids)
