"""Parsing days in everyday words, "next Friday" or "in 2 weeks", if they can mean only one day."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.domain.command_line import NotADate, parse_date
from bot.domain.wording import MONTHS, WEEKDAYS, format_date, quoted
from bot.errors import UserError

_UNITS = ("day", "days", "week", "weeks", "month", "months", "year", "years", "fortnight")
_OTHER_WORDS = (
    *("a", "an", "after", "ago", "end", "from", "in", "next", "now", "of", "on", "start", "the", "this", "time"),
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NEAR = ("tomorrow", "today", "yesterday")
_NUMBER = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)|[0-9]{1,4}", re.ASCII)
_NUMERIC = re.compile(r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})(?:[/.-](?:[0-9]{2}|[0-9]{4}))?", re.ASCII)
_WEEKDAY_AFTER = re.compile(rf"(?:on|this|next)\s+(?P<weekday>{'|'.join(WEEKDAYS)})", re.IGNORECASE)
_SPAN = re.compile(r"(?:this|next|the)?\s*(?:week|month|year)", re.IGNORECASE)  # a span of days, not one day
_APOSTROPHES = "\N{RIGHT SINGLE QUOTATION MARK}'"
_WITH_YEAR = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}", re.ASCII)
_NEXT_YEAR = timedelta(days=300)  # a day without a year that would be further off passed at most two months ago
_MOST_YEARS = 10  # for a day further off the parser guessed the century


def parse_day(text: str, today: date) -> date:
    """The typed day, in a form that `parse_date` reads or in words: next Friday, in 2 weeks, 3rd Feb, 3/2.

    The day comes before the month; a weekday is the next one after today, with or without "next". Raises `NotADate` for
    words that mean several days or none, such as "next week", `UserError` for a day that passed recently, because few
    people mean next year's, and `NoSuchDay`.
    """
    day = _read(text, today)
    if day - today > _NEXT_YEAR and not _has_year(text, day) and _names_a_day_of_a_month(text):
        raise UserError(
            f"{quoted(text.strip())} has gone by. If you mean {format_date(day)}, write the year as well; "
            "otherwise choose a day to come."
        )
    return day


def _has_year(text: str, day: date) -> bool:
    return str(day.year) in text or _WITH_YEAR.fullmatch(text.strip()) is not None


def _names_a_day_of_a_month(text: str) -> bool:
    return _NUMERIC.fullmatch(text.strip()) is not None or any(_begins(word, MONTHS) for word in _words(text))


def _read(text: str, today: date) -> date:
    weekday = _WEEKDAY_AFTER.fullmatch(text.strip())
    try:
        return parse_date(weekday["weekday"] if weekday else text, today)
    except NotADate:
        if not looks_like_a_day(text) or _SPAN.fullmatch(text.strip()):
            raise
    day = _parsed(text.strip(), today)
    if day is None or not _matches_typed(text.strip(), day) or day.year - today.year > _MOST_YEARS:
        raise NotADate(text)
    return day


def looks_like_a_day(text: str) -> bool:
    """Whether a text is meant as a day: it has the form of a date, or only words of dates."""
    words = _words(text)
    return _NUMERIC.fullmatch(text.strip()) is not None or (
        any(map(_names_time, words))
        and all(_names_time(each) or each in _OTHER_WORDS or _NUMBER.fullmatch(each) for each in words)
    )


def _words(text: str) -> list[str]:
    return [word.rstrip(_APOSTROPHES) for word in text.replace(",", " ").casefold().split()]


def _names_time(word: str) -> bool:
    return word in _UNITS or word in _NEAR or _begins(word, MONTHS) or _begins(word, WEEKDAYS)


def _begins(word: str, names: Iterable[str]) -> bool:
    return len(word) >= 3 and any(name.casefold().startswith(word) for name in names)


def _parsed(text: str, today: date) -> date | None:
    import dateparser  # it takes a tenth of a second to import, which most processes never need

    settings: dict[str, Any] = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": datetime.combine(today, time(12)),  # it reads days of London, without a zone
        "REQUIRE_PARTS": ["day"],
    }
    found = dateparser.parse(text.replace(_APOSTROPHES[0], "'"), languages=["en"], settings=settings)
    return found.date() if found else None


def _matches_typed(text: str, day: date) -> bool:
    """Whether the parser guessed nothing: it read the day before the month, and the weekday in the text is the
    day's."""
    numeric = _NUMERIC.fullmatch(text)
    if numeric:
        return (int(numeric["day"]), int(numeric["month"])) == (day.day, day.month)
    named = [name for name in WEEKDAYS for word in _words(text) if _begins(word, [name])]
    return named in ([], [WEEKDAYS[day.weekday()]])
