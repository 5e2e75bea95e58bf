"""Parsing an action or a contact that a person typed in one line."""

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.command_line import NotADate
from bot.domain.natural_dates import looks_like_a_day, parse_day
from bot.domain.wording import quoted
from bot.errors import UserError

_LINE = re.compile(r"(?P<owner>[^:]+?)\s*:\s*(?P<what>.+)\s+by\s+(?P<day>.+?)\.?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class ActionLine:
    """The parts of a line: "Priya Nair: send the plan by 8 January"."""

    owner: str
    what: str
    due_on: date


def parse_action_line(text: str, today: date) -> ActionLine:
    """Split a line into its parts; the last "by" comes before the day. Raises `UserError`, also as `NotADate`."""
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise UserError(
            f"{quoted(text.strip())} does not say who is to do what by when. "
            "Write it like this: Priya Nair: send the staffing plan by 8 January."
        )
    return ActionLine(found["owner"].removeprefix("@"), found["what"].strip(), parse_day(found["day"], today))


def parse_action_lines(text: str, today: date) -> list[ActionLine]:
    """The actions of a text, one in each line that is not empty. Raises the errors of `parse_action_line`."""
    return [parse_action_line(line, today) for line in text.splitlines() if line.strip()]


_WITH = re.compile(r"with\s+(?P<who>[^:]+?)\s*:\s+(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_NEXT = re.compile(r"(?P<said>.+);\s*next(?:\s+contact)?\s+(?P<day>[^;]+?)\s*\.?\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class ContactLine:
    """The parts of a line: "with Priya: agreed the plan; next 3 December"."""

    attendees: str
    summary: str
    next_contact_on: date | None


def parse_contact_line(text: str, today: date) -> ContactLine:
    """Split a line into its parts. Everything that is not another part belongs to the summary, word for word.

    Raises `NoSuchDay` if the calendar does not have the day of the next contact, and `NotADate` if it could mean
    several days.
    """
    opening, closing = _WITH.fullmatch(text), None
    attendees, said = (opening["who"], opening["rest"]) if opening else ("", text)
    next_contact_on = None
    if closing := _NEXT.fullmatch(said):
        try:
            next_contact_on = parse_day(closing["day"], today)
        except NotADate:
            if looks_like_a_day(closing["day"]):
                raise
            # "; next steps agreed" is not a day but part of the summary.
            return ContactLine(attendees, said, None)
    return ContactLine(attendees, closing["said"] if closing else said, next_contact_on)
