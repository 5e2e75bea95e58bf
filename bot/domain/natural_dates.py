"""Reading days as people type them: "8 January", "3/2", "next Friday", "2 weeks tomorrow", "3 days ago".

Each form has one reading. What has no form here, or could mean several days, is refused and never guessed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendar import months_before
from bot.domain.command_line import NoSuchDay, NotADate
from bot.domain.normalisation import cleaned, plain_punctuation
from bot.domain.wording import MONTHS, WEEKDAYS, format_date, quoted
from bot.errors import UserError

_MOST_CHARACTERS = 80  # a longer text is no day
_ASKED_FROM = timedelta(days=300)  # a day without a year that is further off is rarely what people mean
_MOST_YEARS = 10  # a day further off, without all digits of its year, is a slip
_WEEK = timedelta(weeks=1)

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {"a": 1, "an": 1, **{word: number for number, word in enumerate(_NUMBERS, 1)}}
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_UNITS = ("day", "week", "fortnight", "month", "year")
_PARTS_OF_A_DAY = ("morning", "afternoon", "evening")
_NAMES_TIME = {*_NEAR, *_UNITS, *(f"{unit}s" for unit in _UNITS), *_PARTS_OF_A_DAY}
_NAMES_TIME |= {"night", "quarter", "tonight", "weekend"}
_BESIDE = {
    *_COUNTS,
    *(
        "after",
        "ago",
        "at",
        "before",
        "business",
        "close",
        "coming",
        "end",
        "from",
        "in",
        "last",
        "later",
        "next",
        "now",
    ),
    *("of", "on", "start", "the", "this", "time", "within", "working"),
}

_YEAR = r"(?P<year>(?:19|20|21)[0-9]{2}|'?[0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})"
_IN_DIGITS = re.compile(rf"{_DAY}(?P<mark>[/.-])(?P<month>[0-9]{{1,2}})(?:(?P=mark){_YEAR})?")
_LIKE_DIGITS = re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}")
_ISO = re.compile(r"(?P<year>(?:19|20|21)[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_IN_WORDS = (
    re.compile(rf"{_DAY}(?:st|nd|rd|th)?(?: of)? (?P<month>[a-z]{{3,9}})(?: {_YEAR})?"),
    re.compile(rf"(?P<month>[a-z]{{3,9}}) {_DAY}(?:st|nd|rd|th)?(?: {_YEAR})?"),
    re.compile(rf"{_DAY}-(?P<month>[a-z]{{3,9}})(?:-{_YEAR})?"),
)
_NUMBER = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)|'?[0-9]{1,4}|[0-9]{1,2}(?:[:.][0-9]{2})?(?:am|pm)?")


def _another_weekday(typed: str, day: date) -> UserError:
    """The weekday and the date that were typed are two days."""
    is_a = f"{format_date(day)} is a {WEEKDAYS[day.weekday()]}"
    return UserError(f"{quoted(typed.strip())} does not fit together: {is_a}. Correct the weekday or the date.")


def _another_year(typed: str, day: date, *, gone: bool) -> UserError:
    """A day without its year is so far off that another year may be meant."""
    past, wanted = ("is still to come", "a day that has been") if gone else ("has gone by", "a day to come")
    return UserError(
        f"{quoted(typed.strip())} {past}. If you mean {format_date(day)}, write the year as well; "
        f"otherwise choose {wanted}."
    )


def parse_day(text: str, today: date) -> date:
    """The typed day, to come unless its words say otherwise: 22 November, 3/2, 8 Jan 28, next Friday, a week today.

    A day without a year is the next one, today included; a weekday is the next one after today. Raises `NotADate` for
    words that mean several days or none, such as "next week"; `NoSuchDay` for a day that no calendar has; and
    `UserError` for a day that passed recently, because few people mean next year's.
    """
    return _Reader(text, today, gone=False).day()


def parse_past_day(text: str, today: date) -> date:
    """The typed day, gone by unless its words say otherwise: yesterday, on Friday, 3 February, 2 weeks ago.

    A day without a year is the last one, and so is a weekday, today included. Raises the same errors.
    """
    return _Reader(text, today, gone=True).day()


def looks_like_a_day(text: str) -> bool:
    """Whether a text is meant as a day: it has the form of a date, or only words of dates."""
    words = _words(text)
    return any(_names_time(each) or _is_date(each) for each in words) and all(
        _names_time(each) or each in _BESIDE or _NUMBER.fullmatch(each) or _is_date(each) for each in words
    )


def _words(text: str) -> list[str]:
    """The words, folded, without commas and the full stop at the end; of a longer text none."""
    if len(text) > _MOST_CHARACTERS:
        return []
    plain = plain_punctuation(cleaned(text)).replace(",", " ").casefold().strip()
    return [re.sub(r"(?<=[a-z])'s?$", "", word) for word in plain.removesuffix(".").split()]


def _names_time(word: str) -> bool:
    return word in _NAMES_TIME or _place(word, MONTHS) is not None or _weekday(word) is not None


def _is_date(word: str) -> bool:
    return any(form.fullmatch(word) for form in (_IN_DIGITS, _LIKE_DIGITS, _IN_WORDS[-1]))


def _weekday(word: str) -> int | None:
    return _place("wed" if word == "weds" else word, WEEKDAYS)


def _place(word: str, names: Iterable[str]) -> int | None:
    """The place, from 0, of the name that a word is, or abbreviates to three letters or more."""
    places = (place for place, name in enumerate(names) if name.casefold().startswith(word))
    return next(places, None) if len(word) > 2 else None


def _on_calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _count(word: str) -> int | None:
    return int(word) if re.fullmatch("[1-9][0-9]{0,2}", word) else _COUNTS.get(word)


def _unit(word: str) -> str | None:
    unit = word.removesuffix("s")
    return unit if unit in _UNITS else None


@dataclass(frozen=True)
class _Reader:
    """Reads one text. `gone`: what could have been or be to come has been."""

    text: str
    today: date
    gone: bool

    def day(self) -> date:
        words = _words(self.text)
        if words[-1:] and words[-1] in _PARTS_OF_A_DAY:
            words = ["today"] if words[:-1] == ["this"] else words[:-1]
        day = self._counted(words) or self._single(words)
        if day is None:
            raise NotADate(self.text)
        return day

    def _single(self, words: Sequence[str]) -> date | None:
        """A day that no count leads to."""
        match words:
            case ["tonight"]:
                return self.today
            case ["last", "night"]:
                return self.today - timedelta(days=1)
            case [near] if near in _NEAR:
                return self.today + timedelta(days=_NEAR[near])
            case [name] | ["on", name] if (weekday := _weekday(name)) is not None:
                return self._weekday_here(weekday)
            case ["next" | "this" | "last" as which, name] if (weekday := _weekday(name)) is not None:
                return self._weekday_of(which, weekday)
            case [name, "next", "week"] | ["next", "week", name] if (weekday := _weekday(name)) is not None:
                return self.today + timedelta(days=7 + weekday - self.today.weekday())
            case _:
                return self._dated([word for word in words if word not in ("on", "the")])

    def _weekday_here(self, weekday: int) -> date:
        if self.gone:
            return self.today - timedelta(days=(self.today.weekday() - weekday) % 7)
        return self.today + timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)

    def _weekday_of(self, which: str, weekday: int) -> date | None:
        """The weekday that "next", "this" or "last" names. On a Friday "this Friday" may be today or in a week."""
        is_today = weekday == self.today.weekday()
        if which == "this":
            return None if is_today else self._weekday_here(weekday)
        ahead = timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)
        return self.today + ahead if which == "next" else self.today + ahead - (_WEEK * 2 if is_today else _WEEK)

    def _counted(self, words: Sequence[str]) -> date | None:
        """A day that is so many days, weeks, months or years from another."""
        match words:
            case ["day", "after" | "before" as side, *anchor] | ["the", "day", "after" | "before" as side, *anchor]:
                return self._from(self._anchor(anchor), "a", "day", back=side == "before")
            case ["in", count, unit] | ["in", count, unit, "time"] | [count, unit, "time"]:
                return self._from(self.today, count, unit)
            case [count, unit, "from", "now"]:
                return self._from(self.today, count, unit)
            case [count, unit, "ago"] | [count, unit, "ago", "today"]:
                return self._from(self.today, count, unit, back=True)
            case [count, unit, "ago", "yesterday"]:
                return self._from(self.today - timedelta(days=1), count, unit, back=True)
            case [count, unit, "today" | "tomorrow" as near] if _unit(unit) != "day":
                return self._from(self._single([near]), count, unit)
            case [anchor, "week" | "fortnight" as unit] if not self.gone and anchor != "yesterday":
                return self._from(self._anchor([anchor]), "a", unit)
            case [count, unit, "on", *anchor] if not self.gone and _unit(unit) in ("week", "fortnight"):
                return self._from(self._anchor(anchor), count, unit)
            case ["in", count, unit, "from", *anchor] | [count, unit, "from", *anchor] if not self.gone:
                return self._from(self._anchor(anchor), count, unit)
            case [count, unit, "after" | "before" as side, *anchor]:
                return self._from(self._anchor(anchor), count, unit, back=side == "before")
            case _:
                return None

    def _anchor(self, words: Sequence[str]) -> date | None:
        """The day from which a count begins. On a Friday, a week from "Friday" may begin today or in a week."""
        is_today = bool(words) and _weekday(words[-1]) == self.today.weekday()
        return None if is_today and len(words) < 3 else self._single(words)

    def _from(self, anchor: date | None, count: str, unit: str, *, back: bool = False) -> date | None:
        number, of = _count(count), _unit(unit)
        if anchor is None or number is None or of is None:
            return None
        signed = -number if back else number
        if of in ("month", "year"):
            day = months_before(anchor, -signed * (12 if of == "year" else 1))
        else:
            day = anchor + timedelta(days=signed * {"day": 1, "week": 7, "fortnight": 14}[of])
        return day if abs(day.year - self.today.year) <= _MOST_YEARS else None

    def _dated(self, words: Sequence[str]) -> date | None:
        """A day of a month, with or without its year and weekday."""
        weekday = _weekday(words[0]) if len(words) > 1 else None
        typed = " ".join(words if weekday is None else words[1:])
        forms = (_IN_DIGITS, _ISO, *_IN_WORDS)
        found = next((found for form in forms if (found := form.fullmatch(typed))), None)
        if found is None:
            return None
        place, year = _place(found["month"], MONTHS), found["year"]
        month = int(found["month"]) if found["month"].isdecimal() else None if place is None else place + 1
        if month is None or (year is None and found.groupdict().get("mark") in (".", "-")):
            return None  # no month, or perhaps a range or a decimal number
        if year is None:
            day: date | None = self._nearest(month, int(found["day"]))
        else:
            day = self._with_year(year.removeprefix("'"), month, int(found["day"]))
        if day is not None and weekday not in (None, day.weekday()):
            raise _another_weekday(self.text, day)
        return day

    def _with_year(self, year: str, month: int, day: int) -> date | None:
        found = _on_calendar(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        if found is None:
            raise NoSuchDay(self.text)
        return found if len(year) == 4 or abs(found.year - self.today.year) <= _MOST_YEARS else None

    def _nearest(self, month: int, day: int) -> date:
        """The next such day, or the last one; this year's or one beside it. NoSuchDay, UserError."""
        this = _on_calendar(self.today.year, month, day)
        if this is not None and (this <= self.today if self.gone else this >= self.today):
            return self._asked_about(this, this)
        other = _on_calendar(self.today.year + (-1 if self.gone else 1), month, day)
        if other is None:
            raise NoSuchDay(self.text)
        return self._asked_about(other, this)

    def _asked_about(self, day: date, this: date | None) -> date:
        if abs(day - self.today) <= _ASKED_FROM:
            return day
        if this is None:  # 29 February, in a year that has none
            raise NoSuchDay(self.text)
        raise _another_year(self.text, day, gone=self.gone)
