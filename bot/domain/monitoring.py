"""What the accepted figures say of a shortfall: whether a plan is asked for, whether it is being put right, and whether
it comes again. The bot recommends; a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.calendar import months_before
from bot.domain.periods import Month, in_words
from bot.domain.plan_cycle import PlanEvent
from bot.domain.ratings import Rating
from bot.domain.wording import plural

GOOD_PERIODS = 3  # in a row, after which a shortfall is usually cured
LOOKS_AT = 6  # months
OFTEN, TWICE = 3, 2  # times short among them, or in a row
_SHORT = frozenset({Rating.REQUIRES_IMPROVEMENT, Rating.INADEQUATE})


@dataclass(frozen=True)
class MonthRating:
    """A KPI's accepted rating in a month; `figure` gives the figure with its target in words."""

    month: Month
    rating: Rating
    figure: str = ""

    @property
    def is_short(self) -> bool:
        """Whether it falls short by more than a little."""
        return self.rating in _SHORT


@dataclass(frozen=True)
class PlanStanding:
    """How a plan that is monitored stands: how many good periods in a row of those that are needed, what is recommended
    (None for nothing yet), and the sentence why."""

    good: int
    needed: int
    recommends: PlanEvent | None = None
    why: str = ""

    @property
    def in_words(self) -> str:
        """2 of 3 good periods."""
        return f"{self.good} of {plural(self.needed, 'good period')}"


def why_propose(kpi: str, months: Sequence[MonthRating]) -> str:
    """Why a plan is proposed for a KPI, with the facts, from its rated months up to now, the oldest first: the last one
    is Inadequate, two in a row fall short, or three in six do. "" for no reason."""
    recent = months[-LOOKS_AT:]
    short = [each for each in recent if each.is_short]
    if not recent or not recent[-1].is_short:
        return ""
    last = recent[-1]
    if last.rating is Rating.INADEQUATE:
        return f"{kpi} is rated Inadequate in {last.month}: {last.figure}."
    if len(recent) > 1 and recent[-2].is_short:
        return f"{kpi} fell short in {recent[-2].month} and {last.month}, two months in a row: {last.figure}."
    if len(short) >= OFTEN:
        return f"{kpi} fell short in {len(short)} of the last {len(recent)} months: {in_words(_months(short))}."
    return ""


def standing_of(months: Sequence[MonthRating], needed: int) -> PlanStanding:
    """How a plan stands by the months since it is monitored, each with the worst rating of its KPIs. A month without a
    rating neither counts nor interrupts."""
    rated = [each for each in months if each.rating is not Rating.OTHER]
    run: list[MonthRating] = []
    for each in reversed(rated):
        if each.rating is not Rating.GOOD:
            break
        run.insert(0, each)
    good = min(len(run), needed)
    if len(run) >= needed:
        return PlanStanding(good, needed, PlanEvent.CURED, f"Targets were met in {in_words(_months(run[-needed:]))}.")
    failing = [each.month for each in rated[-2:] if each.is_short]
    if len(failing) == TWICE or (rated and rated[-1].rating is Rating.INADEQUATE):
        return PlanStanding(good, needed, PlanEvent.FAILED, f"Delivery still fell short in {in_words(failing)}.")
    return PlanStanding(good, needed)


def watched_until(cured_on: date) -> date:
    """The last day of the watch over a shortfall that was cured."""
    return months_before(cured_on, -3)


def recurrence(months: Sequence[MonthRating], cured_on: date) -> str:
    """The sentence of a recurrence in the watch over a shortfall that was cured on a day; "" for none."""
    first, last = Month.of(cured_on), Month.of(watched_until(cured_on))
    again = [each for each in months if first <= each.month <= last and each.is_short]
    return f"It came again in {in_words(_months(again))}, in the watch after the cure." if again else ""


def _months(some: Sequence[MonthRating]) -> list[Month]:
    return [each.month for each in some]
