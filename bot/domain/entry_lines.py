"""Parsing an action, a contact or leave that a person typed in one line."""

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.command_line import NotADate
from bot.domain.natural_dates import looks_like_a_day, parse_day, parse_past_day
from bot.domain.wording import quoted
from bot.errors import UserError

_BY = re.compile(r"\sby\s", re.IGNORECASE)


@dataclass(frozen=True)
class ActionLine:
    """The parts of a line: "Priya Nair: send the plan by 8 January"."""

    owner: str
    what: str
    due_on: date


def parse_action_line(text: str, today: date) -> ActionLine:
    """Split a line into its parts; the last "by" comes before the day. Raises `UserError`, also as `NotADate`."""
    owner, _, said = text.strip().partition(":")
    before_day = [found.span() for found in _BY.finditer(said)]
    start, end = before_day[-1] if before_day else (0, 0)
    what, day = said[:start].strip(), said[end:].strip().removesuffix(".")
    if not (owner.strip() and what and day):
        raise UserError(
            f"{quoted(text.strip())} does not say who is to do what by when. "
            "Write it like this: Priya Nair: send the staffing plan by 8 January."
        )
    return ActionLine(owner.strip(), what, parse_day(day, today))


def parse_action_lines(text: str, today: date) -> list[ActionLine]:
    """The actions of a text, one in each line that is not empty. Raises the errors of `parse_action_line`."""
    return [parse_action_line(line, today) for line in text.splitlines() if line.strip()]


# A hyphen without spaces stands between days where no date in figures does: "15-19 February", not 2027-02-15.
_BETWEEN_DAYS = re.compile(
    r"\s(?:to|until|till|-)\s|[\u2013\u2014]|-(?=[0-9]{1,2}(?:st|nd|rd|th)?\s+[a-z])", re.IGNORECASE
)
_DAY_OF_THE_MONTH = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)?", re.IGNORECASE)


def parse_leave_line(text: str, today: date) -> tuple[date, date]:
    """The first and the last day away: "15 February to 19 February", "15 to 19 February", "Monday to Friday", "8 May".

    The last day is the next such day from the first. Raises the errors of `parse_day`.
    """
    first, *rest = _BETWEEN_DAYS.split(text.strip(), maxsplit=1)
    first = re.sub(r"^from\s+", "", first.strip(), flags=re.IGNORECASE)
    if not rest:
        day = parse_day(first, today)
        return day, day
    last = rest[0].strip()
    if _DAY_OF_THE_MONTH.fullmatch(first):  # it is of the month of the last day
        end = parse_day(last, today)
        begin = parse_day(f"{first} {end:%B} {end.year}", today)
        return begin, end
    begin = parse_day(first, today)
    return begin, parse_day(last, begin)


_COLON = re.compile(r":\s+(?=\S)")
_WITH = re.compile(r"(?:^|\s)with\s+", re.IGNORECASE)
_NEXT = re.compile(r"next(?:\s+contact)?\s+(?P<day>\S.*)", re.IGNORECASE | re.DOTALL)
_MOST_WORDS = 5  # of a day that stands beside other words
_BEGINS_A_DAY = ("yesterday", "last", "on")  # what begins with these is hardly what the summary is about


@dataclass(frozen=True)
class ContactLine:
    """The parts of a line: "yesterday with Priya: agreed the plan; next 3 December"."""

    happened_on: date
    attendees: str
    summary: str
    next_contact_on: date | None


def parse_contact_line(text: str, today: date) -> ContactLine:
    """Split a line into its parts. Everything that is not another part belongs to the summary, word for word.

    The day before "with", or before the first colon, is the day of the contact; without one it is today. Raises
    `NoSuchDay` if the calendar does not have a day, `NotADate` if it could mean several, and `UserError` if the line
    begins with a day that is not set apart.
    """
    colon = _COLON.search(text)
    opening = _opening(text[: colon.start()], today) if colon else None
    said = text[colon.end() :] if colon and opening else text
    happened_on, attendees = opening or (_day_at_start(text, today), "")
    return ContactLine(happened_on, attendees, *_closing(said, today))


def _opening(text: str, today: date) -> tuple[date, str] | None:
    """The day and who took part, from what stands before the colon; None if it says neither."""
    found = _WITH.search(text)
    when, who = (text[: found.start()].strip(), text[found.end() :].strip()) if found else (text.strip(), "")
    if when:
        day = _past_day(when, today)
        return None if day is None else (day, who)
    words = who.split()
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        if (day := _past_day(" ".join(words[-count:]), today)) is not None:
            return day, " ".join(words[:-count]).rstrip(",")
    return (today, who) if who else None


def _day_at_start(text: str, today: date) -> date:
    """The day of a line without a colon: the one before "with", else today. UserError: another day begins it."""
    words = text.split(maxsplit=_MOST_WORDS + 1)
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        typed = " ".join(words[:count])
        if words[count].casefold() == "with" and (day := _past_day(typed, today)) is not None:
            return day
        if (words[0].casefold() in _BEGINS_A_DAY or words[count - 1].casefold() == "ago") and _is_past_day(
            typed, today
        ):
            raise UserError(
                f"Did you mean {quoted(typed)} as the day of the contact? Then put a colon after it: “{typed}: …”. "
                "If the contact was today, begin with “today:”."
            )
    return today


def _past_day(text: str, today: date) -> date | None:
    """The day that was typed; None if the text is not meant as a day, as a single word such as May may be a name.

    Raises the errors of `parse_past_day`.
    """
    if not looks_like_a_day(text):
        return None
    try:
        return parse_past_day(text, today)
    except NotADate:
        if len(text.split()) == 1:
            return None
        raise


def _is_past_day(text: str, today: date) -> bool:
    try:
        return _past_day(text, today) is not None
    except UserError:
        return False


def _closing(said: str, today: date) -> tuple[str, date | None]:
    """The summary, and the day of the next contact if the line ends with one."""
    summary, _, end = said.rpartition(";")
    found = _NEXT.fullmatch(end.strip(" .\t\n"))
    if found is None or not summary:
        return said, None
    if not looks_like_a_day(found["day"]):
        return said, None  # "; next steps agreed" is not a day but part of the summary
    return summary, parse_day(found["day"], today)
