"""Working days in the three parts of the United Kingdom that have their own bank holidays.

The day of an event is not counted: one working day after a Monday is the Tuesday. bot.app builds the calendar and
passes it in, like the present time. Every method raises `CalendarEnds` for a day outside the published years, because a
deadline must not be guessed.
"""

import calendar as almanac
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property

from govuk_bank_holidays.bank_holidays import BankHolidays

from bot.domain.london import london as london
from bot.domain.london import london_instant as london_instant
from bot.domain.wording import MONTHS, format_date, plural
from bot.errors import UserError

DAY_ENDS = 17  # the hour, in Europe/London: a later message waits for the next working morning

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class Nation(StrEnum):
    """The part of the United Kingdom where a contract is delivered. It decides the bank holidays."""

    ENGLAND_AND_WALES = "England and Wales"
    SCOTLAND = "Scotland"
    NORTHERN_IRELAND = "Northern Ireland"


class CalendarEnds(UserError):
    """A date lies outside the years for which bank holidays are published."""

    def __init__(self, day: date, first: date, last: date) -> None:
        super().__init__(
            f"{format_date(day)} is outside the bank holidays known here, "
            f"which run from {format_date(first)} to {format_date(last)}. "
            f"Use a date between them, for example {format_date(last.replace(month=3))}."
        )


def _no_such_working_day(year: int, month: int, n: int, working_days: int) -> UserError:
    """A month does not have as many working days as were asked for, or fewer than one was asked for."""
    return UserError(
        f"{MONTHS[month - 1]} {year} has {plural(working_days, 'working day')}, so there is no "
        f"working day {n}. Use a whole number from 1 to {working_days}, for example 3."
    )


@dataclass(frozen=True)
class NationCalendar:
    """The working days of one nation: its bank holidays, and the first and last day for which they are known."""

    nation: Nation
    holidays: frozenset[date] = field(repr=False)
    first: date
    last: date

    def is_working_day(self, day: date) -> bool:
        """Whether a day is neither at a weekend nor a bank holiday. Raises `CalendarEnds`."""
        self.require_known(day)
        return day.weekday() < _SATURDAY and day not in self.holidays

    def add_working_days(self, anchor: date, count: int) -> date:
        """The day that is `count` working days after the anchor. The anchor is not counted.

        A negative count goes backwards; zero gives the anchor, even if it is not a working day. Raises `CalendarEnds`
        if the anchor or a day on the way is not known.
        """
        self.require_known(anchor)
        if not count:
            return anchor
        days = self.working_days
        place = bisect_right(days, anchor) + count - 1 if count > 0 else bisect_left(days, anchor) + count
        if not 0 <= place < len(days):
            beyond = self.last + _ONE_DAY if count > 0 else self.first - _ONE_DAY
            raise CalendarEnds(beyond, self.first, self.last)
        return days[place]

    def nth_working_day(self, year: int, month: int, n: int) -> date:
        """The nth working day of a month, from 1. Raises `UserError` if the month has none, and
        `CalendarEnds`."""
        first, last = date(year, month, 1), date(year, month, almanac.monthrange(year, month)[1])
        self.require_known(first)
        self.require_known(last)
        working = self.working_days[bisect_left(self.working_days, first) : bisect_right(self.working_days, last)]
        if not 1 <= n <= len(working):
            raise _no_such_working_day(year, month, n, len(working))
        return working[n - 1]

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after `start`, up to and including `end`. Raises `CalendarEnds`.

        Swapping the two days changes the sign and nothing else, so a report due on a Friday is no working day late on
        the Saturday.
        """
        if end < start:
            return -self.working_days_between(end, start)
        self.require_known(start)
        self.require_known(end)
        return bisect_right(self.working_days, end) - bisect_right(self.working_days, start)

    def roll_back(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before it. Raises `CalendarEnds`."""
        while not self.is_working_day(day):
            day -= _ONE_DAY
        return day

    def roll_forward(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it. Raises `CalendarEnds`."""
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def bank_holidays(self, first: date, last: date) -> list[date]:
        """The bank holidays on weekdays from one day to another, both included; none if `last` is before `first`.

        Raises `CalendarEnds` if either day is not known.
        """
        self.require_known(first)
        self.require_known(last)
        return sorted(day for day in self.holidays if first <= day <= last and day.weekday() < _SATURDAY)

    def next_working_morning(self, instant_utc: datetime, hour: int = 9) -> datetime:
        """The next instant, in aware UTC, at which a message may go out: never at night, at a weekend or on a bank
        holiday.

        This is the instant itself from `hour` until 5pm of a working day in Europe/London, else the next `hour` o'clock
        of a working day, which may be later the same day. Raises `ValueError` if the instant is naive, and
        `CalendarEnds`.
        """
        local = london(instant_utc)
        today = local.date()
        working = self.is_working_day(today)
        if working and hour <= local.hour < DAY_ENDS:
            return instant_utc.astimezone(UTC)
        if working and local.hour < hour:
            return london_instant(today, hour)
        return london_instant(self.add_working_days(today, 1), hour)

    def is_working_time(self, instant_utc: datetime) -> bool:
        """Whether an instant is in working hours, 9am to 5pm of a working day, when people may be messaged.

        Raises `ValueError` for a naive instant, and `CalendarEnds`.
        """
        return self.next_working_morning(instant_utc) == instant_utc

    @cached_property
    def working_days(self) -> Sequence[date]:
        """Every working day that is known, in order."""
        span = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return tuple(day for day in span if day.weekday() < _SATURDAY and day not in self.holidays)

    def require_known(self, day: date) -> None:
        """Raises `CalendarEnds` unless the bank holidays of a day are known."""
        if not self.first <= day <= self.last:
            raise CalendarEnds(day, self.first, self.last)


@dataclass(frozen=True)
class WorkingCalendar:
    """The calendars of all nations."""

    nations: tuple[NationCalendar, ...]

    def of(self, nation: Nation) -> NationCalendar:
        """The calendar of one nation."""
        return self._by_nation[nation]

    @cached_property
    def _by_nation(self) -> dict[Nation, NationCalendar]:
        return {each.nation: each for each in self.nations}


@cache
def published() -> WorkingCalendar:
    """The bank holidays published on GOV.UK, from the package govuk-bank-holidays; no network is used.

    They are known for whole years, from the first year that has any to the last.
    """
    data = BankHolidays(use_cached_holidays=True)
    return WorkingCalendar(tuple(_published(data, nation) for nation in Nation))


def _published(data: BankHolidays, nation: Nation) -> NationCalendar:
    division = nation.value.lower().replace(" ", "-")  # as GOV.UK writes it: "england-and-wales"
    holidays = frozenset(event["date"] for event in data.get_holidays(division=division))
    first, last = date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31)
    return NationCalendar(nation, holidays, first, last)


def extended(end: date, months: int) -> date:
    """A last day, moved on by whole months: the last day of a month gives the last day of another.

    A term from 1 October to 30 September, extended by 6 months, ends on 31 March.
    """
    day = months_before(end, -months)
    is_month_end = (end + _ONE_DAY).day == 1
    return day.replace(day=almanac.monthrange(day.year, day.month)[1]) if is_month_end else day


def months_before(day: date, months: int) -> date:
    """The same day of the month, this many calendar months earlier, or the last day of that month if it is shorter.

    A negative number goes forwards. Raises `UserError` if that leaves the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise UserError(f"{plural(months, 'month')} is too long. Use a number of months, for example 6.")
    return date(year, month + 1, min(day.day, almanac.monthrange(year, month + 1)[1]))
