"""Working hours: 9am to 5pm in Europe/London on the working days of a nation. The time limits of an escalation count in
them, so that nobody is asked at night, at a weekend or on a bank holiday."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.calendar import DAY_ENDS, NationCalendar
from bot.domain.london import london, london_instant

DAY_BEGINS = 9


def after_working_time(start: datetime, time: timedelta, calendar: NationCalendar) -> datetime:
    """The instant, in aware UTC, at which this much working time has passed since `start`; a start outside working
    hours counts from the next working morning. Raises `ValueError` for a naive instant or negative time."""
    if time < timedelta(0):
        raise ValueError("working time only goes forward")
    now, left = calendar.next_working_morning(start, DAY_BEGINS), time
    while left > (today := _closes(london(now).date()) - now):
        left -= today
        now = london_instant(calendar.add_working_days(london(now).date(), 1), DAY_BEGINS)
    return calendar.as_worked_out_instant(now + left)


def working_time_between(start: datetime, end: datetime, calendar: NationCalendar) -> timedelta:
    """The working time between two instants; zero if the second is not later."""
    first, last = london(start).date(), london(end).date()
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    spans = (_worked(day, start, end) for day in days if calendar.is_working_day(day))
    return sum(spans, timedelta(0))


def _worked(day: date, start: datetime, end: datetime) -> timedelta:
    span = min(end, _closes(day)) - max(start, london_instant(day, DAY_BEGINS))
    return max(span, timedelta(0))


def _closes(day: date) -> datetime:
    return london_instant(day, DAY_ENDS).astimezone(UTC)
