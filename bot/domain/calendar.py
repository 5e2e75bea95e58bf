"""Working days in the three parts of the United Kingdom that have their own bank holidays.

The day of an event is not counted: one working day after a Monday is the Tuesday. bot.app builds the calendar and
passes it in, like the present time. It has no end: beyond the years for which bank holidays are published, they are
worked out by the standing rules, and each day that depends on them is marked provisional (see bot.domain.provisional).
"""

import calendar as almanac
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from functools import cache, cached_property, lru_cache

from bot.domain.bank_holidays import SATURDAY, PublishedHolidays, published_holidays
from bot.domain.bank_holidays import Nation as Nation
from bot.domain.london import london as london
from bot.domain.london import london_instant as london_instant
from bot.domain.provisional import ProvisionalDate, ProvisionalInstant
from bot.domain.wording import MONTHS, plural
from bot.errors import UserError

DAY_ENDS = 17  # the hour, in Europe/London: a later message waits for the next working morning

_ONE_DAY = timedelta(days=1)


class NoSuchWorkingDay(UserError):
    """A month does not have as many working days as were asked for, or fewer than one was asked for."""

    def __init__(self, year: int, month: int, n: int, working_days: int) -> None:
        super().__init__(
            f"{MONTHS[month - 1]} {year} has {plural(working_days, 'working day')}, so there is no "
            f"working day {n}. Use a whole number from 1 to {working_days}, for example 3."
        )


@dataclass(frozen=True)
class Proclamation:
    """A day that the register knows to be a bank holiday in a nation, or not to be one, whatever is published."""

    nation: Nation
    day: date
    is_holiday: bool


@dataclass(frozen=True)
class NationCalendar:
    """The working days of one nation: its bank holidays, and the first and last day for which they are published."""

    nation: Nation
    holidays: frozenset[date] = field(repr=False)
    first: date
    last: date

    def is_working_day(self, day: date) -> bool:
        """Whether a day is neither at a weekend nor a bank holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def add_working_days(self, anchor: date, count: int) -> date:
        """The day that is `count` working days after the anchor. The anchor is not counted.

        A negative count goes backwards; zero gives the anchor, even if it is not a working day.
        """
        if not count:
            return anchor
        counted = self._working_days_until(anchor)
        if count < 0 and self.is_working_day(anchor):
            counted -= 1
        return self.as_worked_out(self._working_day_number(counted + count + (count < 0)), anchor)

    def nth_working_day(self, year: int, month: int, n: int) -> date:
        """The nth working day of a month, from 1. Raises `NoSuchWorkingDay` if the month has none."""
        first, last = date(year, month, 1), date(year, month, almanac.monthrange(year, month)[1])
        before = self._working_days_until(first) - self.is_working_day(first)
        working = self._working_days_until(last) - before
        if not 1 <= n <= working:
            raise NoSuchWorkingDay(year, month, n, working)
        return self.as_worked_out(self._working_day_number(before + n))

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after `start`, up to and including `end`.

        Swapping the two days changes the sign and nothing else, so a report due on a Friday is no working day late on
        the Saturday.
        """
        return self._working_days_until(end) - self._working_days_until(start)

    def roll_back(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before it."""
        return self.as_worked_out(self._working_day_number(self._working_days_until(day)), day)

    def roll_forward(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it."""
        is_worked = self.is_working_day(day)
        return self.as_worked_out(day if is_worked else self._working_day_number(self._working_days_until(day) + 1))

    def bank_holidays(self, first: date, last: date) -> list[date]:
        """The bank holidays on weekdays from one day to another, both included; none if `last` is before `first`."""
        days = self._days_off
        return [
            date.fromordinal(day)
            for day in days[bisect_left(days, first.toordinal()) : bisect_right(days, last.toordinal())]
        ]

    def next_working_morning(self, instant_utc: datetime, hour: int = 9) -> datetime:
        """The next instant, in aware UTC, at which a message may go out: never at night, at a weekend or on a bank
        holiday.

        This is the instant itself from `hour` until 5pm of a working day in Europe/London, else the next `hour` o'clock
        of a working day, which may be later the same day. Raises `ValueError` if the instant is naive.
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

        Raises `ValueError` for a naive instant.
        """
        return self.next_working_morning(instant_utc) == instant_utc

    def is_published(self, day: date) -> bool:
        """Whether the bank holidays of a day's year are published."""
        return self.first <= day <= self.last

    def as_worked_out(self, day: date, *anchors: date) -> date:
        """A day that was worked out, from these days: marked if the bank holidays of one of them are not published."""
        first, last = min(day, *anchors, day), max(day, *anchors, day)
        return day if self.first <= first and last <= self.last else ProvisionalDate.of(day)

    def as_worked_out_instant(self, at: datetime) -> datetime:
        """An instant that was worked out: marked if the bank holidays of its day are not published."""
        return at if self.is_published(london(at).date()) else ProvisionalInstant.of(at)

    @cached_property
    def _days_off(self) -> Sequence[int]:
        """The bank holidays on weekdays, as ordinals, in order."""
        return tuple(sorted(day.toordinal() for day in self.holidays if day.weekday() < SATURDAY))

    def _working_days_until(self, day: date) -> int:
        """How many working days there are from the first day of the year 1, a Monday, to a day, which is counted."""
        ordinal = day.toordinal()
        weeks, days = divmod(ordinal, 7)
        return weeks * 5 + min(days, 5) - bisect_right(self._days_off, ordinal)

    def _working_day_number(self, number: int) -> date:
        """The working day up to which there are so many."""
        off = bisect_right(self._days_off, number * 7 // 5)
        while True:  # each bank holiday on the way moves the day on, perhaps past others
            weeks, days = divmod(number + off - 1, 5)
            ordinal = weeks * 7 + days + 1
            if (passed := bisect_right(self._days_off, ordinal)) == off:
                return date.fromordinal(ordinal)
            off = passed


@dataclass(frozen=True)
class WorkingCalendar:
    """The calendars of all nations."""

    nations: tuple[NationCalendar, ...]

    def of(self, nation: Nation) -> NationCalendar:
        """The calendar of one nation."""
        return self._by_nation[nation]

    @property
    def last(self) -> date:
        """The last day for which the bank holidays of every nation are published."""
        return min(each.last for each in self.nations)

    def with_proclaimed(self, days: frozenset[Proclamation]) -> "WorkingCalendar":
        """The calendar with these days."""
        return _with_proclaimed(self, days) if days else self

    @cached_property
    def _by_nation(self) -> dict[Nation, NationCalendar]:
        return {each.nation: each for each in self.nations}


@lru_cache(maxsize=8)
def _with_proclaimed(calendar: WorkingCalendar, days: frozenset[Proclamation]) -> WorkingCalendar:
    def changed(each: NationCalendar) -> NationCalendar:
        own = [day for day in days if day.nation is each.nation]
        added = {day.day for day in own if day.is_holiday}
        removed = {day.day for day in own if not day.is_holiday}
        return replace(each, holidays=each.holidays - removed | added)

    return WorkingCalendar(tuple(map(changed, calendar.nations)))


@cache
def published() -> WorkingCalendar:
    """The working days by the bank holidays that are published, and beyond them by the ordinary ones."""
    return WorkingCalendar(tuple(calendar_from(nation, published_holidays(nation)) for nation in Nation))


def calendar_from(nation: Nation, known: PublishedHolidays) -> NationCalendar:
    """The calendar of a nation for which these bank holidays are published."""
    return NationCalendar(nation, known.with_ordinary(nation), known.first, known.last)


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
