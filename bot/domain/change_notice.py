"""Whether a change to a contract needs a contract change notice (UK10) under the Procurement Act 2023.

Ask only about contracts that have the duty: `bot.domain.duties` says which.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bot.domain.calendar import months_before
from bot.domain.duties import CHECK, MOST_TERM_PERCENT, UK10, Supplies
from bot.domain.wording import format_date, format_money, format_number
from bot.errors import UserError


def _no_value_to_measure(value: Decimal | int, field: str) -> UserError:
    """A value is not one that a change can be measured by."""
    when = field.removeprefix("value_")
    return UserError(
        f"{format_money(value)} {when} the change is too little to measure a change by. "
        f"Enter the value in pounds {when} the change, for example 84,000,000.",
        field=field,
    )


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """Whether a change needs a contract change notice, and why.

    Source: section 75 of the Procurement Act 2023, which excepts a change that moves the value by 10% or less (15% for
    works) or the term by 10% or less. We read it in favour of publishing. The commercial team has yet to confirm this
    reading, and every sentence says so:

    - A value or term that does not move excuses nothing. Otherwise an unchanged end date would excuse a doubled value.
    - Where both move, both must be within their limits.
    - Where neither moves, the exception does not apply, so the notice is needed.

    The moves are exact fractions of the value and of the term before the change, below 0 for a reduction.
    """

    needed: bool
    value_move: Fraction
    term_move: Fraction
    sentence: str


def change_notice(
    value_before: Decimal | int,
    value_after: Decimal | int,
    supplies: Supplies,
    start: date,
    end_before: date,
    end_after: date,
) -> ChangeNotice:
    """Whether a change needs a contract change notice (UK10) before it is made, as `ChangeNotice` reads the Act.

    Values are in pounds. The term is counted in days, the first and the last included. Section 75 measures by the
    longest term provided for on award, and takes together changes that could have been one: pass such figures. Raises
    `UserError` for a value that is 0 or less before, or below 0 after, and for an end before the start.
    """
    _refuse_values(value_before, value_after)
    _refuse_ends(start, end_before=end_before, end_after=end_after)
    value_move = Fraction(value_after) / Fraction(value_before) - 1
    term_move = Fraction((end_after - end_before).days, (end_before - start).days + 1)
    values = f"from {format_money(value_before)} to {format_money(value_after)}"
    ends = f"from {format_date(end_before)} to {format_date(end_after)}"
    found = []
    if value_move:
        verb = "rises" if value_move > 0 else "falls"
        found.append(f"The value {verb} {values}, by {_beside_limit(value_move, supplies.value_percent)}")
    if term_move:
        verb = "lengthens" if term_move > 0 else "shortens"
        found.append(f"The end moves {ends}, which {verb} the term by {_beside_limit(term_move, MOST_TERM_PERCENT)}")
    over = _is_over(value_move, supplies.value_percent) or _is_over(term_move, MOST_TERM_PERCENT)
    needed = over or not found
    reason = ". ".join(found) or "Neither the value nor the term moves, and only a small move of one is excepted"
    outcome = f"publish a {UK10} before the change" if needed else f"no {UK10} is needed"
    return ChangeNotice(needed, value_move, term_move, f"{reason}, so {outcome}. {CHECK}")


def _refuse_values(before: Decimal | int, after: Decimal | int) -> None:
    if before <= 0:
        raise _no_value_to_measure(before, "value_before")
    if after < 0:
        raise _no_value_to_measure(after, "value_after")


def _refuse_ends(start: date, **ends: date) -> None:
    for field, end in ends.items():
        if end < start:
            raise UserError(
                f"The contract cannot end on {format_date(end)}, before it starts on {format_date(start)}. "
                f"Enter a later end, for example {format_date(months_before(start, -12))}.",
                field=field,
            )


def _is_over(move: Fraction, limit: int) -> bool:
    return abs(move) * 100 > limit


def _beside_limit(move: Fraction, limit: int) -> str:
    """A move beside its limit, to two decimal places, but never rounded to the limit itself or to 0."""
    exact = abs(move) * 100
    rounded = Decimal(round(exact * 100)) / 100
    size = f"{format_number(rounded, places=2)}%" if rounded else "less than 0.01%"
    if rounded == limit != exact:
        size = f"just {'over' if exact > limit else 'under'} {limit}%"
    return f"{size}: {'over' if _is_over(move, limit) else 'at or under'} {limit}%"
