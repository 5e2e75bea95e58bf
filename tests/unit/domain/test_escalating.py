"""What sends a risk up to its senior owner, and when that is over."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.escalation_triggers import (
    GRADE_TRIGGERS,
    Trigger,
    assessment_reasons,
    date_reasons,
    grade_reasons,
    has_fallen,
    manual_reason,
)
from bot.domain.risk_rules import RiskCategory, RiskRules
from bot.domain.scores import Band, Grade

TODAY = date(2027, 1, 4)
DAY = timedelta(days=1)
USUAL = RiskRules()
CAREFUL = RiskRules(appetite={RiskCategory.LEGAL: Band.LOW})
LEGAL, PEOPLE = RiskCategory.LEGAL, RiskCategory.PEOPLE
grades = st.builds(USUAL.grade, st.integers(1, 5), st.integers(1, 5))
rules = st.sampled_from((USUAL, CAREFUL))
categories = st.sampled_from((LEGAL, PEOPLE))


@pytest.mark.parametrize(
    ("rules", "category", "now", "before", "sentences"),
    [
        (USUAL, PEOPLE, (3, 4), None, []),
        (
            USUAL,
            PEOPLE,
            (4, 4),
            None,
            [
                "It is very high, with a score of 16.",
                "That is above the appetite for people risks, which is high.",
            ],
        ),
        (CAREFUL, LEGAL, (2, 3), None, ["It is medium, above the appetite for legal risks, which is low."]),
        (USUAL, PEOPLE, (3, 4), (3, 3), ["It is worse than at the last review: a score of 12, from 9."]),
        (USUAL, PEOPLE, (2, 2), (1, 1), []),
        (USUAL, PEOPLE, (3, 3), (4, 3), []),
    ],
)
def test_an_assessment_sends_a_risk_up(
    rules: RiskRules,
    category: RiskCategory,
    now: tuple[int, int],
    before: tuple[int, int] | None,
    sentences: list[str],
) -> None:
    found = assessment_reasons(rules, category, rules.grade(*now), rules.grade(*before) if before else None)
    assert [reason.sentence for reason in found] == sentences


@pytest.mark.parametrize(
    ("review_on", "actions", "proximity", "sentences"),
    [
        (TODAY, [], None, []),
        (TODAY - DAY, [], None, ["Its review was due on 3 January 2027."]),
        (TODAY, [TODAY - DAY, TODAY], None, ["1 of its actions was due on 3 January 2027."]),
        (
            TODAY,
            [TODAY - DAY, TODAY - 2 * DAY],
            None,
            ["2 of its actions were due, the first on 2 January 2027."],
        ),
        (
            TODAY,
            [],
            TODAY + 29 * DAY,
            ["It could happen on 2 February 2027, within 30 days, and has no open action."],
        ),
        (TODAY, [], TODAY + 30 * DAY, []),
        (TODAY, [TODAY], TODAY + DAY, []),
    ],
)
def test_the_day_sends_a_risk_up(
    review_on: date, actions: list[date], proximity: date | None, sentences: list[str]
) -> None:
    found = date_reasons(TODAY, review_on, actions, proximity)
    assert [reason.sentence for reason in found] == sentences


def test_somebody_sends_a_risk_up() -> None:
    reason = manual_reason("Amira Shah", "The union has balloted")
    assert (reason.trigger, reason.sentence) == (Trigger.BY_HAND, "Amira Shah escalated it: The union has balloted")


@given(rules, categories, grades, st.none() | grades)
def test_only_what_is_worse_than_it_was_is_more_than_where_it_stands(
    rules: RiskRules, category: RiskCategory, grade: Grade, before: Grade | None
) -> None:
    standing = grade_reasons(rules, category, grade)
    found = assessment_reasons(rules, category, grade, before)
    assert found[: len(standing)] == standing
    assert {reason.trigger for reason in standing} <= GRADE_TRIGGERS
    if before is None or grade.points <= before.points:
        assert found == standing


@given(st.sampled_from(Trigger), rules, categories, grades, st.none() | grades)
def test_what_is_over_sends_nothing_up_and_no_request_is_over(
    trigger: Trigger, rules: RiskRules, category: RiskCategory, grade: Grade, before: Grade | None
) -> None:
    if has_fallen(trigger, rules, category, grade, before):
        assert trigger is not Trigger.BY_HAND
        assert assessment_reasons(rules, category, grade, before) == []


def test_a_risk_has_fallen_when_nothing_of_where_it_stands_remains() -> None:
    very_high, high, medium = USUAL.grade(4, 4), USUAL.grade(3, 4), USUAL.grade(3, 3)
    assert has_fallen(Trigger.VERY_HIGH, USUAL, PEOPLE, high, very_high)
    assert has_fallen(Trigger.WORSE, USUAL, PEOPLE, medium, high)
    assert not has_fallen(Trigger.WORSE, USUAL, PEOPLE, medium, medium)
    assert not has_fallen(Trigger.VERY_HIGH, CAREFUL, LEGAL, medium, very_high)
    assert not has_fallen(Trigger.BY_HAND, USUAL, PEOPLE, medium, very_high)
