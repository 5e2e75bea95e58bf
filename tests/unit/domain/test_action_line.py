"""One line about an action, taken apart."""

from datetime import date

import pytest

from bot.domain.command_line import NotADate
from bot.domain.entry_lines import ActionLine, parse_action_line, parse_action_lines, parse_leave_line
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


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("15 February to 19 February", (date(2027, 2, 15), date(2027, 2, 19))),
        ("from 15 to 19 February", (date(2027, 2, 15), date(2027, 2, 19))),
        ("15\N{EN DASH}19 February", (date(2027, 2, 15), date(2027, 2, 19))),
        ("15-19 February", (date(2027, 2, 15), date(2027, 2, 19))),
        ("15 Feb-19 Feb", (date(2027, 2, 15), date(2027, 2, 19))),
        ("28 October to 3 January", (date(2027, 10, 28), date(2028, 1, 3))),
        ("15/2 until 19/2", (date(2027, 2, 15), date(2027, 2, 19))),
        ("2027-02-15 - 2027-02-19", (date(2027, 2, 15), date(2027, 2, 19))),
        ("tomorrow to Friday", (date(2027, 1, 5), date(2027, 1, 8))),
        ("next Monday to Friday", (date(2027, 1, 11), date(2027, 1, 15))),
        ("15 February", (date(2027, 2, 15), date(2027, 2, 15))),
        ("today to 2 weeks tomorrow", (TODAY, date(2027, 1, 19))),
    ],
)
def test_leave_has_its_first_and_its_last_day(text: str, days: tuple[date, date]) -> None:
    assert parse_leave_line(text, TODAY) == days


@pytest.mark.parametrize("text", ["next week", "15 to next week", "15 February to", "to 19 February", "soon to Friday"])
def test_leave_without_certain_days_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        parse_leave_line(text, TODAY)
