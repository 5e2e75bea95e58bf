"""When a rule speaks: held against a reading of the same words that counts days one by one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import NationCalendar, Proclamation, published
from bot.domain.reminders import LATE_FOR, ReminderRule, days_to_remind_of, next_reminder, parse_days_ahead
from bot.errors import UserError

ENGLAND, *_ = published().nations
calendars = st.sampled_from(published().nations)
days = st.dates(date(2026, 6, 1), date(2027, 12, 31))
rules = st.builds(ReminderRule, st.lists(st.integers(0, 90), max_size=4).map(tuple), st.none() | st.integers(1, 10))


def days_left(due_on: date, today: date, calendar: NationCalendar) -> int:
    """How many working days there are from a working day to the day something is due; below 0 it is so many late."""
    return calendar.working_days_between(today, calendar.roll_back(due_on))


def is_reminded(rule: ReminderRule, due_on: date, today: date, calendar: NationCalendar) -> bool:
    """Whether a rule speaks on a working day of something that is due on a day, read from its words."""
    left = days_left(due_on, today, calendar)
    if left >= 0:
        return left in rule.before
    return rule.late_every is not None and -left <= LATE_FOR and -left % rule.late_every == 0


@given(rules, days, days, calendars)
def test_the_days_spoken_of_are_those_on_which_the_rule_speaks(
    rule: ReminderRule, due_on: date, today: date, calendar: NationCalendar
) -> None:
    today = calendar.roll_back(today)
    assert (due_on in days_to_remind_of(rule, today, calendar)) == is_reminded(rule, due_on, today, calendar)


@given(rules, days, calendars)
def test_every_day_before_is_spoken_of_once_and_then_every_so_many_late(
    rule: ReminderRule, due_on: date, calendar: NationCalendar
) -> None:
    span = (due_on + timedelta(days=n) for n in range(-150, 60))
    spoken = [day for day in span if calendar.is_working_day(day) and is_reminded(rule, due_on, day, calendar)]
    left = [days_left(due_on, day, calendar) for day in spoken]
    assert [n for n in left if n >= 0] == sorted(set(rule.before), reverse=True)
    late = [-n for n in left if n < 0]
    assert late == ([] if rule.late_every is None else [n * rule.late_every for n in range(1, len(late) + 1)])
    assert bool(late) == (rule.late_every is not None)


def test_a_report_due_on_saturday_is_spoken_of_on_friday_and_is_late_on_tuesday_the_second_day() -> None:
    saturday = date(2027, 1, 9)
    rule = ReminderRule((5, 1, 0), late_every=2)
    spoken = [saturday + timedelta(days=n) for n in range(-8, 8)]
    spoken = [day for day in spoken if ENGLAND.is_working_day(day) and is_reminded(rule, saturday, day, ENGLAND)]
    assert spoken == [date(2027, 1, 7), date(2027, 1, 8), date(2027, 1, 12), date(2027, 1, 14)]


def test_after_a_year_nothing_more_is_said() -> None:
    rule = ReminderRule((), late_every=1)
    today = date(2027, 12, 1)
    assert len([day for day in days_to_remind_of(rule, today, ENGLAND) if ENGLAND.is_working_day(day)]) == LATE_FOR


def test_the_rules_in_words() -> None:
    report = "5 and 1 working days before, on the day, every 2 working days when it is late"
    assert ReminderRule((5, 1, 0), late_every=2).sentence == report
    assert ReminderRule((90, 60, 30, 10)).sentence == "90, 60, 30 and 10 working days before"
    assert (
        ReminderRule((1, 0), late_every=1).sentence
        == "1 working day before, on the day, every working day when it is late"
    )
    assert ReminderRule(()).sentence == "never"


@pytest.mark.parametrize(
    ("typed", "read"), [("", ()), ("0", (0,)), ("1, 5,0", (5, 1, 0)), ("10 10 5", (10, 5)), ("120", (120,))]
)
def test_days_ahead_are_read(typed: str, read: tuple[int, ...]) -> None:
    assert parse_days_ahead(typed, "report") == read


@pytest.mark.parametrize("typed", ["five", "-1", "121", "1.5", "1;2", "9" * 30])
def test_what_is_no_list_of_days_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(UserError, match="for example 5, 1, 0"):
        parse_days_ahead(typed, "report")


@given(
    st.lists(st.integers(0, 15), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(0, 40),
    st.booleans(),
    st.booleans(),
)
def test_a_bank_holiday_that_comes_or_goes_costs_no_reminder_and_doubles_none(
    before: list[int], every: int, due: int, told: int, holiday: int, comes: bool, follows: bool
) -> None:
    """The due day stays, or follows by a rule of working days. Each offset of the rule is spoken of once."""
    rule, start = ReminderRule(tuple(before), every), date(2029, 6, 4)
    day = ENGLAND.roll_forward(start + timedelta(days=holiday))
    proclaimed = published().with_proclaimed(frozenset({Proclamation(ENGLAND.nation, day, True)})).of(ENGLAND.nation)
    old, new = (ENGLAND, proclaimed) if comes else (proclaimed, ENGLAND)
    was = start + timedelta(days=due)
    on = new.add_working_days(start, old.working_days_between(start, was)) if follows else was
    last = old.roll_back(start + timedelta(days=told))

    again = next_reminder(rule, last, (was, old), (on, new))

    first, end = start - timedelta(days=40), start + timedelta(days=90)
    span = [first + timedelta(days=n) for n in range((end - first).days)]
    heard = [days_left(was, each, old) for each in span if each <= last and old.is_working_day(each)]
    coming = [each for each in span if each > last and new.is_working_day(each)]
    if again is not None:  # what is spoken of on that day is everything that has not been
        heard += range(days_left(was, last, old) - 1, days_left(on, again, new) - 1, -1)
        coming = [each for each in coming if each > again]
    heard += [days_left(on, each, new) for each in coming]
    spoken = [left for left in heard if left in rule.before or (left < 0 and -left % every == 0)]
    assert spoken == sorted({*rule.before, *range(-every, min(heard) - 1, -every)}, reverse=True)
