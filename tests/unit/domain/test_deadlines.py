"""Deadlines: read, written, computed, and explained."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.calendar import NationCalendar, months_before, published
from bot.domain.deadlines import Deadline, NotADeadline, Roll, Side, TimeUnit, parse_deadline
from bot.domain.periods import Month
from bot.domain.wording import MONTHS, format_date
from bot.errors import UserError

DAY, WORKING_DAY, MONTH = TimeUnit
AFTER, BEFORE, OF = Side
CALENDARS = ENGLAND, SCOTLAND, IRELAND = published().nations

calendars = st.sampled_from(CALENDARS)
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
counts = st.integers(1, 200)
sides = st.sampled_from((AFTER, BEFORE))
rolls = st.sampled_from((None, *Roll))


def deadlines(anchors: st.SearchStrategy[date], most: int) -> st.SearchStrategy[Deadline]:
    """Every kind of deadline."""
    numbers = st.integers(1, most)
    return st.one_of(
        st.builds(Deadline.fixed, anchors, rolls),
        st.builds(Deadline.in_month, st.integers(1, 15), anchors.map(Month.of)),
        st.builds(Deadline, numbers, st.just(WORKING_DAY), sides, anchors),
        st.builds(Deadline, numbers, st.just(DAY), sides, anchors, rolls),
        st.builds(Deadline, numbers, st.just(MONTH), st.just(AFTER), anchors, rolls),
        st.builds(Deadline, numbers, st.just(MONTH), st.just(BEFORE), anchors),
    )


known = deadlines(days, most=20)  # within the bank holidays that are published


@pytest.mark.parametrize(
    ("words", "england", "scotland", "ireland"),
    [
        ("10 working days after 22 December 2026", date(2027, 1, 8), date(2027, 1, 11), date(2027, 1, 8)),
        ("3rd working day of January 2027", date(2027, 1, 6), date(2027, 1, 7), date(2027, 1, 6)),
        ("5 working days after 27 November 2026", date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 4)),
        ("10 working days after 6 July 2026", date(2026, 7, 20), date(2026, 7, 20), date(2026, 7, 21)),
        ("5 working days after 24 March 2027", date(2027, 4, 2), date(2027, 4, 1), date(2027, 4, 2)),
        ("5 working days before 31 March 2027", date(2027, 3, 22), date(2027, 3, 23), date(2027, 3, 22)),
    ],
)
def test_the_calendar_of_the_nation_counts(words: str, england: date, scotland: date, ireland: date) -> None:
    deadline = parse_deadline(words)
    assert [deadline.on(calendar) for calendar in CALENDARS] == [england, scotland, ireland]
    assert str(deadline) == words


@pytest.mark.parametrize("calendar", CALENDARS, ids=[each.nation for each in CALENDARS])
@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("6 months before 31 August 2027", date(2027, 2, 26)),  # a Friday: 28 February is a Sunday
        ("30 days after 1 March 2027", date(2027, 3, 31)),
        ("30 days after 26 February 2027", date(2027, 3, 28)),  # a Sunday: the law does not roll
        ("30 days before 31 March 2027", date(2027, 3, 1)),
        ("3 months after 1 April 2027", date(2027, 7, 1)),
        ("3 months after 30 November 2026", date(2027, 2, 28)),  # a Sunday, and a shorter month
        ("1 month after 31 January 2027, rolled back to a working day", date(2027, 2, 26)),
        ("1 month after 31 January 2027, rolled forward to a working day", date(2027, 3, 1)),
        ("28 February 2027", date(2027, 2, 28)),
        ("28 February 2027, rolled forward to a working day", date(2027, 3, 1)),
    ],
)
def test_days_and_months_are_of_the_calendar_and_roll_as_they_say(
    words: str, due: date, calendar: NationCalendar
) -> None:
    assert parse_deadline(words).on(calendar) == due


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("10 WORKING DAYS AFTER 22/12/2026", "10 working days after 22 December 2026"),
        ("  1 working  day after 2026-12-22 ", "1 working day after 22 December 2026"),
        ("1 working days before 22 dec 2026", "1 working day before 22 December 2026"),
        ("30 calendar days after 1 March 2027", "30 days after 1 March 2027"),
        ("6 Months Before 31 Aug 2027", "6 months before 31 August 2027"),
        ("6 months before 31 August 2027, rolled back to a working day", "6 months before 31 August 2027"),
        ("5 working days after 1 March 2027 rolled forward", "5 working days after 1 March 2027"),
        ("30 days after 1 March 2027 Rolled Back", "30 days after 1 March 2027, rolled back to a working day"),
        ("3 working day of 2027-01", "3rd working day of January 2027"),
        ("1st working day of jan 2027, rolled back", "1st working day of January 2027"),
        ("31/03/2027", "31 March 2027"),
    ],
)
def test_what_people_type_is_read_and_written_in_one_way(typed: str, canonical: str) -> None:
    assert str(parse_deadline(typed)) == canonical


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "A deadline is needed"),
        (" ", "A deadline is needed"),
        ("soon", "“soon” is not a day of the calendar"),
        ("tomorrow", "“tomorrow” is not a day of the calendar"),
        ("2 weeks after 1 March 2027", "“weeks” cannot be counted here: use days, working days or months"),
        ("2 business days after 1 March 2027", "“business days” cannot be counted"),
        ("0 days after 1 March 2027", "0 is not a number of days from 1 to 999"),
        ("0 months before 1 March 2027", "0 is not a number of months from 1 to 999"),
        ("1000 days after 1 March 2027", "1,000 is not a number of days from 1 to 999"),
        ("10 working days after 22 December", "“22 December” is not a day of the calendar with its month and year"),
        ("10 working days after Friday", "“Friday” is not a day of the calendar"),
        ("10 working days after 31/02/2027", "“31/02/2027” is not a day of the calendar"),
        ("10 working days after 22 December 1626", "“22 December 1626” is not a day of the calendar"),
        ("3rd working day of January", "“January” is not a month with its year"),
        ("3rd working day of 2027-13", "“2027-13” is not a month with its year"),
        ("0th working day of January 2027", "0 is not a number of working days from 1 to 23"),
        ("24th working day of January 2027", "24 is not a number of working days from 1 to 23"),
        ("6 months before 31 August 2027, rolled forward", "A notice in months always rolls back"),
        ("\N{FULLWIDTH DIGIT SIX} months before 31 August 2027", "is not a day of the calendar"),
        ("10 days after 1 March 2027 " * 10, "is too long for a deadline"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_wrong_and_an_example(typed: str, says: str) -> None:
    with pytest.raises(NotADeadline) as refusal:
        parse_deadline(typed)
    assert says in refusal.value.sentence
    assert "for example 31 March 2027 or 10 working days after 22 December 2026." in refusal.value.sentence


@pytest.mark.parametrize(
    ("count", "unit", "side", "anchor", "roll"),
    [
        (0, WORKING_DAY, AFTER, date(2027, 1, 1), None),
        (0, DAY, BEFORE, date(2027, 1, 1), None),
        (-1, DAY, AFTER, date(2027, 1, 1), None),
        (1_000, DAY, AFTER, date(2027, 1, 1), None),
        (3, DAY, OF, date(2027, 1, 1), None),
        (3, WORKING_DAY, OF, date(2027, 1, 2), None),
        (3, WORKING_DAY, AFTER, date(2027, 1, 1), Roll.FORWARD),
        (3, MONTH, BEFORE, date(2027, 1, 1), Roll.BACK),
        (3, DAY, AFTER, date(1899, 12, 31), None),
    ],
)
def test_no_deadline_can_be_built_that_has_no_words(
    count: int, unit: TimeUnit, side: Side, anchor: date, roll: Roll | None
) -> None:
    with pytest.raises(NotADeadline):
        Deadline(count, unit, side, anchor, roll)


@given(deadlines(st.dates(date(1900, 1, 1), date(2199, 12, 31)), most=999))
def test_what_is_written_is_read_again(deadline: Deadline) -> None:
    assert parse_deadline(str(deadline)) == deadline
    assert parse_deadline(str(deadline).upper()) == deadline


@given(st.text() | st.from_regex(r"[0-9]+ (working )?days? (after|before) [0-9a-z/ -]+", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        deadline = parse_deadline(text)
    except NotADeadline:
        return
    assert parse_deadline(str(deadline)) == deadline


@given(counts, days, calendars)
def test_counting_back_undoes_counting_on(count: int, anchor: date, calendar: NationCalendar) -> None:
    worked = calendar.roll_back(anchor)
    after = Deadline(count, WORKING_DAY, AFTER, worked).on(calendar)
    assert Deadline(count, WORKING_DAY, BEFORE, after).on(calendar) == worked
    later = Deadline(count, DAY, AFTER, anchor).on(calendar)
    assert Deadline(count, DAY, BEFORE, later).on(calendar) == anchor


@given(known, calendars)
def test_where_the_rule_is_of_working_days_so_is_the_deadline(deadline: Deadline, calendar: NationCalendar) -> None:
    notice = (deadline.unit, deadline.side) == (MONTH, BEFORE)
    assume(deadline.unit is WORKING_DAY or deadline.roll or notice)
    assert calendar.is_working_day(deadline.on(calendar))


@given(st.sampled_from(TimeUnit), counts.filter(lambda n: n < 20), days, calendars)
def test_a_longer_count_leads_further(unit: TimeUnit, count: int, anchor: date, calendar: NationCalendar) -> None:
    further = count + 1
    assert Deadline(count, unit, AFTER, anchor).on(calendar) < Deadline(further, unit, AFTER, anchor).on(calendar)
    assert Deadline(count, unit, BEFORE, anchor).on(calendar) > Deadline(further, unit, BEFORE, anchor).on(calendar)


@given(counts.filter(lambda n: n < 20), days, calendars)
def test_a_notice_is_never_late(months: int, end: date, calendar: NationCalendar) -> None:
    assert Deadline(months, MONTH, BEFORE, end).on(calendar) <= months_before(end, months)


@given(known, calendars)
def test_the_working_ends_with_the_day(deadline: Deadline, calendar: NationCalendar) -> None:
    assert deadline.working(calendar).endswith(format_date(deadline.on(calendar)))


@given(deadlines(days, most=300).filter(lambda deadline: deadline.unit is WORKING_DAY), calendars)
def test_the_bank_holidays_named_are_those_of_the_span(deadline: Deadline, calendar: NationCalendar) -> None:
    due = deadline.on(calendar)
    first, last = sorted((deadline.anchor, due))
    passed = [day for day in calendar.bank_holidays(first, last) if deadline.side is OF or day != deadline.anchor]
    found = re.search(r": (.+) (?:is a bank holiday|are bank holidays)", deadline.working(calendar))
    assert _days_named(found[1], first, last) == passed if found else not passed


def _days_named(words: str, first: date, last: date) -> list[date]:
    """The days in words such as "25 and 28 December and 1 January", between two days."""
    named = []
    for numbers, month, year in re.findall(r"((?:[0-9]+(?:, | and | ))+)([A-Z][a-z]+)(?: ([0-9]{4}))?", words):
        for number in re.findall("[0-9]+", numbers):
            years = [int(year)] if year else range(first.year, last.year + 1)
            dates = [date(each, MONTHS.index(month) + 1, int(number)) for each in years]
            named += [day for day in dates if first <= day <= last]
    return named


@pytest.mark.parametrize(
    ("words", "calendar", "working"),
    [
        (
            "10 working days after 22 December 2026",
            ENGLAND,
            "10 working days after 22 December 2026, England and Wales: "
            "25 and 28 December and 1 January are bank holidays, so 8 January 2027",
        ),
        (
            "10 working days after 22 December 2026",
            SCOTLAND,
            "10 working days after 22 December 2026, Scotland: "
            "25 and 28 December and 1 and 4 January are bank holidays, so 11 January 2027",
        ),
        (
            "5 working days after 27 November 2026",
            SCOTLAND,
            "5 working days after 27 November 2026, Scotland: 30 November is a bank holiday, so 7 December 2026",
        ),
        (
            "10 working days after 6 July 2026",
            ENGLAND,
            "10 working days after 6 July 2026, England and Wales: no bank holidays fall between, so 20 July 2026",
        ),
        (
            "5 working days before 31 March 2027",
            IRELAND,
            "5 working days before 31 March 2027, Northern Ireland: "
            "26 and 29 March are bank holidays, so 22 March 2027",
        ),
        (
            "250 working days before 3 January 2028",
            ENGLAND,
            "250 working days before 3 January 2028, England and Wales: 26 and 29 March, 3 and 31 May, 30 August "
            "and 27 and 28 December are bank holidays, so 7 January 2027",
        ),
        (
            "260 working days after 22 December 2026",
            ENGLAND,
            "260 working days after 22 December 2026, England and Wales: 25 and 28 December 2026, 1 January 2027, "
            "26 and 29 March 2027, 3 and 31 May 2027, 30 August 2027, 27 and 28 December 2027 and 3 January 2028 "
            "are bank holidays, so 5 January 2028",
        ),
        (
            "3rd working day of January 2027",
            SCOTLAND,
            "3rd working day of January 2027, Scotland: 1 and 4 January are bank holidays, so 7 January 2027",
        ),
        (
            "2nd working day of June 2026",
            SCOTLAND,
            "2nd working day of June 2026, Scotland: no bank holidays fall before it, so 2 June 2026",
        ),
        (
            "6 months before 31 August 2027",
            ENGLAND,
            "6 months before 31 August 2027 is Sunday 28 February 2027; "
            "notices roll back to a working day, so Friday 26 February 2027",
        ),
        (
            "6 months before 4 July 2027",
            SCOTLAND,
            "6 months before 4 July 2027 is Monday 4 January 2027; 1 and 4 January are bank holidays in Scotland; "
            "notices roll back to a working day, so Thursday 31 December 2026",
        ),
        (
            "6 months before 4 July 2027",
            ENGLAND,
            "6 months before 4 July 2027, England and Wales, is a working day: Monday 4 January 2027",
        ),
        (
            "30 days after 26 February 2027",
            ENGLAND,
            "30 days after 26 February 2027, counting every day, is Sunday 28 March 2027",
        ),
        (
            "30 days after 26 February 2027, rolled forward to a working day",
            ENGLAND,
            "30 days after 26 February 2027 is Sunday 28 March 2027; 29 March is a bank holiday in England and "
            "Wales; it rolls forward to a working day, so Tuesday 30 March 2027",
        ),
        ("3 months after 1 April 2027", ENGLAND, "3 months after 1 April 2027 is Thursday 1 July 2027"),
        ("31 March 2027", ENGLAND, "The fixed date is Wednesday 31 March 2027"),
        (
            "28 March 2027, rolled forward to a working day",
            SCOTLAND,
            "The fixed date is Sunday 28 March 2027; it rolls forward to a working day, so Monday 29 March 2027",
        ),
    ],
)
def test_the_working_in_words(words: str, calendar: NationCalendar, working: str) -> None:
    assert parse_deadline(words).working(calendar) == working


@pytest.mark.parametrize(
    ("words", "working"),
    [
        (
            "10 working days after 20 December 2028",
            "10 working days after 20 December 2028, England and Wales: 25 and 26 December and 1 January are bank "
            "holidays, so 8 January 2029 (provisional)",
        ),
        (
            "10 working days before 3 January 2012",
            "10 working days before 3 January 2012, England and Wales: 26 and 27 December and 2 January are bank "
            "holidays, so 15 December 2011 (provisional)",
        ),
        (
            "3rd working day of January 2029",
            "3rd working day of January 2029, England and Wales: 1 January is a bank holiday, so 4 January 2029 "
            "(provisional)",
        ),
        (
            "6 months before 31 March 2036",
            "6 months before 31 March 2036 is Sunday 30 September 2035; notices roll back to a working day, so Friday "
            "28 September 2035 (provisional)",
        ),
        (
            "30 days after 20 December 2028, rolled forward to a working day",
            "30 days after 20 December 2028, England and Wales, is a working day: Friday 19 January 2029 (provisional)",
        ),
        ("2 months after 1 April 2030", "2 months after 1 April 2030 is Saturday 1 June 2030"),
    ],
)
def test_beyond_the_published_bank_holidays_the_day_is_provisional(words: str, working: str) -> None:
    assert parse_deadline(words).working(ENGLAND) == working


def test_calendar_days_need_no_bank_holidays() -> None:
    assert parse_deadline("30 days after 1 March 2040").on(ENGLAND) == date(2040, 3, 1) + timedelta(days=30)


def test_a_month_may_be_too_short_for_its_working_day() -> None:
    with pytest.raises(UserError, match="January 2027 has 19 working days"):
        parse_deadline("20th working day of January 2027").on(SCOTLAND)
