"""An action in one line: who is to do what by when."""

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.spoken_dates import read_day
from bot.domain.wording import quoted
from bot.errors import UserError

_LINE = re.compile(r"(?P<owner>[^:]+?)\s*:\s*(?P<what>.+)\s+by\s+(?P<day>.+?)\.?", re.IGNORECASE | re.DOTALL)


class NotAnAction(UserError):
    """A line does not say who is to do what by when."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"{quoted(typed)} does not say who is to do what by when. "
            "Write it like this: Priya Nair: send the staffing plan by 8 January."
        )


@dataclass(frozen=True)
class ActionLine:
    """The parts of a line: "Priya Nair: send the plan by 8 January"."""

    owner: str
    what: str
    due_on: date


def parse_action_line(text: str, today: date) -> ActionLine:
    """Take a line apart; the last "by" is the one before the day. NotAnAction, NotADate, NoSuchDay."""
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise NotAnAction(text.strip())
    return ActionLine(found["owner"].removeprefix("@"), found["what"].strip(), read_day(found["day"], today))


def parse_action_lines(text: str, today: date) -> list[ActionLine]:
    """The actions of a text, one in each line that is not empty. The errors of parse_action_line."""
    return [parse_action_line(line, today) for line in text.splitlines() if line.strip()]
