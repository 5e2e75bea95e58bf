"""One line about a contact, taken apart; what is no part of it is kept to the letter."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command_line import NoSuchDay, NotADate
from bot.domain.entry_lines import ContactLine, parse_contact_line

TODAY = date(2027, 1, 4)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("agreed the plan", ("", "agreed the plan", None)),
        ("with Priya Nair: agreed the plan", ("Priya Nair", "agreed the plan", None)),
        ("With the partner's lead:  agreed; next 3 February", ("the partner's lead", "agreed", date(2027, 2, 3))),
        ("agreed; more to do; next contact 3/2/2027.", ("", "agreed; more to do", date(2027, 2, 3))),
        ("agreed;next Friday", ("", "agreed", date(2027, 1, 8))),
        ("agreed; next in 2 weeks", ("", "agreed", date(2027, 1, 18))),
        ("agreed; next contact next Friday", ("", "agreed", date(2027, 1, 8))),
        ("agreed; next steps to follow", ("", "agreed; next steps to follow", None)),
        ("with luck we start at 10:30", ("", "with luck we start at 10:30", None)),
        ("with Priya:", ("", "with Priya:", None)),
        ("two lines\nwith Priya: said", ("", "two lines\nwith Priya: said", None)),
    ],
)
def test_a_line_is_taken_apart(text: str, parts: tuple[str, str, date | None]) -> None:
    assert parse_contact_line(text, TODAY) == ContactLine(*parts)


def test_a_day_that_the_calendar_does_not_have_is_refused() -> None:
    with pytest.raises(NoSuchDay):
        parse_contact_line("agreed; next 31 February", TODAY)


@pytest.mark.parametrize("day", ["week", "Friday 9 January", "the end of January"])
def test_a_day_that_could_be_several_is_refused(day: str) -> None:
    with pytest.raises(NotADate):
        parse_contact_line(f"agreed; next {day}", TODAY)


@given(st.text().filter(lambda text: ";" not in text and ":" not in text))
def test_what_has_no_such_part_is_kept_to_the_letter(text: str) -> None:
    assert parse_contact_line(text, TODAY) == ContactLine("", text, None)
