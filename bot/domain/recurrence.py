"""How an obligation comes again: its rule moves on by so many months, and keeps its day of the month.

The words are "monthly", "quarterly", "yearly" or "every 6 months". "on the 30th" or "on the last day" may follow, where
the day is another than that of the date that moves on. Month ends stay month ends: after 30 June comes 30 September,
and 31 December after that.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.calendar import months_before
from bot.domain.deadlines import Deadline, Side
from bot.domain.wording import ordinal, quoted
from bot.errors import UserError

MOST_MONTHS = 120
LAST_DAY = 31
MOST_CHARACTERS = 40

_NAMED = {"monthly": 1, "quarterly": 3, "yearly": 12}
_NAMES = {months: name for name, months in _NAMED.items()}
_OTHER_NAMES = {"annually": "yearly", "every month": "monthly", "every year": "yearly", "every quarter": "quarterly"}
_WORDS = re.compile(
    r"(?P<often>.+?)(?:,? on the (?:(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?|(?P<last>last day)))?", re.IGNORECASE
)
_EVERY = re.compile(r"every (?P<months>[0-9]{1,3}) months?", re.IGNORECASE)


def _not_a_recurrence(typed: str) -> UserError:
    return UserError(
        f"{quoted(typed)} does not say how it comes again. Enter monthly, quarterly, yearly or every 6 months; "
        "“on the 30th” or “on the last day” may follow."
    )


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every so many months; `day` is the day of the month that it keeps, 31 for the last, None for that of the date."""

    months: int
    day: int | None = None

    def after(self, due: Deadline) -> Deadline:
        """The next deadline: the same rule, from the date that is so many months later."""
        return replace(due, anchor=self._moved(due))

    def from_then_on(self, due: Deadline) -> "Recurrence":
        """How it comes again after the next deadline: with its day, where the next date no longer tells it."""
        day = self._day(due)
        plain = replace(self, day=None)
        return plain if due.side is Side.OF or plain._day(self.after(due)) == day else replace(self, day=day)

    def __str__(self) -> str:
        often = _NAMES.get(self.months, f"every {self.months} months")
        if self.day is None:
            return often
        return f"{often} on the {'last day' if self.day == LAST_DAY else ordinal(self.day)}"

    def _moved(self, due: Deadline) -> date:
        """The date of the next deadline; a month too short for its day gives its own last day."""
        first = months_before(due.anchor.replace(day=1), -self.months)
        if due.side is Side.OF:
            return first
        last = months_before(first, -1) - timedelta(days=1)
        return min(first + timedelta(days=self._day(due) - 1), last)

    def _day(self, due: Deadline) -> int:
        """The day of the month that it keeps."""
        if self.day is not None:
            return self.day
        is_last = (due.anchor + timedelta(days=1)).day == 1
        return LAST_DAY if is_last else due.anchor.day


def parse_recurrence(text: str) -> Recurrence:
    """The typed words, in any case. Raises `UserError`."""
    typed = " ".join(text.split())
    found = _WORDS.fullmatch(typed)
    if found is None or len(typed) > MOST_CHARACTERS:
        raise _not_a_recurrence(typed)
    months = _months(found["often"].lower())
    day = LAST_DAY if found["last"] else int(found["day"]) if found["day"] else None
    if months is None or day == 0 or (day is not None and day > LAST_DAY):
        raise _not_a_recurrence(typed)
    return Recurrence(months, day)


def _months(often: str) -> int | None:
    named = _NAMED.get(_OTHER_NAMES.get(often, often))
    every = _EVERY.fullmatch(often)
    months = named or (int(every["months"]) if every else 0)
    return months if 1 <= months <= MOST_MONTHS else None
