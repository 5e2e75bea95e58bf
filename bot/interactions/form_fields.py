"""The fields of a form as typed values, each refused under itself."""

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from bot.domain.command_line import parse_date
from bot.domain.figures import Unit, parse_figure, parse_pounds
from bot.domain.scores import Impact, Likelihood, parse_impact, parse_likelihood
from bot.errors import UserError

C = TypeVar("C", bound=StrEnum)
T = TypeVar("T")
Values = Mapping[str, str]


class NothingChosen(UserError):
    """A field holds none of what it offers."""

    def __init__(self, field: str) -> None:
        super().__init__("Choose one of the list.", field=field)


class _Under(UserError):
    """A sentence, under the field that it is about."""

    def __init__(self, error: UserError, field: str) -> None:
        super().__init__(error.sentence, field=field)


class NotAWholeNumber(UserError):
    """A field holds something other than a whole number."""

    def __init__(self, field: str) -> None:
        super().__init__("Enter a whole number, for example 15.", field=field)


def _read(parse: Callable[[], T], name: str) -> T:
    """What was parsed; where it cannot be, the sentence stands under this field."""
    try:
        return parse()
    except UserError as error:
        raise _Under(error, name) from None


def text(values: Values, name: str) -> str:
    """What was entered, "" for nothing."""
    return values.get(name, "")


def choice(kind: type[C], values: Values, name: str) -> C:
    """Which of a closed set was chosen. NothingChosen."""
    try:
        return kind(text(values, name))
    except ValueError:
        raise NothingChosen(name) from None


def ticked(values: Values, name: str) -> bool:
    """Whether a single box is ticked."""
    return bool(text(values, name))


def keeps_anyway(values: Values) -> bool:
    """Whether somebody who was warned of a personal detail keeps it on purpose."""
    return ticked(values, "keep_anyway")


def day(values: Values, name: str, today: date) -> date:
    """A day that is needed. NotADate, NoSuchDay."""
    return _read(lambda: parse_date(text(values, name), today), name)


def optional_day(values: Values, name: str, today: date) -> date | None:
    """A day that may be left out."""
    return day(values, name, today) if text(values, name).strip() else None


def pounds(values: Values, name: str) -> int:
    """A sum that is needed. NotASum."""
    return parse_pounds(text(values, name), name)


def optional_pounds(values: Values, name: str) -> int | None:
    """A sum that may be left out."""
    return pounds(values, name) if text(values, name).strip() else None


def optional_percentage(values: Values, name: str) -> Decimal | None:
    """A percentage that may be left out. NotAFigure."""
    if not text(values, name).strip():
        return None
    return _read(lambda: parse_figure(text(values, name), Unit.PERCENT), name)


def whole(values: Values, name: str, most: int) -> int:
    """A whole number from 1 that was chosen from a list. NothingChosen."""
    typed = text(values, name)
    if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed[:9]) <= most):
        raise NothingChosen(name)
    return int(typed)


def on_the_grid(values: Values, prefix: str = "") -> tuple[Likelihood, Impact]:
    """A likelihood and an impact, both needed. NotOnTheScale."""
    likelihood, impact = f"{prefix}likelihood", f"{prefix}impact"
    return (
        _read(lambda: parse_likelihood(text(values, likelihood)), likelihood),
        _read(lambda: parse_impact(text(values, impact)), impact),
    )


def optional_on_the_grid(values: Values, prefix: str) -> tuple[Likelihood, Impact] | None:
    """The same where both may be left out, but not one alone."""
    given = text(values, f"{prefix}likelihood") or text(values, f"{prefix}impact")
    return on_the_grid(values, prefix) if given else None


def number(values: Values, name: str) -> int:
    """A whole number that was typed. NotAWholeNumber."""
    typed = text(values, name).strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6):
        raise NotAWholeNumber(name)
    return int(typed)


def users(values: Values, name: str) -> list[str]:
    """The Slack users that were picked, each once."""
    return list(dict.fromkeys(each for each in text(values, name).split(",") if each))


def optional_time(values: Values, name: str) -> time | None:
    """A time of day that may be left out. NothingChosen."""
    typed = text(values, name)
    try:
        return time.fromisoformat(typed) if typed else None
    except ValueError:
        raise NothingChosen(name) from None
