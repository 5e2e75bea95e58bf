"""Parsing and formatting a KPI's figures and sums of money."""

import re
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Self

from bot.domain.normalisation import plain_punctuation
from bot.domain.wording import format_number, quoted
from bot.errors import UserError

MOST = Decimal(100_000_000)
MOST_DECIMAL_PLACES = 4
MOST_CHARACTERS = 80


class Unit(StrEnum):
    """The unit of a KPI."""

    PERCENT = "%"
    DAYS = "days"
    WORKING_DAYS = "working days"
    HOURS = "hours"
    SECONDS = "seconds"
    PER_1_000 = "per 1,000"
    PER_100_000 = "per 100,000"
    COUNT = "count"

    @property
    def example(self) -> str:
        """An example of a figure in this unit."""
        return _EXAMPLES[self]


_EXAMPLES = {
    Unit.PERCENT: "97.2%",
    Unit.DAYS: "12 days",
    Unit.WORKING_DAYS: "15 working days",
    Unit.HOURS: "4 hours",
    Unit.SECONDS: "150 seconds",
    Unit.PER_1_000: "2 per 1,000",
    Unit.PER_100_000: "2 per 100,000",
    Unit.COUNT: "1,234",
}
_SPELLINGS = {
    Unit.PERCENT: {"%", "percent", "per cent"},
    Unit.DAYS: {"day", "days"},
    Unit.WORKING_DAYS: {"working day", "working days"},
    Unit.HOURS: {"h", "hr", "hrs", "hour", "hours"},
    Unit.SECONDS: {"s", "sec", "secs", "second", "seconds"},
    Unit.PER_1_000: {"per 1,000", "per 1000", "per thousand"},
    Unit.PER_100_000: {"per 100,000", "per 100000"},
    Unit.COUNT: set[str](),
}
_FIGURE = re.compile(
    r"(?P<sign>[-+\u2010-\u2015\u2212]?)"
    r"(?P<number>(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"
    r"(?![0-9.,])\s*(?P<unit>.*)"
)
_DECIMAL_COMMA = re.compile(r"(?P<whole>[0-9]+),(?P<fraction>[0-9]{1,4})(?![0-9.,])")


def not_a_figure(typed: str, problem: str, unit: Unit, *, example: str | None = None) -> UserError:
    """What was typed is not a figure in the unit of the KPI, or is outside what a figure can be."""
    shown = f"{quoted(typed)} {problem}" if typed.strip() else "A figure is needed here"
    return UserError(f"{shown}. Enter {_WANTED[unit]}, for example {example or unit.example}.")


_WANTED = {
    Unit.PERCENT: "a percentage",
    Unit.COUNT: "a number",
    Unit.PER_1_000: "a number per 1,000",
    Unit.PER_100_000: "a number per 100,000",
    **{unit: f"a number of {unit}" for unit in (Unit.DAYS, Unit.WORKING_DAYS, Unit.HOURS, Unit.SECONDS)},
}


def parse_figure(text: str, unit: Unit, *, below_zero: bool = False) -> Decimal:
    """The typed number, with or without its unit: "97.2", "97.2 %", "1,234", "4 hours"; "-12" and "+12" if it may be
    `below_zero`.

    Raises `UserError` if it is anything else, in another unit, has a sign otherwise, is over 100,000,000 on either side
    of 0, or has more than 4 decimal places. Percentages may be over 100, as outcomes against a profile are.
    """
    typed = text.strip()
    figure = _FIGURE.fullmatch(typed) if len(typed) <= MOST_CHARACTERS else None
    if figure is None:
        raise _unreadable(typed, unit)
    spelled = " ".join(figure["unit"].lower().split())
    if spelled and spelled not in _SPELLINGS[unit]:
        raise not_a_figure(typed, f"is not a figure in {unit}" if unit is not Unit.COUNT else "is not a number", unit)
    number = Decimal(figure["number"].replace(",", ""))
    if figure["sign"] and not below_zero:
        problem = "has a sign" if figure["sign"] == "+" else "is below 0"
        raise not_a_figure(typed, f"{problem}, and figures start at 0", unit)
    if number > MOST:
        raise not_a_figure(typed, f"is more than {MOST:,}", unit)
    if len(figure["number"].partition(".")[2]) > MOST_DECIMAL_PLACES:
        raise not_a_figure(typed, f"has more than {MOST_DECIMAL_PLACES} decimal places", unit)
    return -number if number and figure["sign"] not in ("", "+") else number


