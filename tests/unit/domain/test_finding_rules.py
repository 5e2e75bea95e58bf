"""Grades and their days, what a repeat is, how often a contract is visited, and when a finding is escalated."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit_cycle import months_between_visits, visit_due
from bot.domain.calendar import Nation, published
from bot.domain.escalation_triggers import Trigger
from bot.domain.finding_cycle import REPEATS_WITHIN, FindingGrade, is_repeat
from bot.domain.shortfalls import finding_critical, finding_disputed, finding_late, finding_not_put_right

ENGLAND = published().of(Nation.ENGLAND_AND_WALES)
FOUND = date(2027, 1, 4)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_a_repeat_is_one_grade_more_serious_and_a_strength_stays_one() -> None:
    assert [grade.raised for grade in FindingGrade] == [
        FindingGrade.CRITICAL,
        FindingGrade.CRITICAL,
        FindingGrade.MAJOR,
        FindingGrade.MINOR,
        FindingGrade.STRENGTH,
    ]
    assert [grade.days for grade in FindingGrade] == [5, 20, 60, None, None]


@pytest.mark.parametrize(("clause", "repeats"), [("7.3", True), (" 7.3 ", True), ("7.4", False), ("", False)])
def test_a_repeat_is_of_the_same_clause(clause: str, repeats: bool) -> None:
    assert is_repeat(clause, FOUND, "7.3", FOUND - timedelta(days=30)) is repeats


@given(found_on=DAYS, before=DAYS)
def test_a_repeat_is_found_within_a_year_and_not_before(found_on: date, before: date) -> None:
    assert is_repeat("7.3", found_on, "7.3", before) is (before <= found_on <= before + REPEATS_WITHIN)


@given(months=st.integers(1, 60), last=DAYS)
def test_a_contract_is_visited_again_later_and_within_its_months(months: int, last: date) -> None:
    assert last < visit_due(last, months) <= last + timedelta(days=31 * months)


@pytest.mark.parametrize(("tier", "months"), [("gold", 6), ("Silver", 12), ("BRONZE", 24), ("of its own", 12)])
def test_a_tier_says_how_often_unless_the_contract_does(tier: str, months: int) -> None:
    assert (months_between_visits(tier), months_between_visits(tier, 3)) == (months, 3)


def test_a_finding_climbs_for_its_grade_its_day_and_a_dispute_without_an_answer() -> None:
    assert finding_critical(FOUND).trigger is Trigger.FINDING_CRITICAL
    assert finding_not_put_right(FOUND, FOUND) == []
    (overdue,) = finding_not_put_right(FOUND, FOUND + timedelta(days=1))
    assert (overdue.trigger, overdue.since) == (Trigger.FINDING_OVERDUE, FOUND)
    assert finding_late(FOUND, 2, date(2027, 1, 5), ENGLAND) == []
    (late,) = finding_late(FOUND, 2, date(2027, 1, 6), ENGLAND)
    assert [bool(finding_late(FOUND, after, date(2027, 1, 6), ENGLAND)) for after in (1, 3)] == [True, False]
    assert late.sentence == "The partner was to respond by 4 January 2027, and had not 2 working days later."
    assert finding_disputed(FOUND, FOUND, FOUND) == []
    (disputed,) = finding_disputed(FOUND, FOUND, date(2027, 1, 5))
    assert disputed.sentence == "The partner disputed it on 4 January 2027, and nobody has answered."
