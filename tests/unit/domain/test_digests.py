"""When summaries are due: at a wall-clock time in London, never outside working days."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import NationCalendar, published
from bot.domain.digests import (
    Weekly,
    last_due,
    month_due,
    month_opens,
    next_due,
    parse_weekly,
)
from bot.domain.london import london
from bot.domain.periods import Month, report_due
from bot.errors import UserError

ENGLAND, SCOTLAND, _ = published().nations
CALENDARS = st.sampled_from(published().nations)
WEEKLY = st.builds(Weekly, st.integers(0, 6), st.integers(9, 16), st.integers(0, 59))
INSTANTS = st.datetimes(datetime(2026, 2, 1), datetime(2028, 11, 30), timezones=st.just(UTC))
THURSDAY = Weekly(3, 16)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "typed", "expected"),
    [
        ("thursday", "4pm", Weekly(3, 16)),
        ("Thu", "4:30 PM", Weekly(3, 16, 30)),
        ("MONDAY", "9am", Weekly()),
        ("tues", "16.05", Weekly(1, 16, 5)),
        ("fri", "midday", Weekly(4, 12)),
        ("wednesday", "12pm", Weekly(2, 12)),
        ("sat", "9", Weekly(5, 9)),
    ],
)
def test_a_day_and_a_time_are_read_as_people_type_them(day: str, typed: str, expected: Weekly) -> None:
    assert parse_weekly(day, typed) == expected


@pytest.mark.parametrize("day", ["", "t", "th", "someday", "thursdays", "4"])
def test_what_is_no_day_of_the_week_is_refused(day: str) -> None:
    with pytest.raises(UserError, match="Enter Monday, Tuesday"):
        parse_weekly(day, "4pm")


@pytest.mark.parametrize("typed", ["", "noonish", "25:00", "9:60", "13pm", "0am", "4 o'clock", "-1"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="is not a time that can be read"):
        parse_weekly("monday", typed)


@pytest.mark.parametrize("typed", ["8:59am", "5pm", "12am", "23:30"])
def test_a_time_outside_working_hours_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="from 9am to 4:59pm"):
        parse_weekly("monday", typed)


@pytest.mark.parametrize(
    ("now", "calendar", "due"),
    [
        pytest.param(at(3, 25, 15, 59), ENGLAND, at(3, 18, 16), id="a minute before 4pm, in winter"),
        pytest.param(at(3, 25, 16), ENGLAND, at(3, 25, 16), id="the last Thursday of winter"),
        pytest.param(at(4, 1, 14, 59), ENGLAND, at(3, 25, 16), id="a minute before 4pm, in summer"),
        pytest.param(at(4, 1, 15), ENGLAND, at(4, 1, 15), id="the first Thursday of summer"),
        pytest.param(at(10, 28, 15), ENGLAND, at(10, 28, 15), id="the last Thursday of summer"),
        pytest.param(at(11, 4, 15, 59), ENGLAND, at(10, 28, 15), id="a minute before 4pm, in winter again"),
        pytest.param(at(11, 4, 16), ENGLAND, at(11, 4, 16), id="the first Thursday of winter"),
    ],
)
def test_4pm_stays_4pm_across_both_changes_of_the_clocks(
    now: datetime, calendar: NationCalendar, due: datetime
) -> None:
    assert last_due(THURSDAY, calendar, now) == due


def test_a_holiday_of_the_contracts_own_nation_holds_it_up_until_9am_on_the_next_working_day() -> None:
    monday = Weekly(0, 16)
    assert last_due(monday, SCOTLAND, at(1, 4, 16)) == datetime(2026, 12, 29, 9, tzinfo=UTC)
    assert last_due(monday, SCOTLAND, at(1, 5, 9)) == at(1, 5, 9)
    assert last_due(monday, ENGLAND, at(1, 4, 16)) == at(1, 4, 16)
    assert next_due(Weekly(4, 16), ENGLAND, at(3, 25, 12)) == at(3, 30, 8)  # Good Friday, then Easter Monday
    assert next_due(Weekly(5, 10), ENGLAND, at(1, 8, 12)) == at(1, 11, 9)  # a Saturday


@given(WEEKLY, CALENDARS, INSTANTS)
def test_every_week_has_one_on_a_working_day_at_its_time_or_at_9am(
    weekly: Weekly, calendar: NationCalendar, now: datetime
) -> None:
    due, following = last_due(weekly, calendar, now), next_due(weekly, calendar, now)
    assert due <= now < following
    assert last_due(weekly, calendar, following) == following
    assert last_due(weekly, calendar, following - timedelta(seconds=1)) == due
    for instant in (due, following):
        local = london(instant)
        assert calendar.is_working_day(local.date())
        if local.weekday() == weekly.weekday:
            assert local.time() in (weekly.at, time(9))
        else:
            assert local.time() == time(9)


@given(INSTANTS, CALENDARS, st.sets(st.integers(1, 15)))
def test_a_monthly_one_is_due_at_9am_on_the_working_day_after_the_last_report(
    now: datetime, calendar: NationCalendar, working_days: set[int]
) -> None:
    month = Month.of(london(now).date())
    days = {report_due(month, each, calendar) for each in working_days}
    opens, due = london(month_opens(month, calendar)), london(month_due(month, days, calendar))
    assert (opens.time(), due.time()) == (time(9), time(9))
    assert Month.of(opens.date()) == Month.of(due.date()) == month.next(), "it never waits for the next month"
    first = opens.date().replace(day=1)
    until = [first + timedelta(days=n) for n in range((due.date() - first).days)]
    worked = [day for day in until if calendar.is_working_day(day)]
    assert worked[0] == opens.date()
    assert len(worked) == max(working_days, default=3)
    assert calendar.is_working_day(due.date())


def test_the_last_report_counts_by_the_bank_holidays_of_its_own_nation() -> None:
    december = Month(2026, 12)
    assert month_opens(december, ENGLAND) == at(1, 4, 9)
    english, scottish = report_due(december, 3, ENGLAND), report_due(december, 3, SCOTLAND)
    assert month_due(december, [english], ENGLAND) == at(1, 7, 9)
    assert month_due(december, [english, scottish], ENGLAND) == at(1, 8, 9)
    assert month_due(december, [], ENGLAND) == at(1, 7, 9)
    assert month_due(Month(2027, 3), [], ENGLAND) == at(4, 6, 8), "the clocks have gone forward"
