"""Days in other words: one way of reading each, or a refusal."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command_line import NoSuchDay, NotADate
from bot.domain.natural_dates import looks_like_a_day, parse_day
from bot.errors import UserError

MONDAY = date(2027, 1, 4)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("22 November 2027", date(2027, 11, 22)),
        ("next Friday", date(2027, 1, 8)),
        ("this friday", date(2027, 1, 8)),
        ("on Monday", date(2027, 1, 11)),
        ("in 2 weeks", date(2027, 1, 18)),
        ("in two weeks\N{RIGHT SINGLE QUOTATION MARK} time", date(2027, 1, 18)),
        ("in a fortnight", date(2027, 1, 18)),
        ("day after tomorrow", date(2027, 1, 6)),
        ("3 days ago", date(2027, 1, 1)),
        ("3rd February", date(2027, 2, 3)),
        ("Feb 3rd", date(2027, 2, 3)),
        ("5th of May", date(2027, 5, 5)),
        ("Friday 8 January", date(2027, 1, 8)),
        ("3/2", date(2027, 2, 3)),
        ("05/06/27", date(2027, 6, 5)),
        ("8 Jan 27", date(2027, 1, 8)),
    ],
)
def test_a_day_in_other_words(text: str, day: date) -> None:
    assert parse_day(text, MONDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "12", "the 3rd", "May", "soon", "steps agreed", "next week", "this month", "week", "next year",
        "Friday 9 January", "11/22/27", "22 Nov 26", "in 40 years", "9am", "now", "Friday week", "27-1-5",
    ],
)  # fmt: skip
def test_what_could_mean_several_days_or_none_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        parse_day(text, MONDAY)


def test_a_day_that_the_calendar_does_not_have_is_refused() -> None:
    with pytest.raises(NoSuchDay):
        parse_day("31 February", MONDAY)


@given(st.dates(date(2024, 1, 1), date(2060, 1, 1)), st.integers(1, 365))
def test_so_many_days_from_today_is_that_day(today: date, days: int) -> None:
    assert parse_day(f"in {days} days", today) == today + timedelta(days=days)


@given(st.text())
def test_of_any_text_a_day_is_read_or_it_is_refused(text: str) -> None:
    try:
        day = parse_day(text, MONDAY)
    except UserError:
        return
    assert looks_like_a_day(text) or day >= MONDAY


@pytest.mark.parametrize("typed", ["22 January", "22 Jan", "22/1", "22nd January"])
def test_a_day_that_went_by_of_late_is_asked_about(typed: str) -> None:
    with pytest.raises(UserError, match="If you mean 22 January 2028, write the year as well"):
        parse_day(typed, date(2027, 2, 2))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("22 January 2028", date(2028, 1, 22)),
        ("22/01/2028", date(2028, 1, 22)),
        ("2028-01-22", date(2028, 1, 22)),
        ("in 1 year", date(2028, 2, 2)),
        ("2 February", date(2027, 2, 2)),
        ("20 November", date(2027, 11, 20)),
    ],
)
def test_a_day_with_its_year_or_to_come_is_taken(typed: str, day: date) -> None:
    assert parse_day(typed, date(2027, 2, 2)) == day
