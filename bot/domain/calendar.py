"""Working days in the three divisions of the United Kingdom that have bank holidays of their own.

The day of an event is not counted: one working day after a Monday is the Tuesday. Bank holidays are those
published on GOV.UK, carried by the package govuk-bank-holidays; no network is used. Beyond its data every
function raises `CalendarEnds`, because a deadline must not be guessed.
"""

import calendar as almanac
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from govuk_bank_holidays.bank_holidays import BankHolidays

from bot.domain.london import london as london
from bot.domain.london import london_instant as london_instant
from bot.domain.wording import MONTHS, format_date, plural
from bot.errors import UserError

DAY_ENDS = 17  # the hour, in Europe/London, from which a message waits for the next working morning

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class Nation(StrEnum):
    """Where a contract is delivered, which chooses its bank holidays."""

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


class NoSuchWorkingDay(UserError):
    """A month does not have as many working days as were asked for, or fewer than one was asked for."""

    def __init__(self, year: int, month: int, n: int, working_days: int) -> None:
        super().__init__(
            f"{MONTHS[month - 1]} {year} has {plural(working_days, 'working day')}, so there is no "
            f"working day {n}. Use a whole number from 1 to {working_days}, for example 3."
        )


class MonthsOutOfRange(UserError):
    """A number of months leads out of the years that a date can have."""

    def __init__(self, months: int) -> None:
        super().__init__(f"{plural(months, 'month')} is too long. Use a number of months, for example 6.")


class _Published(NamedTuple):
    """The bank holidays of a nation, and the first and last day of the years they cover."""

    holidays: frozenset[date]
    first: date
    last: date


def is_working_day(day: date, nation: Nation) -> bool:
    """Whether a day is neither at a weekend nor a bank holiday. `CalendarEnds` outside the data."""
    holidays, first, last = _published(nation)
    if not first <= day <= last:
        raise CalendarEnds(day, first, last)
    return day.weekday() < _SATURDAY and day not in holidays


def add_working_days(anchor: date, count: int, nation: Nation) -> date:
    """The day that is `count` working days after the anchor, which is itself not counted.

    A negative count goes backwards; zero gives the anchor, even if it is no working day.
    `CalendarEnds` if the anchor or the way there leaves the data.
    """
    is_working_day(anchor, nation)  # an anchor outside the data is refused, whatever the count
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    day, left = anchor, abs(count)
    while left:
        day += step
        left -= is_working_day(day, nation)
    return day


def nth_working_day(year: int, month: int, n: int, nation: Nation) -> date:
    """The nth working day of a month, from 1. `NoSuchWorkingDay` if the month has none; `CalendarEnds`."""
    first = date(year, month, 1)
    month_days = (first + timedelta(days=offset) for offset in range(31))
    working = [day for day in month_days if day.month == month and is_working_day(day, nation)]
    if not 1 <= n <= len(working):
        raise NoSuchWorkingDay(year, month, n, len(working))
    return working[n - 1]


def working_days_between(start: date, end: date, nation: Nation) -> int:
    """How many working days come after `start`, up to and including `end`. `CalendarEnds` outside the data.

    Swapping the two days changes the sign and nothing else, so a report due on a Friday is no working day
    late on the Saturday.
    """
    if end < start:
        return -working_days_between(end, start, nation)
    is_working_day(start, nation)
    is_working_day(end, nation)  # refuses a far end before anything is counted
    return sum(is_working_day(start + timedelta(days=n), nation) for n in range(1, (end - start).days + 1))


def roll_back(day: date, nation: Nation) -> date:
    """The day itself if it is a working day, else the last one before it. `CalendarEnds` outside the data."""
    while not is_working_day(day, nation):
        day -= _ONE_DAY
    return day


def roll_forward(day: date, nation: Nation) -> date:
    """The day itself if it is a working day, else the first one after it. `CalendarEnds` outside the data."""
    while not is_working_day(day, nation):
        day += _ONE_DAY
    return day


def known_days(nation: Nation) -> tuple[date, date]:
    """The first and the last day of the years for which bank holidays are known."""
    _, first, last = _published(nation)
    return first, last


def bank_holidays(first: date, last: date, nation: Nation) -> list[date]:
    """The bank holidays on weekdays from one day to another, both included; none where `last` is the earlier.

    `CalendarEnds` if either day is outside the data.
    """
    is_working_day(first, nation)
    is_working_day(last, nation)
    holidays = _published(nation).holidays
    return sorted(day for day in holidays if first <= day <= last and day.weekday() < _SATURDAY)


def months_before(day: date, months: int) -> date:
    """The same day of the month so many calendar months earlier, or that month's last day if it is shorter.

    A negative number goes forwards. `MonthsOutOfRange` if that leaves the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise MonthsOutOfRange(months)
    return date(year, month + 1, min(day.day, almanac.monthrange(year, month + 1)[1]))


def notice_day(end: date, months: int, nation: Nation) -> date:
    """The last working day on which so many months' notice of an end can be given: notices roll backward."""
    return roll_back(months_before(end, months), nation)


def next_working_morning(instant_utc: datetime, nation: Nation, hour: int = 9) -> datetime:
    """When a message may next go out, in aware UTC: never at night, at a weekend or on a bank holiday.

    The instant itself from `hour` until 5pm of a working day in Europe/London, else the next `hour` o'clock
    of a working day, which may be later the same day. ValueError if the instant is naive; `CalendarEnds`.
    """
    local = london(instant_utc)
    today = local.date()
    working = is_working_day(today, nation)
    if working and hour <= local.hour < DAY_ENDS:
        return instant_utc.astimezone(UTC)
    if working and local.hour < hour:
        return london_instant(today, hour)
    return london_instant(add_working_days(today, 1, nation), hour)


def is_working_time(instant_utc: datetime, nation: Nation) -> bool:
    """Whether people may be written to at an instant: from 9am to 5pm of a working day. ValueError, `CalendarEnds`."""
    return next_working_morning(instant_utc, nation) == instant_utc


@cache
def _published(nation: Nation) -> _Published:
    division = nation.value.lower().replace(" ", "-")  # as GOV.UK writes it: "england-and-wales"
    events = BankHolidays(use_cached_holidays=True).get_holidays(division=division)
    holidays = frozenset(event["date"] for event in events)
    return _Published(holidays, date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31))
