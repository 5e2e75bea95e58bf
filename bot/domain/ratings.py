"""The rating of a KPI (regulation 39(5), Procurement Regulations 2024), and the red, amber or green of a report."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from bot.domain.wording import format_number
from bot.errors import UserError


class Direction(StrEnum):
    """Which way a KPI improves: higher or lower."""

    HIGHER = "higher is better"
    LOWER = "lower is better"

    def reaches(self, value: Decimal, cut_off: Decimal) -> bool:
        """Whether a value is at least as good as a cut-off."""
        return value >= cut_off if self is Direction.HIGHER else value <= cut_off


class Rating(StrEnum):
    """The rating of a KPI. Never compare two with < (they are words): compare their `severity`."""

    GOOD = "Good"
    APPROACHING_TARGET = "Approaching target"
    REQUIRES_IMPROVEMENT = "Requires improvement"
    INADEQUATE = "Inadequate"
    OTHER = "Other"

    @property
    def ocds(self) -> str:
        """The rating's code in the Open Contracting Data Standard."""
        return _OCDS[self]

    @property
    def severity(self) -> int:
        """0 for Good to 3 for Inadequate; Other says nothing about performance and is -1."""
        return _SEVERITY[self]


_OCDS = {
    Rating.GOOD: "met",
    Rating.APPROACHING_TARGET: "slightlyBelow",
    Rating.REQUIRES_IMPROVEMENT: "below",
    Rating.INADEQUATE: "significantlyBelow",
    Rating.OTHER: "other",
}
_SEVERITY = {
    Rating.OTHER: -1,
    Rating.GOOD: 0,
    Rating.APPROACHING_TARGET: 1,
    Rating.REQUIRES_IMPROVEMENT: 2,
    Rating.INADEQUATE: 3,
}


class Movement(StrEnum):
    """How a rating compares with the previous one."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class CutOffs:
    """The worst value that still earns each rating, in the unit of the KPI; beyond all three is Inadequate."""

    good: Decimal
    approaching: Decimal
    requires_improvement: Decimal

    @property
    def values(self) -> tuple[Decimal, Decimal, Decimal]:
        """The three of them, from the best to the worst."""
        return self.good, self.approaching, self.requires_improvement


class CutOffsOutOfOrder(UserError):
    """Cut-offs do not run from the best to the worst, so one rating could never be earned."""

    def __init__(self, cutoffs: CutOffs, direction: Direction, field: str) -> None:
        given = " / ".join(format_number(value) for value in cutoffs.values)
        run, example = ("down", "95 / 90 / 80") if direction is Direction.HIGHER else ("up", "5 / 7 / 10")
        super().__init__(
            f"Cut-offs of {given} do not fit a KPI where {direction}. "
            f"From Good to Requires improvement they go {run} or stay level, for example {example}.",
            field=field,
        )


def check_cut_offs(cutoffs: CutOffs, direction: Direction) -> None:
    """Refuse cut-offs that do not run from the best to the worst. Raises `CutOffsOutOfOrder`, whose field is the
    attribute of `CutOffs` that is out of order.

    Equal cut-offs leave out the rating between them, which is allowed: 0 / 0 / 0 tolerates nothing.
    """
    names = ("approaching", "requires_improvement")
    for (better, worse), field in zip(pairwise(cutoffs.values), names, strict=True):
        if not direction.reaches(better, worse):
            raise CutOffsOutOfOrder(cutoffs, direction, field)


def may_be_a_fraction(value: Decimal, others: Iterable[Decimal], *, signed: bool = False) -> bool:
    """Whether a number of up to 1, given for a percentage, could be a fraction of 1: the others are on the scale of
    per cent and it would stand among them, as 0.9 beside 95 and 80.

    `signed`: the others have a per cent sign, so that any number of up to 1 without one is in doubt.
    """
    if not 0 < abs(value) <= 1:
        return False
    sizes = [abs(other) for other in others if other]
    among = bool(sizes) and max(sizes) > 1 and min(sizes) / 2 <= abs(value) * 100 <= max(sizes) * 2
    return signed or among


def rate(value: Decimal | None, cutoffs: CutOffs, direction: Direction) -> Rating:
    """The rating that a value earns. A value equal to a cut-off earns that rating; no value is Other."""
    if value is None:
        return Rating.OTHER
    if direction.reaches(value, cutoffs.good):
        return Rating.GOOD
    if direction.reaches(value, cutoffs.approaching):
        return Rating.APPROACHING_TARGET
    if direction.reaches(value, cutoffs.requires_improvement):
        return Rating.REQUIRES_IMPROVEMENT
    return Rating.INADEQUATE


def worst(ratings: Iterable[Rating]) -> Rating:
    """The worst of several ratings.

    It is Other only if there is no other rating, or none at all: one KPI without data must neither hide a failure nor
    cast doubt on a success.
    """
    return max(ratings, key=lambda rating: rating.severity, default=Rating.OTHER)


def movement(before: Rating | None, after: Rating | None) -> Movement | None:
    """How a rating moved; None if either rating is missing or Other, because they cannot be compared."""
    if before in (None, Rating.OTHER) or after in (None, Rating.OTHER):
        return None
    if before.severity == after.severity:
        return Movement.SAME
    return Movement.BETTER if after.severity < before.severity else Movement.WORSE


class Rag(StrEnum):
    """Red, amber and green, the best first."""

    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"


@dataclass(frozen=True, slots=True)
class Outlook:
    """A report's red, amber or green, the reason for it, and the path back to green; None if the reporter gave none."""

    rag: Rag | None = None
    reason: str = ""
    path: str = ""

    @property
    def needs_a_path(self) -> bool:
        """Whether it is red or amber, which needs a reason and a path to green."""
        return self.rag not in (None, Rag.GREEN)


UNSAID = Outlook()
