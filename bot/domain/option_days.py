"""The last day to decide on an option: it follows the contract's end where its rule counts from there, and only a
variation agrees a later one than the contract's."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.deadlines import Deadline
from bot.domain.wording import format_date
from bot.errors import UserError

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayToDecide:
    """The last day to decide, and the variation that agreed it with its day; without one it is the contract's."""

    on: date
    variation: str = ""
    varied_on: date | None = None


def check_change(before: DayToDecide, after: DayToDecide) -> None:
    """Refuse a later day without a variation of its own that agreed it. Raises `UserError`, with the field."""
    if after.on <= before.on:
        return
    if not after.variation or (after.variation, after.varied_on) == (before.variation, before.varied_on):
        raise UserError(
            f"The last day to decide is {format_date(before.on)}, and {format_date(after.on)} is later. Only a "
            "variation agrees a later day: enter its reference or title, and the day on which it was agreed.",
            field="variation",
        )


def following(rule: Deadline, end: date, new_end: date) -> Deadline | None:
    """The rule from the new end of the contract, or from the day after it; None for one that counts from elsewhere."""
    if rule.anchor == end:
        return replace(rule, anchor=new_end)
    return replace(rule, anchor=new_end + _DAY) if rule.anchor == end + _DAY else None
