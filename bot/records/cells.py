"""Values as the content of cells, and cells as a person sees them."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from bot.domain.deadlines import Deadline
from bot.domain.periods import Month
from bot.domain.scores import Impact, Likelihood
from bot.domain.wording import format_date

Cell = str | int | Decimal | date | bool | None
"""What is written into a cell."""

YES, NO = "yes", "no"


def shown(value: object) -> str:
    """The content of a cell as a person sees it."""
    match value:
        case bool():
            return str(value).upper()
        case float():
            return f"{value:.15g}"  # as Excel shows it, without the noise of binary fractions
        case datetime() if value.time() == time():
            return format_date(value)
        case date() if not isinstance(value, datetime):
            return format_date(value)
        case list() | tuple():
            return " ".join(str(each) for each in value)
        case _:
            return " ".join(str(value).split())


def written(value: object) -> Cell:
    """A value as the content of a cell, from which `reads` of the same column gives the value again."""
    match value:
        case bool():
            return YES if value else NO
        case Likelihood() | Impact():
            return value.label.lower()
        case Month():
            return value.key
        case Deadline():
            return value.anchor if value == Deadline.fixed(value.anchor) else str(value)
        case time():
            return f"{value:%H:%M}"
        case tuple():
            return " ".join(value)
        case StrEnum():
            return value.value
        case "":
            return None
        case None | str() | int() | Decimal() | date():
            return value
        case _:
            raise TypeError(f"{value!r} has no form in a cell")


def plain_number(value: Decimal) -> str:
    """The digits of a number without trailing zeros: 97.2, 100."""
    return f"{value.normalize():f}"
