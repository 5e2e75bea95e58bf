"""Days in other words: one way of reading each, or a refusal."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.command_line import NoSuchDay, NotADate
from bot.domain.natural_dates import looks_like_a_day, parse_day, parse_past_day
from bot.errors import UserError
from tests.unit.domain.day_names import UNITS, names, plain

MONDAY = date(2027, 1, 4)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("22 November 2027", date(2027, 11, 22)),
        ("next Friday", date(2027, 1, 8)),
        ("this friday", date(2027, 1, 8)),
        ("on Monday", date(2027, 1, 11)),
        ("Friday next week", date(2027, 1, 15)),
        ("in 2 weeks", date(2027, 1, 18)),
        ("in two weeks\N{RIGHT SINGLE QUOTATION MARK} time", date(2027, 1, 18)),
        ("in a fortnight", date(2027, 1, 18)),
        ("a week today", date(2027, 1, 11)),
        ("2 weeks tomorrow", date(2027, 1, 19)),
        ("a week tomorrow", date(2027, 1, 12)),
        ("tomorrow week", date(2027, 1, 12)),
        ("3 days from tomorrow", date(2027, 1, 8)),
        ("a week on Friday", date(2027, 1, 15)),
        ("Friday week", date(2027, 1, 15)),
        ("a month tomorrow", date(2027, 2, 5)),
        ("2 weeks after 8 January", date(2027, 1, 22)),
        ("the day after tomorrow", date(2027, 1, 6)),
        ("tomorrow morning", date(2027, 1, 5)),
        ("3 days ago", date(2027, 1, 1)),
        ("last Monday", date(2026, 12, 28)),
        ("3rd February", date(2027, 2, 3)),
        ("Feb 3rd", date(2027, 2, 3)),
        ("the 5th of May", date(2027, 5, 5)),
        ("Friday 8 January", date(2027, 1, 8)),
        ("Monday 4 January", MONDAY),
        ("4th Jan", MONDAY),
        ("4/1", MONDAY),
        ("3/2", date(2027, 2, 3)),
        ("05/06/27", date(2027, 6, 5)),
        ("8 Jan 28", date(2028, 1, 8)),
        ("8-Jan-28", date(2028, 1, 8)),
        ("22 Nov 26", date(2026, 11, 22)),
        ("2028-02-29", date(2028, 2, 29)),
    ],
)
def test_a_day_in_other_words(text: str, day: date) -> None:
    assert parse_day(text, MONDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "12", "the 3rd", "May", "soon", "steps agreed", "next week", "this month", "week", "next year",
        "in 40 years", "9am", "now", "27-1-5", "2 weeks", "3 days tomorrow", "2 weeks yesterday", "this Monday",
        "Monday week", "a week from Monday", "in 0 days", "3.2", "the end of January", "in 5 working days",
        "8 Jan 98", "tomorrow at 3pm", "x" * 100_000, "tomorrow " * 10_000,
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_could_mean_several_days_or_none_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        parse_day(text, MONDAY)


@pytest.mark.parametrize(
    "text", ["31 February", "29 February", "29 February 2027", "29 Feb 27", "29/2/27", "29/2", "11/22/27"]
)
def test_a_day_that_the_calendar_does_not_have_is_refused(text: str) -> None:
    for parse in (parse_day, parse_past_day):
        with pytest.raises(NoSuchDay):
            parse(text, MONDAY)


def test_a_weekday_and_a_date_that_are_two_days_are_refused() -> None:
    with pytest.raises(UserError, match="“Friday 9 January” does not fit together: 9 January 2027 is a Saturday"):
        parse_day("Friday 9 January", MONDAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", MONDAY),
        ("yesterday", date(2027, 1, 3)),
        ("Friday", date(2027, 1, 1)),
        ("on monday", MONDAY),
        ("last Monday", date(2026, 12, 28)),
        ("4 January", MONDAY),
        ("1 Dec", date(2026, 12, 1)),
        ("28/12", date(2026, 12, 28)),
        ("1 December 2027", date(2027, 12, 1)),
        ("a week ago", date(2026, 12, 28)),
        ("the day before yesterday", date(2027, 1, 2)),
        ("yesterday afternoon", date(2027, 1, 3)),
        ("next Friday", date(2027, 1, 8)),
    ],
)
def test_a_day_that_has_been(text: str, day: date) -> None:
    assert parse_past_day(text, MONDAY) == day


TODAYS = st.dates(date(2024, 1, 1), date(2060, 1, 1))
WORDS = [
    *(
        "today",
        "tomorrow",
        "yesterday",
        "friday",
        "mon",
        "next",
        "this",
        "last",
        "in",
        "on",
        "the",
        "a",
        "two",
        "2",
        "3",
    ),
    *("day", "days", "week", "weeks", "fortnight", "month", "year", "from", "after", "before", "ago", "time", "now"),
    *("8", "28", "29th", "of", "january", "feb", "2028", "3/2"),
]
SALAD = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@settings(max_examples=500)
@given(TODAYS, SALAD)
def test_no_phrase_is_read_as_another_day_than_the_one_that_it_names(today: date, phrase: str) -> None:
    """The second reader knows every name of a day; the first may refuse one, and must not read it as another day's."""
    try:
        day = parse_day(phrase, today)
    except UserError:
        return
    assert plain(phrase) in map(plain, names(day, today))


@given(st.data(), TODAYS, st.integers(-60, 420), st.integers(1, 12), st.sampled_from(UNITS))
def test_each_name_of_a_day_is_read_as_that_day(
    data: st.DataObject, today: date, away: int, count: int, unit: str
) -> None:
    day = today + timedelta(days=away)
    phrase = data.draw(st.sampled_from(list(names(day, today, [count], [unit]))))
    assert parse_day(phrase, today) == day


@given(st.text())
def test_of_any_text_a_day_is_read_or_it_is_refused(text: str) -> None:
    try:
        parse_day(text, MONDAY)
    except UserError:
        return
    assert looks_like_a_day(text)


@given(SALAD)
def test_what_is_read_as_a_day_looks_like_one(phrase: str) -> None:
    for parse in (parse_day, parse_past_day):
        try:
            parse(phrase, MONDAY)
        except UserError:
            continue
        assert looks_like_a_day(phrase)


@pytest.mark.parametrize("typed", ["22 January", "22 Jan", "22/1", "22nd January"])
def test_a_day_that_went_by_of_late_is_asked_about(typed: str) -> None:
    with pytest.raises(UserError, match="If you mean 22 January 2028, write the year as well"):
        parse_day(typed, date(2027, 2, 2))


def test_a_day_that_is_soon_to_come_is_asked_about_where_it_should_have_been() -> None:
    with pytest.raises(UserError, match=r"is still to come\. If you mean 5 January 2026, write the year as well"):
        parse_past_day("5 January", MONDAY)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("22 January 2028", date(2028, 1, 22)),
        ("22/01/2028", date(2028, 1, 22)),
        ("2028-01-22", date(2028, 1, 22)),
        ("in 1 year", date(2028, 2, 2)),
        ("2 February", date(2027, 2, 2)),
        ("Tuesday 2nd February", date(2027, 2, 2)),
        ("20 November", date(2027, 11, 20)),
    ],
)
def test_a_day_with_its_year_or_to_come_is_taken(typed: str, day: date) -> None:
    assert parse_day(typed, date(2027, 2, 2)) == day
