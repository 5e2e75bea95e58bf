"""Deadlines as a contract or the law sets them: an anchor, a rule and a calendar, with the working shown.

The register stores a deadline as the words of its rule, which a person can read and write, beside the resulting day.
The day of the event is not counted. The units count as follows:

- Working days never end at a weekend or on a bank holiday of the nation.
- Days are calendar days, as the law counts them. They roll only where the deadline says so.
- Months before a day are a notice, which rolls back to a working day so that it is never late. Months after a day roll
  only where the deadline says so. A month too short for the day gives its own last day.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Self

from bot.domain.calendar import NationCalendar, months_before
from bot.domain.command_line import NoSuchDay, NotADate, parse_date
from bot.domain.periods import Month
from bot.domain.wording import MONTHS, WEEKDAYS, format_date, join_words, ordinal, plural, quoted
from bot.errors import UserError

MOST = 999  # of any unit
MOST_CHARACTERS = 120  # of a deadline in words; the longest canonical one has fewer

_MOST_WORKING_DAYS = 23  # in any month
_YEARS = range(1900, 2200)  # the years of a typed date
_ONE_DAY = timedelta(days=1)
_YEAR = timedelta(days=365)  # within less than this, no day of a month comes twice


class TimeUnit(StrEnum):
    """The unit in which a deadline counts."""

    DAY = "day"
    WORKING_DAY = "working day"
    MONTH = "month"


class Side(StrEnum):
    """The position of a deadline: after or before its anchor, or within the month that begins with the anchor."""

    AFTER = "after"
    BEFORE = "before"
    OF = "of"


class Roll(StrEnum):
    """The direction in which a deadline moves from a day that is not a working day."""

    FORWARD = "forward"
    BACK = "back"


class NotADeadline(UserError):
    """The text or combination of values is not a deadline."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"{problem}. Enter a date, or a count from a date, "
            "for example 31 March 2027 or 10 working days after 22 December 2026."
        )


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline; `str` gives its canonical words, and `parse_deadline` reads them back.

    A fixed date is 0 days after itself. The nth working day of a month has the month's first day as anchor. `roll` is
    None if the deadline names no direction. Raises `NotADeadline` for a combination that has no canonical words.
    """

    count: int
    unit: TimeUnit
    side: Side
    anchor: date
    roll: Roll | None = None

    def __post_init__(self) -> None:
        least = 0 if (self.unit, self.side) == (TimeUnit.DAY, Side.AFTER) else 1
        most = _MOST_WORKING_DAYS if self.side is Side.OF else MOST
        if not least <= self.count <= most:
            raise NotADeadline(f"{self.count:,} is not a number of {self.unit}s from 1 to {most}")
        if self.anchor.year not in _YEARS:
            raise NotADeadline(f"{format_date(self.anchor)} is outside the years {_YEARS[0]} to {_YEARS[-1]}")
        if self.side is Side.OF and (self.unit is not TimeUnit.WORKING_DAY or self.anchor.day != 1):
            raise NotADeadline("Only working days are counted within a month")
        if self.roll and self.unit is TimeUnit.WORKING_DAY:
            raise NotADeadline("Working days already end on a working day, so they do not roll")
        if self.roll and self._is_notice:
            raise NotADeadline("A notice in months always rolls back to a working day, and never forward")

    @classmethod
    def fixed(cls, day: date, roll: Roll | None = None) -> Self:
        """A fixed date, without a rule."""
        return cls(0, TimeUnit.DAY, Side.AFTER, day, roll)

    @classmethod
    def in_month(cls, n: int, month: Month) -> Self:
        """The nth working day of a month, from 1."""
        return cls(n, TimeUnit.WORKING_DAY, Side.OF, month.start)

    @property
    def kept_rule(self) -> str:
        """Its rule as it is stored beside its day: "" for a fixed day."""
        return "" if self == Deadline.fixed(self.anchor) else str(self)

    def on(self, calendar: NationCalendar) -> date:
        """The day of the deadline.

        Marked provisional if it depends on bank holidays that are not published. Raises `UserError` if the month has
        too few working days.
        """
        day = self._before_rolling(calendar)
        match self._rolls:
            case Roll.FORWARD:
                return calendar.roll_forward(day)
            case Roll.BACK:
                return calendar.roll_back(day)
            case None:
                return day

    def working(self, calendar: NationCalendar) -> str:
        """How the day follows from the rule, in words that end with the day; the nation is named if its calendar
        matters.

        Raises the same errors as `on`.
        """
        due = self.on(calendar)
        if self.unit is TimeUnit.WORKING_DAY:
            return f"{self}, {calendar.nation}: {self._holidays_passed(due, calendar)}, so {format_date(due)}"
        rule = "The fixed date" if self._is_fixed else self._rule
        if self._rolls is None:
            every_day = ", counting every day," if self.unit is TimeUnit.DAY and not self._is_fixed else ""
            return f"{rule}{every_day} is {_with_weekday(due)}"
        day = self._before_rolling(calendar)
        if day == due:
            return f"{rule}, {calendar.nation}, is a working day: {_with_weekday(due)}"
        holidays = calendar.bank_holidays(min(day, due), max(day, due))
        passed = f"; {_named(holidays)} in {calendar.nation}" if holidays else ""
        why = "notices roll" if self._is_notice else "it rolls"
        return f"{rule} is {_with_weekday(day)}{passed}; {why} {self._rolls} to a working day, so {_with_weekday(due)}"

    def is_provisional(self, due: date, published_until: date) -> bool:
        """Whether its day depends on bank holidays beyond the last day for which they are published."""
        if self.unit is TimeUnit.WORKING_DAY:
            return max(due, self.anchor) > published_until
        return self._rolls is not None and max(due, self._by_the_almanac()) > published_until

    def __str__(self) -> str:
        return f"{self._rule}, rolled {self.roll} to a working day" if self.roll else self._rule

    @property
    def _is_fixed(self) -> bool:
        return self.count == 0

    @property
    def _is_notice(self) -> bool:
        return (self.unit, self.side) == (TimeUnit.MONTH, Side.BEFORE)

    @property
    def _rolls(self) -> Roll | None:
        return Roll.BACK if self._is_notice else self.roll

    @property
    def _rule(self) -> str:
        if self._is_fixed:
            return format_date(self.anchor)
        if self.side is Side.OF:
            return f"{ordinal(self.count)} {self.unit} of {Month.of(self.anchor)}"
        return f"{plural(self.count, self.unit)} {self.side} {format_date(self.anchor)}"

    def _before_rolling(self, calendar: NationCalendar) -> date:
        if self.side is Side.OF:
            return calendar.nth_working_day(self.anchor.year, self.anchor.month, self.count)
        if self.unit is TimeUnit.WORKING_DAY:
            return calendar.add_working_days(self.anchor, self._signed_count)
        return self._by_the_almanac()

    def _by_the_almanac(self) -> date:
        """The day of a rule that counts days or months of the calendar, before it rolls."""
        if self.unit is TimeUnit.MONTH:
            return months_before(self.anchor, -self._signed_count)
        return self.anchor + timedelta(days=self._signed_count)

    @property
    def _signed_count(self) -> int:
        return -self.count if self.side is Side.BEFORE else self.count

    def _holidays_passed(self, due: date, calendar: NationCalendar) -> str:
        """The bank holidays that the count skipped, in words; the anchor is not counted, so it is not named."""
        match self.side:
            case Side.AFTER:
                holidays = calendar.bank_holidays(self.anchor + _ONE_DAY, due)
            case Side.BEFORE:
                holidays = calendar.bank_holidays(due, self.anchor - _ONE_DAY)
            case Side.OF:
                holidays = calendar.bank_holidays(self.anchor, due)
        none = "no bank holidays fall before it" if self.side is Side.OF else "no bank holidays fall between"
        return _named(holidays, with_years=abs(due - self.anchor) >= _YEAR) if holidays else none


def kept_deadline(day: date | None, rule: str) -> Deadline | None:
    """The deadline that is stored as a day and its rule; None without either."""
    if rule:
        return parse_deadline(rule)
    return None if day is None else Deadline.fixed(day)


_ROLLED = re.compile(r"(?P<rest>.+?),? rolled (?P<way>forward|back)(?: to a working day)?", re.IGNORECASE)
_COUNTED = re.compile(r"(?P<count>[0-9]{1,9}) (?P<unit>.+?) (?P<side>after|before) (?P<anchor>.+)", re.IGNORECASE)
_IN_MONTH = re.compile(r"(?P<n>[0-9]{1,9})(?:st|nd|rd|th)? working day of (?P<month>.+)", re.IGNORECASE)
_UNITS = {
    **{unit.value: unit for unit in TimeUnit},
    **{f"calendar {unit}": unit for unit in (TimeUnit.DAY, TimeUnit.MONTH)},
}


def parse_deadline(text: str) -> Deadline:
    """The typed deadline, in any case: "10 working days after 22/12/2026", "31 March 2027".

    It reads counts of days, working days and months after or before a date, "3rd working day of January 2027" and a
    date alone; each date has its year, in a form that `parse_date` reads. ", rolled forward to a working day" or ",
    rolled back to a working day" may follow. Raises `NotADeadline` for anything else.
    """
    typed = " ".join(text.split())
    if not typed:
        raise NotADeadline("A deadline is needed")
    if len(typed) > MOST_CHARACTERS:
        raise NotADeadline(f"{quoted(typed)} is too long for a deadline")
    rolled = _ROLLED.fullmatch(typed)
    roll = Roll(rolled["way"].lower()) if rolled else None
    rule = rolled["rest"] if rolled else typed
    if in_month := _IN_MONTH.fullmatch(rule):
        return Deadline.in_month(int(in_month["n"]), _month(in_month["month"]))
    counted = _COUNTED.fullmatch(rule)
    if counted is None:
        return Deadline.fixed(_day(rule), roll)
    count, unit, side = int(counted["count"]), _unit(counted["unit"]), Side(counted["side"].lower())
    if count == 0:  # without this, "0 days after" would be read as a fixed date
        raise NotADeadline(f"0 is not a number of {unit}s from 1 to {MOST}")
    if unit is TimeUnit.WORKING_DAY or (unit, side, roll) == (TimeUnit.MONTH, Side.BEFORE, Roll.BACK):
        roll = None  # the rule rolls that way by itself
    return Deadline(count, unit, side, _day(counted["anchor"]), roll)


def _unit(typed: str) -> TimeUnit:
    unit = _UNITS.get(typed.lower().removesuffix("s"))
    if unit is None:
        raise NotADeadline(f"{quoted(typed)} cannot be counted here: use days, working days or months")
    return unit


def _day(typed: str) -> date:
    try:
        if re.search("[0-9]{4}", typed):
            return parse_date(typed, date.min)  # with a year, the present day makes no difference
    except (NotADate, NoSuchDay):
        pass
    raise NotADeadline(f"{quoted(typed)} is not a day of the calendar with its month and year")


def _month(typed: str) -> Month:
    first = f"{typed}-01" if re.fullmatch("[0-9]{4}-[0-9]{2}", typed) else f"1 {typed}"
    try:
        return Month.of(_day(first))
    except NotADeadline:
        raise NotADeadline(f"{quoted(typed)} is not a month with its year") from None


def _with_weekday(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {format_date(day)}"


def _named(holidays: Sequence[date], *, with_years: bool = False) -> str:
    """Bank holidays in words: "25 and 28 December and 1 January are bank holidays"."""
    names = []
    for month, days in groupby(holidays, Month.of):
        numbers = join_words([str(day.day) for day in days])
        names.append(f"{numbers} {month if with_years else MONTHS[month.month - 1]}")
    return f"{join_words(names)} {'is a bank holiday' if len(holidays) == 1 else 'are bank holidays'}"
