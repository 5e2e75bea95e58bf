"""One line about a contact, taken apart; what is no part of it is kept to the letter."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command_line import NoSuchDay, NotADate
from bot.domain.entry_lines import ContactLine, parse_contact_line
from bot.errors import UserError

TODAY = date(2027, 1, 4)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("agreed the plan", (TODAY, "", "agreed the plan", None)),
        ("with Priya Nair: agreed the plan", (TODAY, "Priya Nair", "agreed the plan", None)),
        (
            "With the partner's lead:  agreed; next 3 February",
            (TODAY, "the partner's lead", "agreed", date(2027, 2, 3)),
        ),
        ("agreed; more to do; next contact 3/2/2027.", (TODAY, "", "agreed; more to do", date(2027, 2, 3))),
        ("agreed;next Friday", (TODAY, "", "agreed", date(2027, 1, 8))),
        ("agreed; next in 2 weeks", (TODAY, "", "agreed", date(2027, 1, 18))),
        ("agreed; next 2 weeks tomorrow", (TODAY, "", "agreed", date(2027, 1, 19))),
        ("agreed; next contact next Friday", (TODAY, "", "agreed", date(2027, 1, 8))),
        ("agreed; next steps to follow", (TODAY, "", "agreed; next steps to follow", None)),
        ("with luck we start at 10:30", (TODAY, "", "with luck we start at 10:30", None)),
        ("with Priya:", (TODAY, "", "with Priya:", None)),
        ("two lines\nwith Priya: said", (TODAY, "", "two lines\nwith Priya: said", None)),
        ("yesterday with their lead: agreed", (date(2027, 1, 3), "their lead", "agreed", None)),
        ("on Friday, with Priya: agreed; next Friday", (date(2027, 1, 1), "Priya", "agreed", date(2027, 1, 8))),
        ("3 days ago: agreed", (date(2027, 1, 1), "", "agreed", None)),
        ("28 December: agreed", (date(2026, 12, 28), "", "agreed", None)),
        ("4 January with Priya: agreed", (TODAY, "Priya", "agreed", None)),
        ("with Priya Nair yesterday: agreed", (date(2027, 1, 3), "Priya Nair", "agreed", None)),
        ("with Priya Nair, on 28 December: agreed", (date(2026, 12, 28), "Priya Nair", "agreed", None)),
        ("yesterday with their lead we agreed", (date(2027, 1, 3), "", "yesterday with their lead we agreed", None)),
        ("with Theresa May: agreed", (TODAY, "Theresa May", "agreed", None)),
        ("May: she agreed", (TODAY, "", "May: she agreed", None)),
        ("3 February review: moved", (TODAY, "", "3 February review: moved", None)),
        ("on Friday: yesterday's news", (date(2027, 1, 1), "", "yesterday's news", None)),
    ],
)
def test_a_line_is_taken_apart(text: str, parts: tuple[date, str, str, date | None]) -> None:
    assert parse_contact_line(text, TODAY) == ContactLine(*parts)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("last week with Priya: agreed", "“last week” is not a date"),
        ("with Priya last week: agreed", "“last week” is not a date"),
        ("yesterday at 3pm with Priya: agreed", "“yesterday at 3pm” is not a date"),
        ("29 February with Priya: agreed", "“29 February” is not a day in the calendar"),
        ("Friday 9 January with Priya: agreed", "is still to come"),
        ("yesterday we agreed the plan", "Did you mean “yesterday” as the day of the contact?"),
        ("last Friday Priya rang: they agreed", "Did you mean “last Friday” as the day of the contact?"),
        ("3 days ago Priya rang", "Did you mean “3 days ago” as the day of the contact?"),
    ],
)
def test_a_day_at_the_start_that_is_not_certain_is_refused(text: str, says: str) -> None:
    with pytest.raises(UserError, match=re.escape(says)):
        parse_contact_line(text, TODAY)


def test_a_day_that_the_calendar_does_not_have_is_refused() -> None:
    with pytest.raises(NoSuchDay):
        parse_contact_line("agreed; next 31 February", TODAY)


@pytest.mark.parametrize("day", ["week", "the end of January", "Friday at 3pm"])
def test_a_day_that_could_be_several_is_refused(day: str) -> None:
    with pytest.raises(NotADate):
        parse_contact_line(f"agreed; next {day}", TODAY)


@given(st.text().filter(lambda text: ";" not in text and ":" not in text))
def test_what_has_no_such_part_is_kept_to_the_letter(text: str) -> None:
    assert parse_contact_line(text, TODAY) == ContactLine(TODAY, "", text, None)
