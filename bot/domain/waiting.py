"""What waits for a person on their App Home."""

from enum import StrEnum


class Waiting(StrEnum):
    """The kinds of work that wait for a person, in order of urgency."""

    ESCALATION = "acknowledge"
    LATE_REPORT = "late"
    DUE = "due"
    UNDECIDED_REPORT = "decide"
    QUERIED_REPORT = "queried"
