"""A figure that is far from the last accepted ones is asked about."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import Unit
from bot.domain.plausibility import doubt, key_of

FIGURES = st.decimals(-1000, 1000, places=2)


def decimals(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("value", "accepted", "far"),
    [
        ("97.2", ["97", "95", "98"], False),
        ("0.972", ["97", "95", "98"], True),
        ("9720", ["97", "95", "98"], True),
        ("31.6", ["97", "95", "98"], True),
        ("31.7", ["97", "95", "98"], False),
        ("294", ["97", "95", "98"], False),
        ("294.1", ["97", "95", "98"], True),
        ("0", ["97", "95", "98"], True),
        ("0", ["3", "2", "1"], False),  # a backlog that is gone
        ("4", ["0", "1", "0"], True),
        ("3", ["0", "1", "0"], False),
        ("2", ["0", "0"], False),
        ("5", ["0", "0"], True),
        ("0.4", ["0.2", "0.3"], False),
        ("20", ["0.2", "0.3"], True),
        ("-30", ["20", "40"], True),
        ("-30", ["-20", "40"], False),
        ("-130", ["-20", "40"], True),
        ("0.5", ["0.3", "60"], False),
        ("97.2", [], False),
        ("972", ["97"] * 12 + ["900"], True),  # the thirteenth is not compared
        ("972", ["97"] * 11 + ["900"], False),
    ],
)
def test_a_figure_that_is_three_times_away_or_off_scale_is_doubted(value: str, accepted: list[str], far: bool) -> None:
    assert (doubt(Decimal(value), decimals(*accepted)) is not None) is far


def test_the_question_says_what_is_usual_and_what_may_have_been_meant() -> None:
    one, several = doubt(Decimal("0.972"), decimals("97", "95", "98")), doubt(Decimal(400), decimals("97"))
    assert one is not None
    assert one.in_words("Starts", Unit.PERCENT) == (
        "Starts: 0.972%, and the last 3 accepted were 95% to 98%. Did you mean 97.2%?"
    )
    assert several is not None
    assert several.in_words("Starts", Unit.PERCENT) == "Starts: 400%, and the last one accepted was 97%."


@given(st.lists(FIGURES, min_size=1, max_size=12), st.data())
def test_what_was_accepted_before_is_never_doubted(accepted: list[Decimal], data: st.DataObject) -> None:
    assert doubt(data.draw(st.sampled_from(accepted)), accepted) is None


def test_a_key_is_of_these_figures_alone() -> None:
    key = key_of({1: Decimal("9.72"), 2: Decimal(5)})
    assert key == key_of({2: Decimal("5.0"), 1: Decimal("9.720")})
    assert key != key_of({1: Decimal("9.72")})
