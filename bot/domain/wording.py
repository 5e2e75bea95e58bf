"""Formatting plain values as words, in the style of GOV.UK: https://www.gov.uk/guidance/style-guide."""

import difflib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from bot.domain import provisional
from bot.domain.london import london
from bot.domain.normalisation import name_key

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MOST_QUOTED = 80  # characters of typed text that a sentence repeats

_NAMES = {"Slack"}
_NAMED_HOURS = {0: "midnight", 12: "midday"}
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"))


def format_date(day: date) -> str:
    """A date: "22 November 2026"; "5 January 2029 (provisional)" where it was worked out and may still change."""
    return f"{_day(day)}{provisional.in_words(day)}"


def format_time(at: time) -> str:
    """A time of day, to the minute: "9am", "9:05am", "midday", "midnight"."""
    if at.minute == 0 and at.hour in _NAMED_HOURS:
        return _NAMED_HOURS[at.hour]
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def format_instant(instant: datetime) -> str:
    """An instant, as Europe/London shows it: "22 November 2026 at 9:05am". Raises `ValueError` if it is naive."""
    local = london(instant)
    return f"{_day(local)} at {format_time(local.time())}{provisional.in_words(instant)}"


def format_age(age: timedelta) -> str:
    """How long something has lasted, in its largest whole unit: 2 days, 3 hours, 1 minute, 40 seconds."""
    seconds = max(int(age.total_seconds()), 0)
    for length, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return plural(seconds // length, name)
    return plural(seconds, "second")


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_money(pounds: Decimal | int) -> str:
    """Pounds: "£84 million", "£6.2 million", "£900,000", "£12.50".

    Millions and billions are used only if two decimal places give the exact amount: a sum in a contract is never
    rounded.
    """
    amount = Decimal(pounds).quantize(Decimal("0.01"), ROUND_HALF_UP)
    sign, amount = ("-" if amount < 0 else ""), abs(amount)
    for scale, name in _SCALES:
        if amount >= scale and amount % (scale // 100) == 0:
            return f"{sign}£{_trimmed(amount / scale, places=2)} {name}"
    return f"{sign}£{amount:,.{0 if amount % 1 == 0 else 2}f}"


def format_number(number: Decimal | int, *, places: int = 4) -> str:
    """A number with thousands separators and at most `places` decimal places: "1,234", "97.2"."""
    return _trimmed(Decimal(number), places)


def with_capital(text: str) -> str:
    """The text as a sentence begins: its first letter is a capital, the rest is as it is."""
    return text[:1].upper() + text[1:]


def with_article(noun: str) -> str:
    """The noun with its article: "an action", "a report"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """A list in a sentence: "a", "a and b", "a, b and c"; "" for an empty list."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun: "1 report", "3 reports"; `many` is the plural of an irregular noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ordinal(number: int) -> str:
    """A place or a day of the month: 1st, 30th."""
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def shorten(text: str, length: int) -> str:
    """The text in at most `length` characters, cut between words if possible and ended by "…"."""
    if len(text) <= length:
        return text
    cut = text[: max(length - 1, 0)]
    between_words = cut.rpartition(" ")[0].rstrip() if not text[len(cut)].isspace() else cut.rstrip()
    return (between_words if len(between_words) > len(cut) // 2 else cut) + "…" * (length > 0)


def in_a_sentence(label: str) -> str:
    """A label as it stands inside a sentence: "Value" as "value", and "OCDS id" and "Slack id" as they are."""
    keeps = label[1:2].isupper() or label.split(" ", 1)[0] in _NAMES
    return label if keeps else label[:1].lower() + label[1:]


def quoted(text: str) -> str:
    """The typed text on one line, cut to `MOST_QUOTED` characters, in quotation marks."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return f"“{shorten(' '.join(shown.split()), MOST_QUOTED)}”"


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option that is closest to a misspelled word, whatever the case; None if none is close."""
    by_key = {name_key(option): option for option in options}
    close = difflib.get_close_matches(name_key(word[:MOST_QUOTED]), by_key, n=1)
    return by_key[close[0]] if close else None


def _trimmed(number: Decimal, places: int) -> str:
    digits = f"{number:,.{places}f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
