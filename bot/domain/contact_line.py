"""What is said of a contact in one line: who took part, what was said, and when the next contact is."""

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.command_line import NotADate
from bot.domain.spoken_dates import read_day, says_a_day

_WITH = re.compile(r"with\s+(?P<who>[^:]+?)\s*:\s+(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_NEXT = re.compile(r"(?P<said>.+);\s*next(?:\s+contact)?\s+(?P<day>[^;]+?)\s*\.?\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class ContactLine:
    """The parts of a line: "with Priya: agreed the plan; next 3 December"."""

    attendees: str
    summary: str
    next_contact_on: date | None


def parse_contact_line(text: str, today: date) -> ContactLine:
    """Take a line apart. What is no such part belongs to what was said, which is kept to the letter.

    NoSuchDay where the next contact is on a day that the calendar does not have, NotADate where it could be several.
    """
    opening, closing = _WITH.fullmatch(text), None
    attendees, said = (opening["who"], opening["rest"]) if opening else ("", text)
    next_contact_on = None
    if closing := _NEXT.fullmatch(said):
        try:
            next_contact_on = read_day(closing["day"], today)
        except NotADate:
            if says_a_day(closing["day"]):
                raise
            # "; next steps agreed" is not a day, but something that was said.
            return ContactLine(attendees, said, None)
    return ContactLine(attendees, closing["said"] if closing else said, next_contact_on)
