"""When performance summaries are due: a day and time in Europe/London, moved to working days."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import DAY_ENDS, NationCalendar
from bot.domain.london import london, london_instant
from bot.domain.periods import Month, report_due
from bot.domain.wording import WEEKDAYS, format_time, join_words, quoted
from bot.errors import UserError

DAY_BEGINS = 9
USUAL_WORKING_DAY = 3  # of the following month, on which a report is due
_WEEK = timedelta(days=7)
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?\s*(?P<half>am|pm)?")
_NAMED = {"midday": time(12), "noon": time(12)}


@dataclass(frozen=True)
class Weekly:
    """A day of the week, from 0 for Monday, and a time in Europe/London."""

    weekday: int = 0
    hour: int = DAY_BEGINS
    minute: int = 0

    @property
    def day(self) -> str:
        """The day of the week in words."""
        return WEEKDAYS[self.weekday]

    @property
    def at(self) -> time:
        """The time of day."""
        return time(self.hour, self.minute)


MONDAY_MORNING = Weekly()


def parse_weekly(day: str, at: str) -> Weekly:
    """The typed day of the week and time: "Thursday" or "thu", "4pm" or "16:30".

    Raises `UserError`.
    """
    typed = day.strip().casefold()
    found = [number for number, name in enumerate(WEEKDAYS) if name.casefold().startswith(typed)]
    if len(typed) < 3 or len(found) != 1:
        raise UserError(f"{quoted(day)} is not a day of the week. Enter {join_words(WEEKDAYS[:5], 'or')}.")
    chosen = _parse_time(at)
    if not DAY_BEGINS <= chosen.hour < DAY_ENDS:
        raise UserError(
            f"{format_time(chosen)} is outside working hours, when nothing is posted. Choose a time from 9am to 4:59pm."
        )
    return Weekly(found[0], chosen.hour, chosen.minute)


def last_due(weekly: Weekly, calendar: NationCalendar, now: datetime) -> datetime:
    """The latest instant, in aware UTC, at which a weekly summary was due: its day and time, or 9am on the next working
    day if its day is not one."""
    monday = _monday(now)
    while (due := _in_week(weekly, calendar, monday)) > now:
        monday -= _WEEK
    return due


def next_due(weekly: Weekly, calendar: NationCalendar, now: datetime) -> datetime:
    """The first instant after `now` at which a weekly summary is due."""
    monday = _monday(now) - _WEEK  # a holiday may have moved last week's summary into this week
    while (due := _in_week(weekly, calendar, monday)) <= now:
        monday += _WEEK
    return due


def month_opens(month: Month, calendar: NationCalendar) -> datetime:
    """When the reports of a month are first asked for: 9am on the first working day after it."""
    following = month.next()
    return london_instant(calendar.nth_working_day(following.year, following.month, 1), DAY_BEGINS)


def month_due(month: Month, report_days: Collection[date], calendar: NationCalendar) -> datetime:
    """When the summary of a month is due: 9am on the working day after the last of the days on which its reports are
    due by the contracts' own cycles; where no report is, the usual cycle counts. It waits for no report that is late.
    """
    last = max(report_days, default=report_due(month, USUAL_WORKING_DAY, calendar))
    return london_instant(calendar.add_working_days(last, 1), DAY_BEGINS)


def due_around(
    weekly: Weekly, before: NationCalendar, after: NationCalendar, now: datetime
) -> list[tuple[datetime, datetime]]:
    """When the weekly summaries of these weeks are due by one calendar and by another, where that differs."""
    mondays = (_monday(now) + weeks * _WEEK for weeks in (-1, 0, 1))
    pairs = ((_in_week(weekly, before, monday), _in_week(weekly, after, monday)) for monday in mondays)
    return [pair for pair in pairs if pair[0] != pair[1]]


def months_begin(before: NationCalendar, after: NationCalendar, now: datetime) -> list[tuple[datetime, datetime]]:
    """When the last month and the one before open by one calendar and by another, where that differs."""
    last = Month.of(london(now).date()).previous()
    pairs = ((month_opens(month, before), month_opens(month, after)) for month in (last.previous(), last))
    return [pair for pair in pairs if pair[0] != pair[1]]


def _monday(now: datetime) -> date:
    today = london(now).date()
    return today - timedelta(days=today.weekday())


def _in_week(weekly: Weekly, calendar: NationCalendar, monday: date) -> datetime:
    day = monday + timedelta(days=weekly.weekday)
    return calendar.next_working_morning(london_instant(day, weekly.hour, weekly.minute))


def _parse_time(text: str) -> time:
    typed = text.strip().casefold()
    if typed in _NAMED:
        return _NAMED[typed]
    found = _TIME.fullmatch(typed)
    hour = int(found["hour"]) if found else 24
    half = found["half"] if found else None
    if half:
        hour = hour % 12 + 12 * (half == "pm") if 1 <= hour <= 12 else 24
    minute = int(found["minute"] or 0) if found else 0
    if hour > 23 or minute > 59:
        raise UserError(f"{quoted(text)} is not a time that can be read here. Enter a time such as 9am or 4:30pm.")
    return time(hour, minute)
