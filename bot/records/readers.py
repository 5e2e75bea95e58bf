"""Reading what stands in a cell or was entered in a form into values.

Reading accepts what programs and people usually do to a cell: Excel's dates and numbers, pounds and commas, spaces, any
case. It refuses an ambiguous cell and says how to fix it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from pydantic import PlainValidator

from bot.domain.command_line import NotADate, parse_date
from bot.domain.deadlines import Deadline, parse_deadline
from bot.domain.figures import MOST_POUNDS, Unit, parse_figure, parse_money, parse_pounds
from bot.domain.normalisation import cleaned, name_key, plain_punctuation
from bot.domain.periods import Month, NotAMonth
from bot.domain.recurrence import MOST_CHARACTERS, parse_recurrence
from bot.domain.scores import Impact, Likelihood
from bot.domain.text_validation import optional_link, required_name, required_text
from bot.domain.wording import format_date, join_words, nearest, quoted
from bot.errors import UserError
from bot.records.cells import NO, YES, Percentage, shown

Choice = TypeVar("Choice", bound=StrEnum)

_LONGEST_ID = 40  # characters of an id of Slack's
_SHORT = 40  # characters; longer texts are not cached

_WORDS_FOR_YES, _WORDS_FOR_NO = {YES, "true", "1", "y"}, {NO, "false", "0", "n"}
_MONTH_IN_WORDS = re.compile(r"(?P<month>[A-Za-z]{3,9})[ -](?P<year>(20)?[0-9]{2})")  # Excel makes 2026-07 into Jul-26
_CLOCK = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(:00)?")
_WHOLE = re.compile(r"(?P<digits>[0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.0+)?")


@dataclass(frozen=True)
class Broken:
    """A program's marker for a cell without a value, and the sentence that explains it."""

    text: str
    sentence: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Reader(PlainValidator):
    """How a field is read: `at_most` characters of a text, the `numbers` that it can be, the `unit`: "£" or "%", and
    whether it is in words, which are the same in every writing."""

    at_most: int = 0
    numbers: range | None = None
    unit: str = ""
    words: bool = False


def reads(
    read: Callable[[object], object],
    *,
    at_most: int = 0,
    numbers: range | None = None,
    unit: str = "",
    words: bool = False,
) -> Reader:
    """A field whose cells this function reads, within these limits. A blank cell gives the field's default."""
    remembered = lru_cache(maxsize=1_000)(read)  # thousands of rows hold the same words

    def checked(value: object) -> object:
        if value is None or value == "":
            return value
        if isinstance(value, Broken):
            raise ValueError(value.sentence)
        value = cleaned(value) if isinstance(value, str) else value
        try:
            return remembered(value) if isinstance(value, str) and len(value) <= _SHORT else read(value)
        except UserError as error:
            raise ValueError(error.sentence) from None

    return Reader(checked, at_most=at_most, numbers=numbers, unit=unit, words=words)


def text(at_most: int) -> Reader:
    """A text of at most this many characters."""
    return reads(
        lambda value: required_text(_typed(value), what="this text", at_most=at_most, field=""),
        at_most=at_most,
        words=True,
    )


def name(at_most: int) -> Reader:
    """A name of at most this many characters, on one line: records of one name, in whatever writing, are one."""
    return reads(
        lambda value: required_name(_typed(value), what="this name", at_most=at_most, field=""),
        at_most=at_most,
        words=True,
    )


def link(at_most: int) -> Reader:
    """The address of a page."""
    return reads(lambda value: optional_link(_typed(value), at_most=at_most, field=""), at_most=at_most)


def code(pattern: str, example: str, change: Callable[[str], str], at_most: int) -> Reader:
    """A short name that other records refer to; `change` converts it to the stored case."""
    allowed = re.compile(pattern)

    def read(value: object) -> str:
        typed = change(plain_punctuation(_typed(value)))
        if not allowed.fullmatch(typed) or len(typed) > at_most:
            raise UserError(
                f"{quoted(_typed(value))} cannot be read here. "
                f"Use up to {at_most} letters, digits and dashes, with no spaces, for example {example}."
            )
        return typed

    return reads(read, at_most=at_most)


def slack_id(letters: str, what: str, mend: str) -> Reader:
    """An id from Slack that begins with one of these letters."""
    return reads(lambda value: _slack_id(_typed(value), letters, what, mend), at_most=_LONGEST_ID)


def slack_ids(letters: str, what: str, mend: str) -> Reader:
    """Several ids from Slack, separated by spaces."""

    def read(value: object) -> tuple[str, ...]:
        parts = value if isinstance(value, list | tuple) else _typed(value).split()
        return tuple(dict.fromkeys(_slack_id(cleaned(str(part)), letters, what, mend) for part in parts))

    return reads(read)


def _slack_id(typed: str, letters: str, what: str, mend: str) -> str:
    if not re.fullmatch(rf"[{letters}][A-Z0-9]{{1,{_LONGEST_ID - 1}}}", typed):
        begins = join_words(list(letters), "or")
        raise UserError(
            f"{quoted(typed)} is not the id of a Slack {what}. It has capital letters and digits only and begins with "
            f"{begins}. {mend}"
        )
    return typed


