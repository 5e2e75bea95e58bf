"""Parsing what a person types after a slash command: words, dates and texts."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from bot.domain.london import london
from bot.domain.normalisation import DOUBLE_QUOTES, SINGLE_QUOTES, cleaned, plain_punctuation
from bot.domain.wording import MONTHS, WEEKDAYS, format_instant, plural, quoted
from bot.errors import UserError

# A phone closes a mark with another one, as in “mixed". Inside them a pair of its own stays: “he said "no" to it".
# Such a pair stands tight around words: in '"a " "b"' there are two quotations, and no pair around a space.
_INNER = (
    rf'(?<!\S)(?:"(?=\S)[^{DOUBLE_QUOTES}]*(?<=\S)"|“(?=\S)[^{DOUBLE_QUOTES}]*(?<=\S)”)(?=[\s.,;:!?{DOUBLE_QUOTES}])'
)
_DOUBLE = rf"[{DOUBLE_QUOTES}](?P<double>(?:[^{DOUBLE_QUOTES}]|{_INNER})*)[{DOUBLE_QUOTES}]"
# A single mark quotes only around whole words, up to the last one before the next that opens: else it is an apostrophe.
_OPENS, _CLOSES = rf"(?<![^\s=])[{SINGLE_QUOTES}](?=\S)", rf"[{SINGLE_QUOTES}](?![^\s=])"
_SINGLE = rf"{_OPENS}(?P<single>(?:(?!{_OPENS}).)*){_CLOSES}"
_PLAIN = rf"(?P<plain>[^\s={DOUBLE_QUOTES}]*=|[^\s={DOUBLE_QUOTES}]+)"
_PIECE = re.compile(rf"{_DOUBLE}|{_SINGLE}|{_PLAIN}|(?P<gap>\s+)|(?P<unclosed>.)", re.DOTALL)
_CLOSING = re.compile(_CLOSES)

_YEAR = "(?P<year>(?:19|20|21)[0-9]{2})"
_DATE_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?P<day>[0-9]{{1,2}})/(?P<month>[0-9]{{1,2}})/{_YEAR}",
        rf"{_YEAR}-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})",
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s+|-)(?P<month>[a-z]+)(?:(?:,?\s+|-){_YEAR})?",
    )
)
_WITH_MIDNIGHT = re.compile(  # as programs write a date
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})"
    r"[t ]00:00(?::00(?:\.0{1,9})?)?(?P<zone>z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
LONGEST_COMMAND = 10_000  # characters
_NO_CHARACTERS = "\ufffe\uffff"  # permanently not characters in Unicode; XML and YAML refuse them
_LEAP_YEARS_APART = 8  # the most years between two 29 Februaries, as from 2096 to 2104


def _unclosed_quote(rest: str) -> UserError:
    """A quotation mark was opened and never closed."""
    place = f"before {quoted(rest)}" if rest.strip() else "at the end"
    return UserError(
        f'The quotation mark {place} is not closed. Put one at each end, for example "starts within 15 days".'
    )


def _unclear_quotes(text: str) -> UserError:
    """Words in single quotation marks have an apostrophe at the end of a word, so they could end there."""
    return UserError(
        f"It is not clear where the words in quotation marks end in {quoted(text)}. "
        'Put double ones around them, for example "the partners\' plan".'
    )


class NotADate(UserError):
    """The typed text is not a date in a form that can be read in only one way."""

    def __init__(self, typed: str) -> None:
        problem = f"{quoted(typed)} is not a date that can be read here" if typed.strip() else "A date is needed"
        super().__init__(f"{problem}. Enter the day, month and year, for example 22/11/2026 or 22 November 2026.")


class NoSuchDay(UserError):
    """The typed text has the form of a date, but the calendar has no such day."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"{quoted(typed)} is not a day in the calendar. "
            "Check the day and then the month, for example 28/02/2027 or 28 February 2027."
        )


def _hidden_character(what: str, character: str, before: str, field: str | None) -> UserError:
    """A text holds a control character, which people cannot see and a database may not keep."""
    place = f"after {quoted(before[-20:])}" if before.strip() else "at its start"
    return UserError(
        f"{_capital(what)} has a hidden character (U+{ord(character):04X}) {place}. "
        "Type that part again, or paste it as plain text, for example with Ctrl+Shift+V.",
        field=field,
    )


