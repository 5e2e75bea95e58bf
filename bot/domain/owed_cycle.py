"""The life cycle of what one side owes the other, a milestone, deliverable or obligation: it is met, or first said
to be done by somebody, which the contract manager confirms."""

from datetime import date
from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class OwedState(StrEnum):
    """The state of what is owed."""

    OPEN = "open"
    SAID_DONE = "said done, not confirmed"
    MET = "met"


class OwedEvent(StrEnum):
    """What becomes of it."""

    SAID_DONE = "said done"
    MET = "met"
    NOT_YET = "opened again"


class OwedStanding(StrEnum):
    """How what is owed stands today, for people; what applies throughout has no day."""

    LATE = "late"
    OPEN = "open"
    SAID_DONE = "said done"
    MET = "met"
    THROUGHOUT = "throughout"


def state_of(met_on: date | None, said_on: date | None) -> OwedState:
    """The state of something that was met on a day, or that somebody said on a day to be done."""
    if met_on is not None:
        return OwedState.MET
    return OwedState.OPEN if said_on is None else OwedState.SAID_DONE


def standing(state: OwedState, due_on: date | None, today: date) -> OwedStanding:
    """How something in a state, due on a day, stands today."""
    if state is not OwedState.OPEN:
        return OwedStanding.MET if state is OwedState.MET else OwedStanding.SAID_DONE
    if due_on is None:
        return OwedStanding.THROUGHOUT
    return OwedStanding.LATE if due_on < today else OwedStanding.OPEN


CONFIRMED_WITHIN = 5  # working days in which the department confirms what was said to be done

_S, _E, _SAYS, _CONFIRMS = OwedState, OwedEvent, Permission.REPORT_PROGRESS, Permission.CHANGE
_MET = "met"

# A partner can only say that it is done. What is said done is late for nobody until the department answers.
OWED: LifeCycle[OwedState, OwedEvent] = LifeCycle(
    "This",
    _S.OPEN,
    (
        Transition(_S.OPEN, _E.SAID_DONE, _S.SAID_DONE, _SAYS, "the confirmation", "said done"),
        Transition(_S.OPEN, _E.MET, _S.MET, _CONFIRMS, "", _MET),
        Transition(_S.SAID_DONE, _E.MET, _S.MET, _CONFIRMS, "", _MET),
        Transition(_S.SAID_DONE, _E.NOT_YET, _S.OPEN, _CONFIRMS, "what is owed", "not done yet", needs_reason=True),
    ),
)
