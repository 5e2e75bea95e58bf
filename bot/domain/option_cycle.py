"""The life cycle of an option to extend: it is taken or declined, once."""

from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class Decision(StrEnum):
    """The outcome of an option to extend."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"


class OptionEvent(StrEnum):
    """The two ways to decide on an option."""

    TAKEN = "taken"
    DECLINED = "declined"


OPTION: LifeCycle[Decision, OptionEvent] = LifeCycle(
    "This option",
    Decision.OPEN,
    (
        Transition(
            Decision.OPEN, OptionEvent.TAKEN, Decision.TAKEN, Permission.DECIDE, "", "option taken", needs_reason=True
        ),
        Transition(
            Decision.OPEN,
            OptionEvent.DECLINED,
            Decision.DECLINED,
            Permission.DECIDE,
            "",
            "option declined",
            needs_reason=True,
        ),
    ),
)
