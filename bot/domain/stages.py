"""The stages of a contract's life. A contract may move from any stage to any other."""

from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class Stage(StrEnum):
    """The stage of a contract's life."""

    PRE_PROCUREMENT = "pre-procurement"
    PROCUREMENT = "procurement"
    MOBILISATION = "mobilisation"
    TRANSITION = "transition"
    LIVE = "live delivery"
    CHANGE = "change or extension"
    EXIT = "exit"


# The event is the stage that it moves to.
STAGE: LifeCycle[Stage, Stage] = LifeCycle(
    "This contract",
    Stage.PRE_PROCUREMENT,
    tuple(
        Transition(stage, to, to, Permission.CHANGE, "every open risk, to be assessed again", "stage changed")
        for stage in Stage
        for to in Stage
        if to is not stage
    ),
)

TALKED_WITH = frozenset(Stage) - {Stage.PRE_PROCUREMENT, Stage.PROCUREMENT}  # there is a partner to talk with
REPORTING = TALKED_WITH - {Stage.MOBILISATION}  # the partner delivers, so it reports
