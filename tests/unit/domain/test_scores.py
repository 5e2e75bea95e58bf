"""Risk scores and bands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.scores import (
    Band,
    BandStarts,
    Impact,
    Likelihood,
    NotOnTheScale,
    band,
    parse_impact,
    parse_likelihood,
    review_days,
    score,
)

likelihoods = st.sampled_from(Likelihood)
impacts = st.sampled_from(Impact)


def test_the_grid() -> None:
    grid = [" ".join(band(likely, impact)[0] for impact in Impact) for likely in reversed(Likelihood)]
    assert grid == [  # likelihood downwards from 5, impact across from 1
        "M H V V V",
        "L M H V V",
        "L M M H V",
        "L L M M H",
        "L L L L M",
    ]


def test_a_score_is_likelihood_times_impact() -> None:
    assert score(Likelihood.LIKELY, Impact.SEVERE) == 20


def test_a_severe_impact_is_never_low_wherever_the_bands_start() -> None:
    lenient = BandStarts(medium=8, high=12, very_high=20)
    assert band(Likelihood.RARE, Impact.SEVERE, lenient) is Band.MEDIUM
    assert band(Likelihood.ALMOST_CERTAIN, Impact.NEGLIGIBLE, lenient) is Band.LOW


@given(likelihoods, likelihoods, impacts, impacts)
def test_more_likely_or_more_serious_is_never_a_lower_band(a: Likelihood, b: Likelihood, c: Impact, d: Impact) -> None:
    lower, higher = band(min(a, b), min(c, d)), band(max(a, b), max(c, d))
    assert lower.severity <= higher.severity
    assert review_days(lower) >= review_days(higher)


def test_the_more_serious_the_band_the_sooner_the_review() -> None:
    assert [review_days(band) for band in Band] == [90, 60, 30, 14]


def test_points_have_the_words_people_read() -> None:
    assert [point.label for point in Likelihood] == [
        "Rare",
        "Unlikely",
        "Possible",
        "Likely",
        "Almost certain",
    ]
    assert [point.label for point in Impact] == ["Negligible", "Minor", "Moderate", "Major", "Severe"]


@pytest.mark.parametrize("text", ["almost certain", "Almost-Certain", "ALMOST_CERTAIN", " almost  certain ", "5"])
def test_a_likelihood_is_read_in_any_spelling(text: str) -> None:
    assert parse_likelihood(text) is Likelihood.ALMOST_CERTAIN


@pytest.mark.parametrize(("text", "impact"), [("minor", Impact.MINOR), ("MAJOR", Impact.MAJOR), ("3", Impact.MODERATE)])
def test_an_impact_is_read(text: str, impact: Impact) -> None:
    assert parse_impact(text) is impact


@pytest.mark.parametrize("text", ["", "0", "6", "severe", "\N{FULLWIDTH DIGIT THREE}", "1.5", "-1", "x" * 500])
def test_what_is_not_a_likelihood_is_refused_with_the_words_that_are(text: str) -> None:
    with pytest.raises(NotOnTheScale) as refusal:
        parse_likelihood(text)
    assert "rare, unlikely, possible, likely or almost certain, or a number from 1 to 5" in refusal.value.sentence
    assert refusal.value.field == "likelihood"
    assert len(refusal.value.sentence) < 300


def test_a_misspelled_point_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotOnTheScale, match=r"“sevear” is not an impact.* for example severe") as refusal:
        parse_impact("sevear")
    assert refusal.value.field == "impact"
