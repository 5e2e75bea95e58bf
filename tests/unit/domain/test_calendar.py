"""Working days, notices and the hours in which messages go out."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import (
    Nation,
    NationCalendar,
    Proclamation,
    WorkingCalendar,
    london,
    london_instant,
    months_before,
    published,
)
from bot.domain.provisional import ProvisionalDate
from bot.domain.wording import format_date, format_instant
from bot.errors import UserError

NATIONS = ENGLAND, SCOTLAND, IRELAND = published().nations

calendars = st.sampled_from(NATIONS)
days = st.dates(date(2026, 1, 1), date(2028, 6, 30))
counts = st.integers(1, 60)


@pytest.mark.parametrize(
    ("anchor", "count", "england", "scotland", "ireland"),
    [
        (date(2026, 12, 22), 10, date(2027, 1, 8), date(2027, 1, 11), date(2027, 1, 8)),
        (date(2026, 11, 27), 5, date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 4)),
        (date(2026, 7, 6), 10, date(2026, 7, 20), date(2026, 7, 20), date(2026, 7, 21)),
        (date(2027, 3, 24), 5, date(2027, 4, 2), date(2027, 4, 1), date(2027, 4, 2)),
    ],
)
def test_working_days_after_an_event(anchor: date, count: int, england: date, scotland: date, ireland: date) -> None:
    assert [calendar.add_working_days(anchor, count) for calendar in NATIONS] == [england, scotland, ireland]


def test_the_third_working_day_of_january_comes_later_in_scotland() -> None:
    assert [calendar.nth_working_day(2027, 1, 3).day for calendar in NATIONS] == [6, 7, 6]


@pytest.mark.parametrize(
    ("day", "england", "scotland", "ireland"),
    [
        (date(2026, 11, 23), True, True, True),
        (date(2026, 11, 22), False, False, False),  # a Sunday
        (date(2026, 12, 25), False, False, False),
        (date(2026, 11, 30), True, False, True),  # St Andrew's Day
        (date(2027, 3, 17), True, True, False),  # St Patrick's Day
        (date(2027, 3, 29), False, True, False),  # Easter Monday
        (date(2012, 1, 2), False, False, False),
        (date(2028, 12, 29), True, True, True),
    ],
)
def test_bank_holidays_differ_between_the_nations(day: date, england: bool, scotland: bool, ireland: bool) -> None:
    assert [calendar.is_working_day(day) for calendar in NATIONS] == [england, scotland, ireland]


def test_counting_from_a_weekend_starts_on_the_next_working_day() -> None:
    saturday = date(2026, 11, 21)
    assert ENGLAND.add_working_days(saturday, 1) == date(2026, 11, 23)
    assert ENGLAND.add_working_days(saturday, -1) == date(2026, 11, 20)
    assert ENGLAND.add_working_days(saturday, 0) == saturday


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 21), 0),  # Friday to Saturday: not a working day late
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 23), date(2026, 11, 20), -1),
        (date(2026, 12, 22), date(2027, 1, 8), 10),
    ],
)
def test_working_days_between(start: date, end: date, count: int) -> None:
    assert ENGLAND.working_days_between(start, end) == count


def test_six_months_notice_of_an_end_in_august_rolls_back_to_a_friday() -> None:
    end = date(2027, 8, 31)
    assert months_before(end, 6) == date(2027, 2, 28)
    for calendar in NATIONS:
        assert calendar.roll_back(months_before(end, 6)) == date(2027, 2, 26)


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2027, 3, 31), 1, date(2027, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
        (date(2027, 1, 15), 0, date(2027, 1, 15)),
        (date(2026, 11, 30), -3, date(2027, 2, 28)),
    ],
)
def test_months_before(day: date, months: int, earlier: date) -> None:
    assert months_before(day, months) == earlier


def test_a_number_of_months_without_end_is_refused() -> None:
    with pytest.raises(UserError, match="for example 6"):
        months_before(date(2027, 1, 1), 1_000_000)


@pytest.mark.parametrize(
    ("worked_out", "in_words"),
    [
        (ENGLAND.add_working_days(date(2028, 12, 28), 1), "29 December 2028"),
        (ENGLAND.add_working_days(date(2028, 12, 28), 2), "2 January 2029 (provisional)"),
        (SCOTLAND.add_working_days(date(2028, 12, 28), 2), "3 January 2029 (provisional)"),
        (ENGLAND.add_working_days(date(2029, 1, 3), -3), "28 December 2028 (provisional)"),  # over a New Year's Day
        (ENGLAND.add_working_days(date(2012, 1, 3), -1), "30 December 2011 (provisional)"),
        (ENGLAND.nth_working_day(2028, 12, 3), "5 December 2028"),
        (IRELAND.nth_working_day(2031, 7, 9), "11 July 2031 (provisional)"),
        (ENGLAND.roll_back(months_before(date(2036, 3, 31), 6)), "28 September 2035 (provisional)"),
        (ENGLAND.roll_forward(date(2030, 12, 25)), "27 December 2030 (provisional)"),
        (ENGLAND.roll_forward(date(2030, 12, 25)) + timedelta(days=7), "3 January 2031 (provisional)"),
        (months_before(date(2036, 3, 31), 6), "30 September 2035"),  # no bank holiday could change it
        (ENGLAND.as_worked_out_instant(london_instant(date(2029, 7, 2), 9)), "2 July 2029 at 9am (provisional)"),
        (ENGLAND.as_worked_out_instant(london_instant(date(2028, 7, 3), 9)), "3 July 2028 at 9am"),
    ],
)
def test_what_was_worked_out_beyond_the_published_days_is_provisional(worked_out: date, in_words: str) -> None:
    said = format_instant(worked_out) if isinstance(worked_out, datetime) else format_date(worked_out)
    assert said == in_words


@given(st.dates(date(1, 2, 1), date(9999, 9, 1)), counts, calendars)
def test_no_day_is_beyond_the_calendar(day: date, count: int, calendar: NationCalendar) -> None:
    moved = calendar.add_working_days(day, count)
    assert calendar.working_days_between(day, moved) == count
    assert calendar.roll_back(day) <= day <= calendar.roll_forward(day)
    assert calendar.nth_working_day(day.year, day.month, 1).month == day.month
    assert isinstance(moved, ProvisionalDate) == (not 2012 <= day.year <= moved.year <= 2028)


def test_a_proclaimed_day_counts_in_its_nation_alone() -> None:
    world_cup, early_may = date(2026, 6, 15), date(2027, 5, 3)
    whole = published().with_proclaimed(
        frozenset(
            {
                Proclamation(Nation.SCOTLAND, world_cup, is_holiday=True),
                Proclamation(Nation.SCOTLAND, early_may, is_holiday=False),
            }
        )
    )
    ours = whole.of(Nation.SCOTLAND)
    assert (SCOTLAND.is_working_day(world_cup), ours.is_working_day(world_cup)) == (True, False)
    assert (SCOTLAND.is_working_day(early_may), ours.is_working_day(early_may)) == (False, True)
    assert ours.add_working_days(date(2026, 6, 12), 1) == date(2026, 6, 16)
    assert whole.of(Nation.ENGLAND_AND_WALES) == ENGLAND
    assert published().with_proclaimed(frozenset()) is published()


@pytest.mark.parametrize("n", [-1, 0, 20])
def test_a_working_day_that_the_month_does_not_have(n: int) -> None:
    with pytest.raises(UserError, match="January 2027 has 19 working days") as refusal:
        SCOTLAND.nth_working_day(2027, 1, n)
    assert "for example 3" in refusal.value.sentence


def test_the_bank_holidays_of_a_span_include_its_ends() -> None:
    christmas, new_year = date(2026, 12, 25), date(2027, 1, 1)
    assert ENGLAND.bank_holidays(christmas, new_year) == [christmas, date(2026, 12, 28), new_year]
    assert ENGLAND.bank_holidays(christmas, christmas) == [christmas]
    assert ENGLAND.bank_holidays(new_year, christmas) == []
    assert ENGLAND.bank_holidays(date(2026, 11, 30), date(2026, 12, 1)) == []
    assert SCOTLAND.bank_holidays(date(2026, 11, 30), date(2026, 12, 1)) == [date(2026, 11, 30)]


def test_a_calendar_is_a_value() -> None:
    ours = NationCalendar(Nation.SCOTLAND, frozenset({date(2027, 1, 5)}), date(2027, 1, 1), date(2027, 1, 31))
    whole = WorkingCalendar((ENGLAND, ours))
    assert whole == WorkingCalendar((ENGLAND, replace(ours)))
    assert hash(whole) == hash(WorkingCalendar((ENGLAND, replace(ours))))
    assert whole != WorkingCalendar((ENGLAND, SCOTLAND))
    assert whole.of(Nation.SCOTLAND).add_working_days(date(2027, 1, 4), 1) == date(2027, 1, 6)
    assert whole.of(Nation.ENGLAND_AND_WALES).add_working_days(date(2027, 1, 4), 1) == date(2027, 1, 5)
    with pytest.raises(FrozenInstanceError):
        ours.first = date(2026, 1, 1)  # type: ignore[misc]  # which is what must fail


def test_every_nation_has_its_calendar() -> None:
    assert [published().of(nation).nation for nation in Nation] == list(Nation)


@given(days, days, calendars)
def test_working_days_are_counted_one_by_one(a: date, b: date, calendar: NationCalendar) -> None:
    first, last = sorted((a, b))
    after = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert calendar.working_days_between(first, last) == sum(map(calendar.is_working_day, after))


@given(days, days, calendars)
def test_weekdays_are_worked_or_bank_holidays(a: date, b: date, calendar: NationCalendar) -> None:
    first, last = sorted((a, b))
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    resting = [day for day in span if day.weekday() < 5 and not calendar.is_working_day(day)]
    assert calendar.bank_holidays(first, last) == resting


@given(days, calendars)
def test_rolling_either_way_stops_at_the_nearest_working_day(day: date, calendar: NationCalendar) -> None:
    back, forward = calendar.roll_back(day), calendar.roll_forward(day)
    assert calendar.is_working_day(back)
    assert calendar.is_working_day(forward)
    assert back <= day <= forward
    assert calendar.working_days_between(back, forward) == (back != forward)


@given(days, counts, calendars)
def test_adding_and_counting_agree(anchor: date, count: int, calendar: NationCalendar) -> None:
    after = calendar.add_working_days(anchor, count)
    assert calendar.working_days_between(anchor, after) == count
    assert calendar.working_days_between(after, anchor) == -count


@given(days, st.integers(-60, 60).filter(bool), calendars)
def test_a_count_never_ends_on_a_day_that_is_not_worked(anchor: date, count: int, calendar: NationCalendar) -> None:
    assert calendar.is_working_day(calendar.add_working_days(anchor, count))


@given(days, counts, calendars)
def test_going_back_undoes_going_forward(anchor: date, count: int, calendar: NationCalendar) -> None:
    working = calendar.roll_back(anchor)
    assert calendar.add_working_days(calendar.add_working_days(working, count), -count) == working


@given(days, days, counts, calendars)
def test_a_later_event_never_falls_due_earlier(a: date, b: date, count: int, calendar: NationCalendar) -> None:
    earlier, later = sorted((a, b))
    assert calendar.add_working_days(earlier, count) <= calendar.add_working_days(later, count)
    assert calendar.add_working_days(earlier, count) < calendar.add_working_days(earlier, count + 1)


@given(days, calendars)
def test_the_nth_working_days_of_a_month_are_its_working_days(day: date, calendar: NationCalendar) -> None:
    n = calendar.working_days_between(day.replace(day=1) - timedelta(days=1), day)
    if calendar.is_working_day(day):
        assert calendar.nth_working_day(day.year, day.month, n) == day


@given(st.dates(date(2027, 1, 1), date(2028, 6, 30)), st.integers(0, 12), calendars)
def test_a_notice_day_is_the_last_working_day_in_time(end: date, months: int, calendar: NationCalendar) -> None:
    latest = months_before(end, months)
    day = calendar.roll_back(latest)
    assert day <= latest
    assert calendar.is_working_day(day)
    assert calendar.working_days_between(day, latest) == 0


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2027, 3, 27), 9),  # the clocks go forward on Sunday 28 March
        (date(2027, 3, 28), 8),
        (date(2027, 3, 29), 8),
        (date(2027, 10, 30), 8),  # and back on Sunday 31 October
        (date(2027, 10, 31), 9),
        (date(2027, 11, 1), 9),
    ],
)
def test_nine_in_the_morning_stays_nine_in_the_morning(day: date, utc_hour: int) -> None:
    instant = london_instant(day, 9)
    assert instant == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert instant.tzinfo is UTC
    assert london(instant).strftime("%H:%M") == "09:00"


@pytest.mark.parametrize(
    ("instant", "calendar", "expected"),
    [  # Monday 23 November 2026, in winter time
        (datetime(2026, 11, 23, 8, 59, 59, tzinfo=UTC), ENGLAND, datetime(2026, 11, 23, 9, tzinfo=UTC)),
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), ENGLAND, datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 16, 59, tzinfo=UTC), ENGLAND, datetime(2026, 11, 23, 16, 59, tzinfo=UTC)),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), ENGLAND, datetime(2026, 11, 24, 9, tzinfo=UTC)),
        # Friday evening, with St Andrew's Day on the Monday
        (datetime(2026, 11, 27, 18, 0, tzinfo=UTC), ENGLAND, datetime(2026, 11, 30, 9, tzinfo=UTC)),
        (datetime(2026, 11, 27, 18, 0, tzinfo=UTC), SCOTLAND, datetime(2026, 12, 1, 9, tzinfo=UTC)),
        (datetime(2026, 11, 30, 11, 0, tzinfo=UTC), SCOTLAND, datetime(2026, 12, 1, 9, tzinfo=UTC)),
        # across both changes of the clocks
        (datetime(2027, 3, 25, 18, 0, tzinfo=UTC), ENGLAND, datetime(2027, 3, 30, 8, tzinfo=UTC)),
        (datetime(2027, 10, 29, 16, 0, tzinfo=UTC), ENGLAND, datetime(2027, 11, 1, 9, tzinfo=UTC)),
        # half past midnight on Saturday in London is still Friday in UTC
        (datetime(2026, 7, 3, 23, 30, tzinfo=UTC), ENGLAND, datetime(2026, 7, 6, 8, tzinfo=UTC)),
    ],
)
def test_messages_wait_for_working_hours(instant: datetime, calendar: NationCalendar, expected: datetime) -> None:
    assert calendar.next_working_morning(instant) == expected


def test_the_morning_can_start_at_another_hour() -> None:
    early = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert ENGLAND.next_working_morning(early, hour=7) == early
    assert ENGLAND.next_working_morning(early, hour=8) == datetime(2026, 11, 23, 8, tzinfo=UTC)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 30), timezones=st.just(timezone(timedelta(hours=-5)))),
    calendars,
)
def test_a_message_goes_out_in_working_hours_and_never_early(instant: datetime, calendar: NationCalendar) -> None:
    sent = calendar.next_working_morning(instant)
    assert sent >= instant
    assert sent.tzinfo is UTC
    assert calendar.is_working_day(london(sent).date())
    assert 9 <= london(sent).hour < 17
    assert calendar.next_working_morning(sent) == sent


def test_a_time_without_a_zone_is_not_an_instant() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        london(datetime(2026, 11, 22, 9))


def test_importing_reads_no_bank_holidays_and_counting_uses_no_network() -> None:
    program = (
        "import socket, sys; socket.socket.connect = None\n"
        "from datetime import date\n"
        "from bot.domain import calendar as c\n"
        "assert not {'holidays', 'govuk_bank_holidays'} & {*sys.modules}\n"
        "assert not c.published().of(c.Nation.SCOTLAND).is_working_day(date(2026, 12, 25))\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@given(days, st.integers(0, 23), calendars)
def test_people_are_written_to_from_nine_to_five_of_a_working_day(
    day: date, hour: int, calendar: NationCalendar
) -> None:
    expected = calendar.is_working_day(day) and 9 <= hour < 17
    assert calendar.is_working_time(london_instant(day, hour)) == expected
