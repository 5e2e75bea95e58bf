"""One line about an action, taken apart."""

from datetime import date

import pytest

from bot.domain.entry_lines import ActionLine, parse_action_line, parse_action_lines
from bot.errors import UserError

TODAY = date(2027, 1, 4)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Priya: send the plan by Friday", ("Priya", "send the plan", date(2027, 1, 8))),
        ("@Priya Nair : stand by the phone by 8/1/2027.", ("@Priya Nair", "stand by the phone", date(2027, 1, 8))),
        ("Priya: stand by 2 weeks tomorrow", ("Priya", "stand", date(2027, 1, 19))),
        ("Us: send 3: plan, rota, list by tomorrow", ("Us", "send 3: plan, rota, list", date(2027, 1, 5))),
    ],
)
def test_a_line_is_taken_apart(text: str, parts: tuple[str, str, date]) -> None:
    assert parse_action_line(text, TODAY) == ActionLine(*parts)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("send the plan by Friday", "who is to do what by when"),
        ("Priya: send the plan", "who is to do what by when"),
        ("Priya: send the plan by hand", "“hand” is not a date"),
        ("Priya: send the plan by 31 February", "February"),
        ("", "who is to do what by when"),
    ],
)
def test_what_does_not_say_who_does_what_by_when_is_refused(text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        parse_action_line(text, TODAY)


def test_each_line_is_an_action_and_empty_ones_are_none() -> None:
    found = parse_action_lines("Priya: plan by Friday\n\n  \r\nAmira: read it by Monday\n", TODAY)
    assert [(each.owner, each.what) for each in found] == [("Priya", "plan"), ("Amira", "read it")]
