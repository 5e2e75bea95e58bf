"""Working hours: what they add up to, and that nothing ends outside them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import NationCalendar, published
from bot.domain.london import london, london_instant
from bot.domain.working_hours import after_working_time, working_time_between

HOUR = timedelta(hours=1)
ENGLAND, *_ = published().nations
instants = st.datetimes(datetime(2026, 6, 1), datetime(2027, 12, 1), timezones=st.just(UTC))
times = st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))
calendars = st.sampled_from(published().nations)


@given(instants, times, calendars)
def test_what_is_added_lies_between(start: datetime, time: timedelta, calendar: NationCalendar) -> None:
    end = after_working_time(start, time, calendar)
    assert end >= start
    assert working_time_between(start, end, calendar) == time


@given(instants, times, calendars)
def test_it_ends_in_working_hours(start: datetime, time: timedelta, calendar: NationCalendar) -> None:
    end = london(after_working_time(start, time, calendar))
    assert calendar.is_working_day(end.date())
    assert (9, 0) <= (end.hour, end.minute) <= (17, 0)


@given(instants, times, times, calendars)
def test_time_after_time_is_all_of_it(
    start: datetime, first: timedelta, then: timedelta, calendar: NationCalendar
) -> None:
    step = after_working_time(after_working_time(start, first, calendar), then, calendar)
    whole = after_working_time(start, first + then, calendar)
    assert working_time_between(min(step, whole), max(step, whole), calendar) == timedelta(0)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (london_instant(date(2027, 1, 4), 9), 4, london_instant(date(2027, 1, 4), 13)),
        (london_instant(date(2027, 1, 4), 15), 4, london_instant(date(2027, 1, 5), 11)),
        (london_instant(date(2027, 3, 25), 16), 2, london_instant(date(2027, 3, 30), 10)),  # Easter, clocks forward
        (london_instant(date(2027, 10, 29), 16), 2, london_instant(date(2027, 11, 1), 10)),  # clocks back
        (london_instant(date(2027, 1, 4), 20), 1, london_instant(date(2027, 1, 5), 10)),
        (london_instant(date(2027, 1, 9), 12), 0, london_instant(date(2027, 1, 11), 9)),
    ],
)
def test_some_that_can_be_counted_by_hand(start: datetime, hours: int, end: datetime) -> None:
    assert after_working_time(start, hours * HOUR, ENGLAND) == end


def test_working_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        after_working_time(london_instant(date(2027, 1, 4), 9), -HOUR, ENGLAND)
    later, sooner = (london_instant(date(2027, 1, 4), hour) for hour in (12, 9))
    assert working_time_between(later, sooner, ENGLAND) == timedelta(0)
