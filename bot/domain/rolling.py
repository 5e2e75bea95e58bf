"""Rolling and cumulative figures over several months, computed from the parts and never from rounded figures.

Source: DWP guidance to providers shows figures in-month, over rolling 3 and 12 months, and cumulatively.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.domain.figures import Unit
from bot.domain.parts import NOTHING, Combining, FigureWithParts, share
from bot.domain.periods import Month, months


@dataclass(frozen=True, slots=True)
class RollingFigure:
    """The exact figure for the months from `first` to `last`, or None with the months that prevent it.

    `no_figure` are the months without any figure, `no_parts` those whose figure has no parts and cannot be combined. If
    both are empty and the figure is None, there was nothing to count in any month.
    """

    first: Month
    last: Month
    exact: Fraction | None
    no_figure: Sequence[Month] = ()
    no_parts: Sequence[Month] = ()


def rolling_figure(
    given: Mapping[Month, FigureWithParts], first: Month, last: Month, combines: Combining, unit: Unit
) -> RollingFigure:
    """The combined figure for the months from first to last, if every month has the parts for it."""
    span = [last] if combines is Combining.LAST else list(months(first, last))
    figures = {month: given.get(month, NOTHING) for month in span}
    no_figure = [month for month, figure in figures.items() if figure.is_empty]
    no_parts = [month for month, figure in figures.items() if not figure.is_empty and _lacks_parts(figure, combines)]
    if no_figure or no_parts:
        return RollingFigure(first, last, None, no_figure, no_parts)
    return RollingFigure(first, last, _combined(list(figures.values()), combines, unit))


def first_month(last: Month, count: int, begins: Month) -> Month:
    """The first of the `count` months that end with `last`, but not before the contract begins."""
    first = last
    for _ in range(count - 1):
        first = first.previous() if first > begins else first
    return first


def _lacks_parts(figure: FigureWithParts, combines: Combining) -> bool:
    match combines:
        case Combining.RATIO:
            return figure.part is None or figure.whole is None
        case Combining.AVERAGE:
            return figure.whole is None
        case _:
            return False


def _combined(figures: Sequence[FigureWithParts], combines: Combining, unit: Unit) -> Fraction | None:
    if combines in (Combining.SUM, Combining.LAST):
        values = [Fraction(figure.value) for figure in figures if figure.value is not None]
        return sum(values, Fraction()) if values else None
    whole = sum((Fraction(each.whole) for each in figures if each.whole), Fraction())
    if not whole:
        return None
    if combines is Combining.RATIO:
        return share(sum((Fraction(each.part) for each in figures if each.part), Fraction()), whole, unit)
    weighed = (Fraction(each.value) * Fraction(each.whole) for each in figures if each.value and each.whole)
    return sum(weighed, Fraction()) / whole
