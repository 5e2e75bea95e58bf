"""Parsing the fields of a form into typed values; each error names its field."""

from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from bot.domain.command_line import parse_date
from bot.domain.scores import Impact, Likelihood, parse_impact, parse_likelihood
from bot.errors import UserError

C = TypeVar("C", bound=StrEnum)
T = TypeVar("T")
Values = Mapping[str, str]


def _nothing_chosen(field: str) -> UserError:
    """A field holds none of what it offers."""
    return UserError("Choose one of the list.", field=field)


def _read(parse: Callable[[], T], name: str) -> T:
    """Parse a field; the error appears under it."""
    try:
        return parse()
    except UserError as error:
        raise UserError(error.sentence, field=name) from None


def text(values: Values, name: str) -> str:
    """The entered text, "" for none."""
    return values.get(name, "")


def choice(kind: type[C], values: Values, name: str) -> C:
    """The chosen member of a closed set. Raises `UserError`."""
    try:
        return kind(text(values, name))
    except ValueError:
        raise _nothing_chosen(name) from None


def ticked(values: Values, name: str) -> bool:
    """Whether a single box is ticked."""
    return bool(text(values, name))


def keeps_anyway(values: Values) -> bool:
    """Whether the person chose to save a personal detail after the warning."""
    return ticked(values, "keep_anyway")


def figures_confirmed(values: Values) -> str:
    """The key of the doubts about figures that the person confirmed, "" for none."""
    named = (name.partition(":") for name, value in values.items() if value)
    return next((key for name, _, key in named if name == "figures_confirmed"), "")


def day(values: Values, name: str, today: date) -> date:
    """A required day. Raises `NotADate` or `NoSuchDay`."""
    return _read(lambda: parse_date(text(values, name), today), name)


def optional_day(values: Values, name: str, today: date) -> date | None:
    """An optional day."""
    return day(values, name, today) if text(values, name).strip() else None


def whole(values: Values, name: str, most: int) -> int:
    """A whole number from 1 to `most`, chosen from a list. Raises `UserError`."""
    typed = text(values, name)
    if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed[:9]) <= most):
        raise _nothing_chosen(name)
    return int(typed)


def on_the_grid(values: Values, prefix: str = "") -> tuple[Likelihood, Impact]:
    """A likelihood and an impact, both required. Raises `UserError`."""
    likelihood, impact = f"{prefix}likelihood", f"{prefix}impact"
    return (
        _read(lambda: parse_likelihood(text(values, likelihood)), likelihood),
        _read(lambda: parse_impact(text(values, impact)), impact),
    )


def optional_on_the_grid(values: Values, prefix: str) -> tuple[Likelihood, Impact] | None:
    """A likelihood and an impact: either both or neither."""
    given = text(values, f"{prefix}likelihood") or text(values, f"{prefix}impact")
    return on_the_grid(values, prefix) if given else None


def number(values: Values, name: str) -> int:
    """A typed whole number. Raises `UserError`."""
    typed = text(values, name).strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6):
        raise UserError("Enter a whole number, for example 15.", field=name)
    return int(typed)


def users(values: Values, name: str) -> list[str]:
    """The chosen Slack users, without duplicates."""
    return list(dict.fromkeys(each for each in text(values, name).split(",") if each))


def optional_time(values: Values, name: str) -> time | None:
    """An optional time of day. Raises `UserError`."""
    typed = text(values, name)
    try:
        return time.fromisoformat(typed) if typed else None
    except ValueError:
        raise _nothing_chosen(name) from None
