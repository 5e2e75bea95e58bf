"""The life cycle of a service credit: Liaison proposes it, the department sends it, the partner comments or is silent,
and it is confirmed and deducted, or waived."""

from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class CreditState(StrEnum):
    """The state of a service credit."""

    PROPOSED = "proposed"
    SENT = "sent"
    COMMENTED = "commented on"
    CONFIRMED = "confirmed"
    DEDUCTED = "deducted"
    WAIVED = "waived"


class CreditEvent(StrEnum):
    """What becomes of a service credit."""

    SENT = "sent"
    COMMENTED = "commented on"
    CONFIRMED = "confirmed"
    WAIVED = "waived"
    DEDUCTED = "deducted"


class CreditNews(StrEnum):
    """Why people are shown a service credit."""

    ASKED = "asked for"
    PROPOSED = "proposed"
    CHANGED = "worked out again"
    SENT = "sent"
    COMMENTED = "commented on"
    SETTLED = "decided on"


COMMENT_WITHIN = 5  # working days that the partner has for its comment, from the day on which the credit reached it
DECIDED_WITHIN = 5  # working days in which the department decides on what waits for it

_S, _E, _KEEPS, _WAIVES = CreditState, CreditEvent, Permission.CHANGE, Permission.WAIVE_CREDIT
_COMMENT, _DECISION, _DEDUCTION = "the partner’s comment", "the decision", "the deduction"


def _waived(state: CreditState) -> Transition[CreditState, CreditEvent]:
    return Transition(state, _E.WAIVED, _S.WAIVED, _WAIVES, "", "credit waived", needs_reason=True)


def _sent(state: CreditState) -> Transition[CreditState, CreditEvent]:
    """A credit is sent once more where a corrected figure has changed its sum."""
    return Transition(state, _E.SENT, _S.SENT, _KEEPS, _COMMENT, "credit sent")


CREDIT: LifeCycle[CreditState, CreditEvent] = LifeCycle(
    "This credit",
    _S.PROPOSED,
    (
        _sent(_S.PROPOSED),
        _waived(_S.PROPOSED),
        Transition(_S.SENT, _E.COMMENTED, _S.COMMENTED, Permission.COMMENT_CREDIT, _DECISION, "credit commented on"),
        Transition(_S.SENT, _E.CONFIRMED, _S.CONFIRMED, _KEEPS, _DEDUCTION, "credit confirmed"),
        _sent(_S.SENT),
        _waived(_S.SENT),
        Transition(_S.COMMENTED, _E.CONFIRMED, _S.CONFIRMED, _KEEPS, _DEDUCTION, "credit confirmed"),
        _sent(_S.COMMENTED),
        _waived(_S.COMMENTED),
        Transition(_S.CONFIRMED, _E.DEDUCTED, _S.DEDUCTED, _KEEPS, "", "credit deducted"),
        _sent(_S.CONFIRMED),
        _waived(_S.CONFIRMED),
    ),
)
