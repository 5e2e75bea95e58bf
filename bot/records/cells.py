"""Values as the content of cells, and cells as a person sees them."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from bot.domain.deadlines import Deadline
from bot.domain.normalisation import cleaned
from bot.domain.periods import Month
from bot.domain.scores import Impact, Likelihood
from bot.domain.wording import format_date

Cell = str | int | Decimal | date | bool | None
"""What is written into a cell."""


class Percentage(Decimal):
    """A figure written with a per cent sign, which fits only KPIs measured in per cent."""


YES, NO = "yes", "no"
EMPTY = "(empty)"
"""What a file says of a cell to empty what is there; a blank cell leaves it."""

_LIKE_EMPTY = re.compile(rf"'*{re.escape(EMPTY)}", re.IGNORECASE)


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
        case Percentage():
            return f"{plain_number(value)}%"
        case "":
            return None
        case None | str() | int() | Decimal() | date():
            return value
        case _:
            raise TypeError(f"{value!r} has no form in a cell")


def is_blank(cell: object) -> bool:
    """Whether a cell of a file shows nothing."""
    return cell is None or (isinstance(cell, str) and not cleaned(cell).strip())


def empties(cell: object) -> bool:
    """Whether a cell of a file says that what is there is to be emptied."""
    return isinstance(cell, str) and cell.strip().casefold() == EMPTY


def exported(value: object) -> Cell:
    """A value as a cell of a file: a text that would empty something gets an apostrophe before it."""
    cell = written(value)
    return f"'{cell}" if isinstance(cell, str) and _LIKE_EMPTY.fullmatch(cell) else cell


def imported(cell: object) -> object:
    """The content of a cell of a file, without the apostrophe that `exported` gave it."""
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" and _LIKE_EMPTY.fullmatch(cell) else cell


def plain_number(value: Decimal) -> str:
    """The digits of a number without trailing zeros: 97.2, 100."""
    return f"{value.normalize():f}"
