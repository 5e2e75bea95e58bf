"""What the accepted figures say of a shortfall."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.monitoring import MonthRating, recurrence, standing_of, watched_until, why_propose
from bot.domain.periods import Month
from bot.domain.plan_cycle import PlanEvent
from bot.domain.ratings import Rating

WORDS = {
    "G": Rating.GOOD,
    "A": Rating.APPROACHING_TARGET,
    "R": Rating.REQUIRES_IMPROVEMENT,
    "I": Rating.INADEQUATE,
    "O": Rating.OTHER,
}


def months(typed: str) -> list[MonthRating]:
    """Months from July 2026, each with the first letter of its rating."""
    month, found = Month(2026, 7), []
    for letter in typed:
        found.append(MonthRating(month, WORDS[letter], "88% against 95%"))
        month = month.next()
    return found


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", ""),
        ("GGG", ""),
        ("R", ""),
        ("RRG", ""),
        ("GI", "Starts is rated Inadequate in August 2026: 88% against 95%."),
        ("GRR", "Starts fell short in August 2026 and September 2026, two months in a row: 88% against 95%."),
        ("RARAR", "Starts fell short in 3 of the last 5 months: July 2026, September 2026 and November 2026."),
        ("RRGGGGGR", ""),  # the first two are more than six months ago
    ],
)
def test_a_plan_is_proposed_with_the_facts(typed: str, why: str) -> None:
    assert why_propose("Starts", months(typed)).replace("\u00a0", " ") == why


@pytest.mark.parametrize(
    ("typed", "good", "recommends"),
    [
        ("", 0, None),
        ("GG", 2, None),
        ("RGGG", 3, PlanEvent.CURED),
        ("GOGG", 3, PlanEvent.CURED),  # no data neither counts nor interrupts
        ("GGA", 0, None),
        ("GGR", 0, None),
        ("GRR", 0, PlanEvent.FAILED),
        ("GGI", 0, PlanEvent.FAILED),
        ("RRG", 1, None),
    ],
)
def test_a_monitored_plan_stands_by_its_months(typed: str, good: int, recommends: PlanEvent | None) -> None:
    found = standing_of(months(typed), 3)
    assert (found.good, found.recommends) == (good, recommends)
    assert bool(found.why) is (recommends is not None)


@given(st.text("GARIO", max_size=12), st.integers(1, 12))
def test_no_more_than_the_needed_periods_are_counted_and_only_they_recommend_a_cure(typed: str, needed: int) -> None:
    found = standing_of(months(typed), needed)
    assert 0 <= found.good <= needed
    assert (found.recommends is PlanEvent.CURED) is (found.good == needed)


def test_a_recurrence_counts_in_the_three_months_after_the_cure_alone() -> None:
    cured_on = date(2026, 8, 14)
    assert watched_until(cured_on) == date(2026, 11, 14)
    assert recurrence(months("RGGG"), cured_on) == ""
    assert recurrence(months("GGGGGR"), cured_on) == ""
    assert recurrence(months("GGRG"), cured_on) == "It came again in September 2026, in the watch after the cure."
