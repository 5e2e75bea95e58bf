"""Reading the figure of a benefit from a line: "2026-12 1,250 people in work"."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.figures import Unit, parse_figure
from bot.domain.periods import Month, NotAMonth, parse_month


@dataclass(frozen=True)
class BenefitTyped:
    """The month, the figure and the words that name the benefit."""

    month: Month
    actual: Decimal
    name: str


def parse_benefit_line(line: str, today: date) -> BenefitTyped | None:
    """What a line says; None where something is missing. Raises `UserError` for a month or a figure that is none."""
    words = line.split()
    if len(words) < 2:
        return None
    month, taken = _month(words, today)
    if len(words) <= taken:
        return None
    return BenefitTyped(month, parse_figure(words[taken], Unit.COUNT, below_zero=True), " ".join(words[taken + 1 :]))


def _month(words: list[str], today: date) -> tuple[Month, int]:
    """The month with which words begin, "December 2026" or "2026-12", and how many words it has."""
    try:
        return parse_month(" ".join(words[:2]), today), 2
    except NotAMonth:
        return parse_month(words[0], today), 1