def split_command(text: str) -> list[str]:
    """The words of a command; words in quotation marks of any kind stay together and lose the marks.

    A quoted part joins the characters that it touches, so `"starts in 15 days"=97.2` and `note="on time"` are one word
    each. Apostrophes are ordinary characters. Raises `UserError` if a double mark is not closed, if it is not clear
    which single one closes, or if the command has over 10,000 characters.
    """
    if len(text) > LONGEST_COMMAND:
        raise UserError(
            f"This is {len(text):,} characters long, and a command of up to {LONGEST_COMMAND:,} is read. "
            "Use the form for a long text."
        )
    words: list[list[str]] = []
    joins = False
    for piece in _PIECE.finditer(text):
        kind = piece.lastgroup
        if kind == "unclosed":
            raise _unclosed_quote(text[piece.end() :])
        if kind == "single" and _CLOSING.search(piece["single"]):
            raise _unclear_quotes(piece[0])
        if kind != "gap":
            if not joins:
                words.append([])
            words[-1].append(piece[kind or 0])
        joins = kind != "gap"
    return ["".join(parts) for parts in words]


def parse_date(text: str, today: date) -> date:
    """The typed day, read with the day before the month; `today` is the date in London when it was typed.

    It reads 22/11/2026, 22 November 2026, 22nd Nov, 22-Nov-2026, 2026-11-22, also with the midnight that programs add,
    today, tomorrow and Friday. A weekday's name is the next one after today. A day without a year is the next one,
    today included. Raises `NotADate` for any other form, `NoSuchDay` for 31/02/2026, and `UserError` for a midnight
    elsewhere that is on another day in London.
    """
    typed = _without_midnight(plain_punctuation(cleaned(text)).strip().casefold())
    if typed in ("today", "tomorrow"):
        return today + timedelta(days=typed == "tomorrow")
    if typed.capitalize() in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS.index(typed.capitalize()) - today.weekday() - 1) % 7 + 1)
    parts = next((found for form in _DATE_FORMS if (found := form.fullmatch(typed))), None)
    month = _month(parts["month"]) if parts else None
    if parts is None or month is None:
        raise NotADate(text)
    without_year = parts["year"] is None
    years = range(today.year, today.year + _LEAP_YEARS_APART + 1) if without_year else [int(parts["year"])]
    for year in years:
        day = _day(year, month, int(parts["day"]))
        if day and (day >= today or not without_year):
            return day
    raise NoSuchDay(text)


def require_text(text: str, *, what: str, at_most: int, field: str | None = None) -> str:
    """The text without the space around it; `what` names it in an error sentence: "the summary".

    It is `cleaned`; line breaks and tabs are kept. Raises `UserError` if the text has no visible character, if it has
    over `at_most` characters, and if it has a control character or a code point that is not a character.
    """
    stripped = cleaned(text).strip()
    if not any(character.isprintable() and not character.isspace() for character in stripped):
        raise UserError(f"Enter {what}, in up to {plural(at_most, 'character')}.", field=field)
    if len(stripped) > at_most:
        raise UserError(
            f"{_capital(what)} is {plural(len(stripped), 'character')} long, and the most is {at_most:,}. "
            "Shorten it, for example by keeping what was agreed and linking to the rest.",
            field=field,
        )
    for index, character in enumerate(stripped):
        if (unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t") or character in _NO_CHARACTERS:
            raise _hidden_character(what, character, stripped[:index], field)
    return stripped


def _without_midnight(typed: str) -> str:
    """The day alone of a day with the midnight that programs add. Raises `UserError` where that is another day here."""
    found = _WITH_MIDNIGHT.fullmatch(typed)
    if found is None:
        return typed
    if found["zone"]:
        try:
            instant = datetime.fromisoformat(typed.upper())
        except ValueError:  # no such day, or no such zone
            return typed
        if london(instant).date() != instant.date():
            raise UserError(
                f"{quoted(typed.upper())} is {format_instant(instant)} in London. "
                "Enter the day alone, for example 22/11/2026."
            )
    return found["day"]


def _month(typed: str) -> int | None:
    """The number of a month written as a number, its name, or at least its first three letters."""
    if typed.isdecimal():
        return int(typed)
    named = (number for number, name in enumerate(MONTHS, 1) if name.casefold().startswith(typed))
    return next(named, None) if len(typed) >= 3 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