def format_figure(value: Decimal, unit: Unit) -> str:
    """A figure with its unit, to at most 4 decimal places: "97.2%", "1 hour", "2 per 1,000", "1,234"."""
    number = format_number(value, places=MOST_DECIMAL_PLACES)
    match unit:
        case Unit.PERCENT:
            return f"{number}%"
        case Unit.COUNT:
            return number
        case Unit.PER_1_000 | Unit.PER_100_000:
            return f"{number} {unit}"
        case _:
            return f"{number} {unit.removesuffix('s') if number in ('1', '-1') else unit}"


def _unreadable(typed: str, unit: Unit) -> UserError:
    comma = _DECIMAL_COMMA.match(typed) if len(typed) <= MOST_CHARACTERS else None
    if comma is None:
        return not_a_figure(typed, "is not a number in the digits 0 to 9", unit)
    suggested = format_number(Decimal(f"{comma['whole']}.{comma['fraction']}"))
    return not_a_figure(typed, "has a comma where a decimal point goes", unit, example=suggested)


MOST_POUNDS = 1_000_000_000_000
_SUM = re.compile(
    r"£?\s*(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<part>\.[0-9]+)?\s*(?P<scale>|k|thousand|m|million|bn|billion)",
    re.IGNORECASE,
)
_PENNY = Decimal("0.01")
_SCALES = {"": 1, "k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_SCALES |= {"bn": 1_000_000_000, "billion": 1_000_000_000}


class RoundedPounds(int):
    """Whole pounds that were entered with pence: whoever entered them is told how they are kept."""

    exact: Decimal

    def __new__(cls, exact: Decimal) -> Self:
        """The sum without its pence: half a pound is rounded up."""
        rounded = super().__new__(cls, exact.to_integral_value(ROUND_HALF_UP))
        rounded.exact = exact
        return rounded

    def __getnewargs__(self) -> tuple[Any, ...]:
        """What makes it anew where it is copied or goes to another process."""
        return (self.exact,)

    @property
    def in_words(self) -> str:
        """What became of the pence: "£776,888.48 is kept as £776,888"."""
        return f"{_exactly(self.exact)} is kept as {_exactly(Decimal(self))}"


def _exactly(pounds: Decimal) -> str:
    places = -int(pounds.normalize().as_tuple().exponent)
    return f"£{pounds:,.{max(places, 2) if places > 0 else 0}f}"


def _not_a_sum(typed: str, problem: str) -> UserError:
    """What was typed is not a number of pounds, or is more than any contract is worth."""
    problem = f"{quoted(typed)} {problem}" if typed.strip() else "A sum is needed here"
    return UserError(f"{problem}. Enter pounds up to 1,000 billion, for example 84,000,000 or £6.2 million.")


def parse_pounds(text: str) -> int:
    """Whole pounds: "84,000,000", "£6.2 million", "£1.2m", "900k". A sum with pence is rounded, as `RoundedPounds`.

    Raises `UserError` for anything else, and for more than 1,000 billion.
    """
    pounds = _sum_in(text)
    return int(pounds) if pounds == pounds.to_integral_value() else RoundedPounds(pounds)


def parse_money(text: str, *, below_zero: bool = False) -> Decimal:
    """A sum to the penny: "100,000.50", "£1.2m"; "-12.50" if it may be `below_zero`. Raises `UserError` for anything
    else, and for more than 1,000 billion on either side of 0."""
    typed = plain_punctuation(text).strip()
    if typed.startswith("-") and not below_zero:
        raise _not_a_sum(text, "is below 0")
    pounds = _sum_in(typed.removeprefix("-"))
    if pounds != pounds.quantize(_PENNY):
        raise _not_a_sum(text, "is not in whole pennies")
    return -pounds if typed.startswith("-") else pounds


def _sum_in(text: str) -> Decimal:
    found = _SUM.fullmatch(text.strip()) if len(text) <= MOST_CHARACTERS else None
    if found is None:
        raise _not_a_sum(text, "is not a sum in pounds")
    pounds = Decimal(found["number"].replace(",", "") + (found["part"] or "")) * _SCALES[found["scale"].lower()]
    if pounds > MOST_POUNDS:
        raise _not_a_sum(text, "is out of range")
    return pounds
