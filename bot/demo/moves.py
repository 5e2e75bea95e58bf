"""Parsing where to move the demonstration's clock: "monday", "+1h", "+1wd", or a date, with or without a time."""

import re
from datetime import datetime, time, timedelta

from bot.domain.calendar import NationCalendar
from bot.domain.london import london, london_instant
from bot.domain.wording import format_instant
from bot.errors import UserError

MORNING = 9
FURTHEST = timedelta(days=400)
EXAMPLES = "Use +1h, +1wd (one working day), monday, or a date such as 2027-02-01 or 2027-02-01T14:30."


def destination(words: str, now: datetime, calendar: NationCalendar) -> datetime:
    """The instant that the words name, in aware UTC; days and times are London's.

    A weekday or a date without a time means 9am. Raises `UserError` for words that name no instant, an instant that has
    passed, or one more than 400 days ahead.
    """
    instant = _read(words.strip().lower(), now, calendar)
    if instant <= now:
        raise UserError(f"{format_instant(instant)} has passed, and the clock only moves forward. {EXAMPLES}")
    if instant - now > FURTHEST:
        raise UserError(f"{format_instant(instant)} is more than {FURTHEST.days} days ahead. Move there in steps.")
    return instant


def _read(words: str, now: datetime, calendar: NationCalendar) -> datetime:
    if words == "monday":
        today = london(now).date()
        return london_instant(today + timedelta(days=7 - today.weekday()), MORNING)
    if step := re.fullmatch(r"\+(\d{1,3})(h|wd)", words):
        count = int(step[1])
        return now + timedelta(hours=count) if step[2] == "h" else _working_days_on(now, count, calendar)
    try:
        named = datetime.fromisoformat(words.upper())
    except ValueError as error:
        raise UserError(f"“{words[:40]}” does not say when. {EXAMPLES}") from error
    if named.tzinfo is not None:
        return named
    at = named.time() if len(words) > len("2027-02-01") else time(MORNING)
    return london_instant(named.date(), at.hour, at.minute)


def _working_days_on(now: datetime, count: int, calendar: NationCalendar) -> datetime:
    """The same time of day, this many working days later."""
    local = london(now)
    day = calendar.add_working_days(local.date(), count)
    return london_instant(day, local.hour, local.minute)
