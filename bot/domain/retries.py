"""When what Slack did not take is tried again, and for how long."""

from datetime import timedelta

TRIED_FOR = timedelta(hours=72)  # over a weekend: then a person has to look
GAVE_UP = "Slack did not take it for three days"  # the reason of a message that is dead begins so
_WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 300))
LONGEST_WAIT = timedelta(minutes=15)  # so that a message leaves soon after Slack is back
SPREAD = 0.2  # a wait is shorter by up to this share, so that not everything is tried at the same instant


def longest_wait(tries: int) -> timedelta:
    """The longest wait after so many tries, from 1."""
    return _WAITS[tries - 1] if tries <= len(_WAITS) else LONGEST_WAIT


def wait_after(tries: int, chance: float) -> timedelta:
    """The wait after so many tries, from 1. `chance`, from 0 to 1, says how much of the spread is taken off."""
    return longest_wait(tries) * (1 - SPREAD * chance)
