"""The life cycle of a finding of a visit or audit, its grades with their days, and what a repeat is."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.life_cycle import Cause, LifeCycle, Transition
from bot.domain.normalisation import name_key
from bot.domain.permissions import Permission


class FindingGrade(StrEnum):
    """How serious a finding is."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    IMPROVEMENT = "improvement"
    STRENGTH = "strength"

    @property
    def days(self) -> int | None:
        """The working days in which it is put right; None for what nobody has to."""
        return GRADE_DAYS.get(self)

    @property
    def in_words(self) -> str:
        """The grade with its days, as a choice."""
        name = f"{self.value[:1].upper()}{self.value[1:]}"
        return f"{name}: {self.days} working days" if self.days else f"{name}: nothing is owed"

    @property
    def raised(self) -> "FindingGrade":
        """The grade of a repeat: one up. A strength stays what it is."""
        grades = list(FindingGrade)[:-1]
        return grades[max(grades.index(self) - 1, 0)] if self in grades else self


class FindingState(StrEnum):
    """How far a finding has come."""

    OPEN = "open"
    DISPUTED = "disputed"
    AGREED = "agreed"
    DONE = "done"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class FindingEvent(StrEnum):
    """What becomes of a finding."""

    NOTED = "noted"
    AGREED = "agreed"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    DONE = "said to be done"
    RETURNED = "sent back"
    VERIFIED = "verified"
    REOPENED = "reopened"


GRADE_DAYS: Mapping[FindingGrade, int] = {
    FindingGrade.CRITICAL: 5,
    FindingGrade.MAJOR: 20,
    FindingGrade.MINOR: 60,
}
# The usual working days of each; a contract may have others.
RESPONDED_WITHIN = 10  # in which the partner responds, unless it is to be put right before
LATE_AFTER = 2  # after which a response that has not come is escalated
DECIDED_WITHIN = 10  # after a dispute, in which it is answered; then it is escalated
VERIFIED_WITHIN = 5  # in which the lead verifies what is said to be done
REPEATS_WITHIN = timedelta(days=365)

_S, _E, _AUDITS, _ANSWERS = FindingState, FindingEvent, Permission.AUDIT, Permission.ANSWER_FINDINGS
_RESPONSE, _RULING, _ACTIONS, _CHECK, _LOOK = (
    "the response of the partner", "the answer to the dispute", "the actions", "the verification", "a repeat",
)  # fmt: skip
_GONE, _AGAIN = "finding withdrawn", "finding reopened"

# It is closed only by the verification of its last action, and by nobody who owns one. A closed one can be reopened.
FINDING: LifeCycle[FindingState, FindingEvent] = LifeCycle(
    "This finding",
    _S.OPEN,
    (
        Transition(_S.OPEN, _E.NOTED, _S.CLOSED, Cause.LIAISON, _LOOK),
        Transition(_S.OPEN, _E.AGREED, _S.AGREED, _ANSWERS, _ACTIONS, "finding agreed"),
        Transition(_S.OPEN, _E.DISPUTED, _S.DISPUTED, _ANSWERS, _RULING, "finding disputed", needs_reason=True),
        Transition(_S.OPEN, _E.WITHDRAWN, _S.WITHDRAWN, _AUDITS, "", _GONE, needs_reason=True),
        Transition(_S.DISPUTED, _E.AGREED, _S.AGREED, _ANSWERS, _ACTIONS, "finding agreed"),
        Transition(_S.DISPUTED, _E.UPHELD, _S.OPEN, _AUDITS, _RESPONSE, "finding upheld", needs_reason=True),
        Transition(_S.DISPUTED, _E.WITHDRAWN, _S.WITHDRAWN, _AUDITS, "", _GONE, needs_reason=True),
        Transition(_S.AGREED, _E.DONE, _S.DONE, Cause.LIAISON, _CHECK, "finding done"),
        Transition(_S.AGREED, _E.REOPENED, _S.OPEN, _AUDITS, _RESPONSE, _AGAIN, needs_reason=True),
        Transition(_S.DONE, _E.RETURNED, _S.AGREED, _AUDITS, _ACTIONS, "action sent back", needs_reason=True),
        Transition(_S.DONE, _E.VERIFIED, _S.CLOSED, _AUDITS, _LOOK, "finding closed"),
        Transition(_S.DONE, _E.REOPENED, _S.OPEN, _AUDITS, _RESPONSE, _AGAIN, needs_reason=True),
        Transition(_S.CLOSED, _E.REOPENED, _S.OPEN, _AUDITS, _RESPONSE, _AGAIN, needs_reason=True),
    ),
)
UNSETTLED = (FindingState.OPEN, FindingState.DISPUTED, FindingState.AGREED, FindingState.DONE)
TO_CHECK = (FindingState.DISPUTED, FindingState.DONE)  # waits for the lead
CHANGES = (FindingEvent.UPHELD, FindingEvent.REOPENED, FindingEvent.WITHDRAWN)  # what the lead may do by one form


def is_repeat(clause: str, found_on: date, of_clause: str, of_found_on: date) -> bool:
    """Whether a finding repeats an earlier one of the same contract: the same clause, within a year."""
    same = bool(clause.strip()) and name_key(clause) == name_key(of_clause)
    return same and timedelta(0) <= found_on - of_found_on <= REPEATS_WITHIN