def choice(options: type[Choice], moved: Mapping[str, str] = MappingProxyType({})) -> Reader:
    """One of a closed set of words, in any case. `moved` are words of before, each with a sentence that says where
    its records belong now."""
    by_key = {name_key(each.value): each for each in options}

    def read(value: object) -> Choice:
        typed = " ".join(_typed(value).split())
        found = by_key.get(name_key(typed))
        if name_key(typed) in moved:
            raise UserError(f"{quoted(typed)} no longer stands here. {moved[name_key(typed)]}")
        if found is None:
            words = [each.value for each in options]
            beginning = (each for each in words if typed and each.startswith(typed.lower()))
            close = nearest(typed, words) or next(beginning, None)
            meant = f"Did you mean {close}? " if close else ""
            raise UserError(f"{quoted(typed)} cannot stand here. {meant}Enter {join_words(words, 'or')}.")
        return found

    return reads(read)


def scale(points: type[Likelihood] | type[Impact]) -> Reader:
    """A point of a scale, by its words or its number."""
    return reads(lambda value: points.parse(shown(value)))


@reads
def flag(value: object) -> bool:
    """Yes or no."""
    typed = shown(value).casefold()
    if typed not in _WORDS_FOR_YES | _WORDS_FOR_NO:
        raise UserError(f"{quoted(shown(value))} is neither yes nor no. Enter yes or no.")
    return typed in _WORDS_FOR_YES


def whole(least: int, most: int) -> Reader:
    """A whole number between two others, with or without thousands separators."""

    def read(value: object) -> int:
        typed = shown(value)
        found = _WHOLE.fullmatch(typed)
        if found is None:
            raise UserError(f"{quoted(typed)} is not a whole number. Enter one, for example 3.")
        number = int(found["digits"].replace(",", ""))
        if not least <= number <= most:
            raise UserError(f"{quoted(typed)} is out of range. Enter a number from {least:,} to {most:,}.")
        return number

    return reads(read, numbers=range(least, most + 1))


pounds = reads(lambda value: parse_pounds(shown(value)), numbers=range(MOST_POUNDS + 1), unit="£")
"""A sum in pounds: 84,000,000 or £6.2 million. One with pence is rounded, and says so."""


def money(*, below_zero: bool = False) -> Reader:
    """A sum to the penny: 100,000.50 or £1.2m."""
    return reads(lambda value: parse_money(shown(value), below_zero=below_zero), unit="£")


@reads
def figure(value: object) -> Decimal:
    """A figure of up to four decimal places, or a percentage with its sign; the KPI says whether it may be below 0."""
    typed = shown(value)
    if typed.endswith("%"):
        return Percentage(parse_figure(typed, Unit.PERCENT, below_zero=True))
    return value if isinstance(value, Decimal) else parse_figure(typed, Unit.COUNT, below_zero=True)


def _percentage(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else parse_figure(shown(value), Unit.PERCENT)


percentage = reads(_percentage, unit="%")
"""A percentage, with or without its sign."""


@reads
def day(value: object) -> date:
    """A date: Excel's own, or text with the day before the month and a year of four digits."""
    return _day(value)


@reads
def clock(value: object) -> time:
    """A time of day: 14:30, or Excel's own."""
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(shown(value))
    if found is None:
        raise UserError(f"{quoted(shown(value))} is not a time of day. Enter one such as 14:30.")
    return time(int(found["hour"]), int(found["minute"]))


@reads
def deadline(value: object) -> Deadline:
    """A date, or a rule that gives one: 6 months before 31 August 2027."""
    if isinstance(value, Deadline):
        return value
    return Deadline.fixed(_day(value)) if isinstance(value, date) else parse_deadline(shown(value))


def recurrence() -> Reader:
    """How often something comes again: monthly, every 6 months on the 30th."""
    return reads(lambda value: str(parse_recurrence(plain_punctuation(shown(value)))), at_most=MOST_CHARACTERS)


@reads
def month(value: object) -> Month:
    """A month: 2026-07, or the date that Excel makes of it."""
    if isinstance(value, Month):
        return value
    typed = plain_punctuation(shown(value))
    words = _MONTH_IN_WORDS.fullmatch(typed)
    if words:
        return Month.of(_day(f"1 {words['month']} 20{words['year'][-2:]}"))
    if not isinstance(value, date) and re.fullmatch("[0-9]{4}-[0-9]{2}", typed):
        return Month.parse(typed)
    try:
        first = _day(value)
    except UserError:
        raise NotAMonth(typed) from None
    if first.day != 1:
        raise NotAMonth(typed)
    return Month.of(first)


def _day(value: object) -> date:
    typed = shown(value)
    if isinstance(value, int | float):
        raise UserError(f"{quoted(typed)} is a number. Format the cell as a date, or enter one such as 1 April 2027.")
    if isinstance(value, datetime) and value.time() != time():
        raise UserError(f"{quoted(typed)} has a time of day. Enter the date alone, for example {format_date(value)}.")
    if not re.search("[0-9]{4}", typed):
        raise NotADate(typed)
    return parse_date(typed, date.min)  # the text has a year, so the day of typing does not matter


def _typed(value: object) -> str:
    """The text of a cell. A text that Excel converted to something else is refused, because the original is lost."""
    if isinstance(value, bool | date | time):
        kind = "a yes or no" if isinstance(value, bool) else "a date or time"
        raise UserError(f"{quoted(shown(value))} is {kind} and not a text. Format the cell as text and type it again.")
    return shown(value) if isinstance(value, int | float | Decimal) else str(value).strip()
