"""Months, the days on which reports fall due, and financial years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import NationCalendar, published
from bot.domain.periods import Month, NotAMonth, financial_year, parse_month, report_due, report_opens
from bot.errors import UserError

ENGLAND, SCOTLAND, IRELAND = published().nations

months = st.builds(Month, st.integers(2000, 2100), st.integers(1, 12))


def test_a_month_says_what_it_is() -> None:
    december = Month(2026, 12)
    assert str(december) == "December 2026"
    assert december.key == "2026-12"
    assert (december.start, december.end) == (date(2026, 12, 1), date(2026, 12, 31))
    assert december.next() == Month(2027, 1)
    assert december.next().previous() == december
    assert Month(2028, 2).end == date(2028, 2, 29)


@given(months)
def test_a_month_can_be_found_again(month: Month) -> None:
    assert Month.parse(month.key) == Month.of(month.start) == Month.of(month.end) == month
    assert month.next().previous() == month.previous().next() == month
    assert month.end + timedelta(days=1) == month.next().start


@given(months, months)
def test_months_sort_as_their_days_and_keys_do(a: Month, b: Month) -> None:
    assert (a < b) == (a.start < b.start) == (a.key < b.key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "0000-01",
        "12-2026",
        "2026-1",
        "202\N{FULLWIDTH DIGIT SIX}-12",
        "2026-12-01",
    ],
)
def test_what_is_not_a_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NotAMonth, match="for example 2026-12"):
        Month.parse(text)


def test_no_month_can_be_built_that_does_not_exist() -> None:
    for year, month in ((2026, 0), (2026, 13), (0, 1), (10_000, 1)):
        with pytest.raises(NotAMonth):
            Month(year, month)
    with pytest.raises(NotAMonth):
        Month(9999, 12).next()


@pytest.mark.parametrize(
    ("calendar", "opens", "due"),
    [
        (ENGLAND, date(2027, 1, 4), date(2027, 1, 6)),
        (SCOTLAND, date(2027, 1, 5), date(2027, 1, 7)),
        (IRELAND, date(2027, 1, 4), date(2027, 1, 6)),
    ],
)
def test_the_report_on_december_is_due_on_the_third_working_day_of_january(
    calendar: NationCalendar, opens: date, due: date
) -> None:
    assert report_opens(Month(2026, 12), calendar) == opens
    assert report_due(Month(2026, 12), 3, calendar) == due


def test_a_report_that_cannot_fall_due_is_refused() -> None:
    with pytest.raises(UserError, match=", so there is no working day"):
        report_due(Month(2026, 12), 23, SCOTLAND)


@pytest.mark.parametrize(
    ("day", "began"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_a_financial_year_runs_from_1_april_to_31_march(day: date, began: int) -> None:
    assert financial_year(day) == (date(began, 4, 1), date(began + 1, 3, 31))


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_every_day_is_in_its_financial_year(day: date) -> None:
    first, last = financial_year(day)
    assert first <= day <= last


TYPED_IN_JANUARY = date(2027, 1, 4)


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("December 2026", Month(2026, 12)),
        (" dec  2026 ", Month(2026, 12)),
        ("2026-12", Month(2026, 12)),
        ("12/2026", Month(2026, 12)),
        ("2/2027", Month(2027, 2)),
        ("December", Month(2026, 12)),
        ("january", Month(2027, 1)),
        ("sept", Month(2026, 9)),
    ],
)
def test_a_month_is_read_as_people_type_it(typed: str, month: Month) -> None:
    assert parse_month(typed, TYPED_IN_JANUARY) == month


@given(months)
def test_a_month_is_read_as_it_is_shown(month: Month) -> None:
    assert parse_month(str(month), TYPED_IN_JANUARY) == month


@pytest.mark.parametrize(
    "typed", ["", "ju 2026", "soon", "13/2026", "0/2026", "December 26", "2026", "none", "mayy", "1 2"]
)
def test_what_is_no_month_is_refused(typed: str) -> None:
    with pytest.raises(NotAMonth, match="for example December 2026"):
        parse_month(typed, TYPED_IN_JANUARY)
