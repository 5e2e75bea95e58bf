"""The parts of a figure: numerator and denominator of a share, or the number of cases of an average.

A figure with its parts can be combined exactly with those of other months; a figure alone can only be shown. The parts
are stored as reported, and the figure is computed from them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from bot.domain.figures import (
    MOST,
    MOST_CHARACTERS,
    MOST_DECIMAL_PLACES,
    Unit,
    format_figure,
    not_a_figure,
    parse_figure,
)
from bot.domain.ratings import Direction
from bot.domain.wording import format_number, quoted
from bot.errors import UserError

_PLACES_READ = 2
_MOST_CHARACTERS = 2 * MOST_CHARACTERS + 20  # of two numbers and what joins them
_SHARES = {Unit.PERCENT: 100, Unit.PER_1_000: 1_000, Unit.PER_100_000: 100_000}
_OF = re.compile(r"\s*/\s*|\s+(?:out\s+)?of\s+", re.IGNORECASE)
_OVER = re.compile(r"\s+over\s+", re.IGNORECASE)


class Combining(StrEnum):
    """How the figures of several months are combined."""

    RATIO = "ratio"
    AVERAGE = "average"
    SUM = "sum"
    LAST = "last"

    def fits(self, unit: Unit, *, below_zero: bool = False) -> bool:
        """Whether figures in this unit can be combined in this way: shares of different wholes cannot be added, and
        what may be below 0 is no share of anything."""
        return not (self is Combining.SUM and unit in _SHARES) and not (self is Combining.RATIO and below_zero)

    @classmethod
    def usual(cls, unit: Unit, *, below_zero: bool = False) -> "Combining":
        """How a KPI in this unit is combined by default."""
        if below_zero:
            return cls.AVERAGE
        if unit in _SHARES:
            return cls.RATIO
        return cls.SUM if unit is Unit.COUNT else cls.AVERAGE


def _no_parts(typed: str, combines: Combining, unit: Unit) -> UserError:
    """A figure was given with parts that its KPI does not have."""
    example = {
        Combining.RATIO: "with both of its parts, for example 972/1000",
        Combining.AVERAGE: f"with its number of cases, for example {unit.example} over 340",
    }.get(combines, f"alone, for example {unit.example}")
    return UserError(f"{quoted(typed)} does not fit this KPI. Enter the figure {example}.")


@dataclass(frozen=True, slots=True)
class FigureWithParts:
    """A figure as reported. A ratio's parts are `part` and `whole`; an average has `whole`, its number of cases.

    A whole of 0 means that there was nothing to count, so there is no value; it adds nothing to a combined figure.
    """

    value: Decimal | None
    part: Decimal | None = None
    whole: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was reported: no figure, and not that there was nothing to count."""
        return self.value is None and self.whole is None

    def written(self, unit: Unit) -> str:
        """The figure as a person types it: "972/1,000", "21.5 over 340", "97.2%"; "" for nothing."""
        if self.part is not None and self.whole is not None:
            return f"{format_number(self.part)}/{format_number(self.whole)}"
        if self.whole is not None:
            return f"{format_number(self.value or Decimal(0))} over {format_number(self.whole)}"
        return "" if self.value is None else format_figure(self.value, unit)


NOTHING = FigureWithParts(None)


def parse_figure_with_parts(
    text: str, unit: Unit, combines: Combining, direction: Direction, *, below_zero: bool = False
) -> FigureWithParts:
    """A figure with or without its parts: "972/1000", "972 of 1,000" for a ratio, "21.5 over 340" for an average.

    A figure alone is accepted too. Raises `UserError`, also for parts that the KPI does not have.
    """
    if len(text) > _MOST_CHARACTERS:
        raise not_a_figure(text, "is too long for a figure", unit)
    for kind, between in ((Combining.RATIO, _OF), (Combining.AVERAGE, _OVER)):
        left, *right = between.split(text.strip(), maxsplit=1)
        if not right:
            continue
        if kind is not combines:
            raise _no_parts(text, combines, unit)
        whole = parse_figure(right[0], Unit.COUNT)
        if kind is Combining.AVERAGE:
            value = parse_figure(left, unit, below_zero=below_zero)
            return FigureWithParts(value if whole else None, None, whole)
        part = parse_figure(left, Unit.COUNT)
        if part and not whole:
            raise not_a_figure(text, "has nothing after the line to be a share of", unit, example="972/1000")
        return FigureWithParts(_value(text, part, whole, unit, direction), part, whole)
    return FigureWithParts(parse_figure(text, unit, below_zero=below_zero))


_TWO_FIGURES = re.compile(r"[0-9]+\.[0-9]+\s*(?:/|\bof\b)|(?:/|\bof\b)\s*[0-9]+\.[0-9]", re.IGNORECASE)
_POINT_OF_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")


def check_separators(typed: str, unit: Unit) -> None:
    """Refuse a figure outside a form whose separator could mean two things. Raises `UserError`.

    Of "97.2/98" for a percentage, whose parts are counted, both are rather figures; "1.234" of a count is rather 1,234.
    """
    if unit is Unit.PERCENT and _TWO_FIGURES.search(typed[:_MOST_CHARACTERS]):
        raise not_a_figure(typed, "has parts that are not whole numbers, so it could be two figures", unit)
    if unit is Unit.COUNT and _POINT_OF_THOUSANDS.fullmatch(typed.strip()):
        digits = typed.strip().replace(".", "")
        raise not_a_figure(
            typed, "could be thousands or a decimal", unit, example=f"{int(digits):,}, or {typed.strip()}0"
        )


def share(part: Decimal | Fraction, whole: Decimal | Fraction, unit: Unit) -> Fraction:
    """A part of a whole in a unit, exactly: 972 of 1,000 is 97.2 in per cent. Raises `ZeroDivisionError` for a whole of
    0."""
    return Fraction(part) / Fraction(whole) * _SHARES.get(unit, 1)


def round_to_worse(exact: Fraction | Decimal, direction: Direction, places: int = MOST_DECIMAL_PLACES) -> Decimal:
    """An exact figure rounded to the worse side, to the decimal places of figures.

    The rounded figure has the same rating as the exact one, because cut-offs have no more decimal places.
    """
    scaled = Fraction(exact) * 10**places
    return Decimal(floor(scaled) if direction is Direction.HIGHER else ceil(scaled)).scaleb(-places)


def places_of(cut_offs: Iterable[Decimal]) -> int:
    """The decimal places in which a KPI's figures are shown: two, or as many as its cut-offs have."""
    return max(_PLACES_READ, *(-int(each.normalize().as_tuple().exponent) for each in cut_offs))


def _value(text: str, part: Decimal, whole: Decimal, unit: Unit, direction: Direction) -> Decimal | None:
    if not whole:
        return None
    value = round_to_worse(share(part, whole, unit), direction)
    if value > MOST:
        raise not_a_figure(text, f"makes more than {MOST:,}", unit, example="972/1000")
    return value
