"""The rules for risks: bands, reviews and appetite, as usual and as a department sets them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.risk_rules import (
    BandStarts,
    RiskCategory,
    RiskRules,
    check_rules,
)
from bot.domain.scores import Band, Impact, Likelihood, order
from bot.errors import UserError

USUAL = RiskRules()
TODAY = date(2027, 1, 4)
points = st.integers(1, 5)
bands = st.sampled_from(Band)


@st.composite
def sound_rules(draw: st.DrawFn) -> RiskRules:
    starts = sorted(draw(st.sets(st.integers(2, 25), min_size=3, max_size=3)))
    days = sorted(draw(st.lists(st.integers(1, 366), min_size=4, max_size=4)), reverse=True)
    return RiskRules(
        BandStarts(*starts),
        draw(bands),
        dict(zip(Band, days, strict=True)),
        draw(st.dictionaries(st.sampled_from(RiskCategory), bands)),
    )


def test_the_usual_grid() -> None:
    grid = [" ".join(USUAL.grade(likely, impact).band[0] for impact in Impact) for likely in reversed(Likelihood)]
    assert grid == [  # likelihood downwards from 5, impact across from 1
        "M H V V V",
        "L M H V V",
        "L M M H V",
        "L L M M H",
        "L L L L M",
    ]


def test_a_score_is_likelihood_times_impact() -> None:
    assert USUAL.grade(4, 5).points == 20
    assert USUAL.grade_if_any(None, None) is None
    assert USUAL.grade_if_any(4, 5) == USUAL.grade(4, 5)


def test_a_severe_impact_is_never_below_what_the_rules_say() -> None:
    lenient = RiskRules(BandStarts(medium=8, high=12, very_high=20))
    assert lenient.grade(1, 5).band is Band.MEDIUM
    assert lenient.grade(5, 1).band is Band.LOW
    assert replace(lenient, severe_at_least=Band.VERY_HIGH).grade(1, 5).band is Band.VERY_HIGH
    assert replace(lenient, severe_at_least=Band.LOW).grade(1, 5).band is Band.LOW


@given(sound_rules(), points, points, points, points)
def test_more_likely_or_more_serious_is_never_a_lower_band_nor_reviewed_later(
    rules: RiskRules, a: int, b: int, c: int, d: int
) -> None:
    check_rules(rules)
    lower, higher = rules.grade(min(a, b), min(c, d)), rules.grade(max(a, b), max(c, d))
    assert lower.band.severity <= higher.band.severity
    assert order(higher) <= order(lower)
    assert rules.next_review(higher.band, TODAY) <= rules.next_review(lower.band, TODAY)


@given(sound_rules(), bands, st.sampled_from(RiskCategory))
def test_what_is_above_appetite_is_in_a_band_that_is_not_accepted(
    rules: RiskRules, band: Band, category: RiskCategory
) -> None:
    assert rules.is_above_appetite(band, category) is (band.severity > rules.accepted(category).severity)


def test_nothing_but_very_high_is_above_the_usual_appetite() -> None:
    assert {band for band in Band for each in RiskCategory if USUAL.is_above_appetite(band, each)} == {Band.VERY_HIGH}


def test_reviews_are_as_far_apart_as_usual() -> None:
    assert [USUAL.next_review(band, TODAY) - TODAY for band in Band] == [timedelta(d) for d in (90, 60, 30, 14)]


@pytest.mark.parametrize(
    ("starts", "field"),
    [
        ((1, 10, 15), "medium_from"),
        ((5, 5, 15), "high_from"),
        ((5, 10, 26), "very_high_from"),
        ((5, 10, 9), "very_high_from"),
    ],
)
def test_bands_that_do_not_rise_are_refused(starts: tuple[int, int, int], field: str) -> None:
    with pytest.raises(UserError, match="Each band begins above the one before it") as refused:
        check_rules(RiskRules(BandStarts(*starts)))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("days", "field"),
    [((367, 60, 30, 14), "low_days"), ((90, 91, 30, 14), "medium_days"), ((90, 60, 30, 0), "very_high_days")],
)
def test_reviews_that_come_later_for_worse_are_refused(days: tuple[int, ...], field: str) -> None:
    with pytest.raises(UserError, match="A more serious risk is reviewed as often") as refused:
        check_rules(RiskRules(review_days=dict(zip(Band, days, strict=True))))
    assert refused.value.field == field


def test_what_nobody_has_assessed_comes_first_and_then_the_worst() -> None:
    severe = replace(USUAL, severe_at_least=Band.HIGH).grade(1, 5)
    worst, medium, low = USUAL.grade(4, 4), USUAL.grade(3, 3), USUAL.grade(1, 1)
    assert sorted([low, severe, None, medium, worst], key=order) == [None, worst, severe, medium, low]
