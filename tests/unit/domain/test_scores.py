"""The scales of a risk: likelihood and impact."""

import pytest

from bot.domain.scores import Impact, Likelihood, parse_impact, parse_likelihood
from bot.errors import UserError


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
    with pytest.raises(UserError, match=", or a number from 1 to 5,") as refusal:
        parse_likelihood(text)
    assert "rare, unlikely, possible, likely or almost certain, or a number from 1 to 5" in refusal.value.sentence
    assert refusal.value.field == "likelihood"
    assert len(refusal.value.sentence) < 300


def test_a_misspelled_point_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"“sevear” is not an impact.* for example severe") as refusal:
        parse_impact("sevear")
    assert refusal.value.field == "impact"
