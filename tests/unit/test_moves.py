"""Where the demonstration's clock can be moved, in the words of those who move it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.moves import destination
from bot.domain.calendar import published
from bot.domain.london import london
from bot.errors import UserError

ENGLAND, *_ = published().nations
MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
WITHIN_THE_CALENDAR = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))

PLACES = [
    (MONDAY, "monday", "2027-01-11T09:00+00:00"),
    (MONDAY - timedelta(minutes=1), "Monday", "2027-01-11T09:00+00:00"),  # a Monday's "to Monday" is the next one
    (MONDAY + timedelta(days=6), "monday", "2027-01-11T09:00+00:00"),
    (MONDAY, "+1h", "2027-01-04T10:00+00:00"),
    (MONDAY, "+1wd", "2027-01-05T09:00+00:00"),
    (datetime(2027, 1, 8, 15, 30, tzinfo=UTC), "+1wd", "2027-01-11T15:30+00:00"),  # from a Friday to the Monday
    (datetime(2027, 3, 25, 9, tzinfo=UTC), "+1wd", "2027-03-30T08:00+00:00"),  # over Easter and the change of clocks
    (MONDAY, "2027-02-01", "2027-02-01T09:00+00:00"),
    (MONDAY, " 2027-07-01T14:30 ", "2027-07-01T13:30+00:00"),  # London's summer time
    (MONDAY, "2027-02-01T14:30:00+02:00", "2027-02-01T12:30+00:00"),
]


@pytest.mark.parametrize(("now", "words", "expected"), PLACES)
def test_where_the_words_lead(now: datetime, words: str, expected: str) -> None:
    assert destination(words, now, ENGLAND) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "“” does not say when."),
        ("tomorrow-ish", "“tomorrow-ish” does not say when."),
        ("+9999h", "“+9999h” does not say when."),
        ("-1h", "“-1h” does not say when."),
        ("2027-13-01", "“2027-13-01” does not say when."),
        ("2027-01-01", "1 January 2027 at 9am has passed, and the clock only moves forward."),
        ("+0h", "4 January 2027 at 9am has passed, and the clock only moves forward."),
        ("2029-01-01", "1 January 2029 at 9am is more than 400 days ahead. Move there in steps."),
        ("x" * 500, f"“{'x' * 40}” does not say when."),
    ],
)
def test_words_that_lead_nowhere_are_answered_with_a_sentence(words: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        destination(words, MONDAY, ENGLAND)
    assert refused.value.sentence.startswith(sentence)


@given(WITHIN_THE_CALENDAR)
def test_monday_is_the_next_one_at_nine(now: datetime) -> None:
    there = london(destination("monday", now, ENGLAND))
    assert (there.weekday(), there.hour, there.minute) == (0, 9, 0)
    assert timedelta(0) < there - now <= timedelta(days=8)


@given(WITHIN_THE_CALENDAR, st.text(max_size=20))
def test_whatever_the_words_the_answer_is_later_or_a_sentence(now: datetime, words: str) -> None:
    try:
        answer: datetime | str = destination(words, now, ENGLAND)
    except UserError as refused:
        answer = refused.sentence
    assert answer > now if isinstance(answer, datetime) else answer.endswith(".")
