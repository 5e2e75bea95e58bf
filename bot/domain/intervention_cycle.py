"""Interventions: levels 1 to 4 at which the department steps in where delivery falls short, and the life of one."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.monitoring import MonthRating
from bot.domain.permissions import Permission
from bot.domain.ratings import Rating

LOWEST, HIGHEST = 1, 4
LEVELS: Mapping[int, str] = {
    1: "standing",
    2: "informal, led by the performance manager",
    3: "informal, led by senior management",
    4: "formal",
}
ENTERED_BY: Mapping[int, Permission] = {
    1: Permission.ENTER_LEVEL_2,
    2: Permission.ENTER_LEVEL_2,
    3: Permission.ENTER_LEVEL_3,
    4: Permission.ENTER_LEVEL_4,
}


class InterventionState(StrEnum):
    """The state of an intervention."""

    IN_FORCE = "in force"
    LEFT = "left"


class InterventionEvent(StrEnum):
    """What becomes of an intervention."""

    REVIEWED = "reviewed"
    SUPPORTED = "supported"
    HANDED_OVER = "handed over"
    TOLD = "sent to the partner"
    LEFT = "left"


_S, _E, _REVIEWS = InterventionState, InterventionEvent, Permission.INTERVENE
_GOES_ON = "the next review"

INTERVENTION: LifeCycle[InterventionState, InterventionEvent] = LifeCycle(
    "This intervention",
    _S.IN_FORCE,
    (
        Transition(
            _S.IN_FORCE, _E.REVIEWED, _S.IN_FORCE, _REVIEWS, _GOES_ON, "intervention reviewed", needs_reason=True
        ),
        Transition(_S.IN_FORCE, _E.SUPPORTED, _S.IN_FORCE, _REVIEWS, _GOES_ON, "support given", needs_reason=True),
        Transition(
            _S.IN_FORCE,
            _E.HANDED_OVER,
            _S.IN_FORCE,
            _REVIEWS,
            _GOES_ON,
            "intervention handed over",
            needs_reason=True,
        ),
        Transition(
            _S.IN_FORCE,
            _E.TOLD,
            _S.IN_FORCE,
            Permission.CHANGE,
            _GOES_ON,
            "intervention sent to the partner",
            needs_reason=True,
        ),
        Transition(_S.IN_FORCE, _E.LEFT, _S.LEFT, _REVIEWS, "", "intervention left", needs_reason=True),
    ),
)


def recommended_level(kpi: str, months: Sequence[MonthRating], failed_plan: str = "") -> tuple[int, str] | None:
    """The level that is recommended for a KPI by its rated months, the oldest first, and by the title of a plan for it
    that failed, with the sentence why; None for none."""
    rated = [each for each in months if each.rating is not Rating.OTHER][-2:]
    if not rated or not rated[-1].is_short:
        return None
    last, inadequate = rated[-1], [each for each in rated if each.rating is Rating.INADEQUATE]
    if failed_plan:
        return 4, f"{kpi} is rated {last.rating} in {last.month}, and the plan failed: {failed_plan}."
    if len(inadequate) == len(rated) > 1:
        return 4, f"{kpi} is rated Inadequate in {rated[0].month} and {last.month}."
    if last.rating is Rating.INADEQUATE:
        return 3, f"{kpi} is rated Inadequate in {last.month}: {last.figure}."
    if len(rated) > 1 and rated[0].is_short:
        return 3, f"{kpi} fell short in {rated[0].month} and {last.month}, two months in a row."
    return 2, f"{kpi} requires improvement in {last.month}: {last.figure}."
