"""Sums of money as people type them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import MOST_POUNDS, RoundedPounds, parse_pounds
from bot.domain.wording import format_money
from bot.errors import UserError


@pytest.mark.parametrize(
    ("typed", "pounds"),
    [
        ("84000000", 84_000_000),
        ("84,000,000", 84_000_000),
        ("£84,000,000", 84_000_000),
        (" £ 6.2 million ", 6_200_000),
        ("6.2m", 6_200_000),
        ("900k", 900_000),
        ("1.5 Billion", 1_500_000_000),
        ("0", 0),
        ("12.00", 12),
        ("1,000 billion", MOST_POUNDS),
        ("£1.2m", 1_200_000),
    ],
)
def test_a_sum_is_read_as_people_write_it(typed: str, pounds: int) -> None:
    assert parse_pounds(typed) == pounds


@pytest.mark.parametrize(
    "typed", ["", "£", "lots", "84.000.000", "8,40", "-5", "12.50.1", "1,001 billion", "84 €", "1e6"]
)
def test_what_is_no_sum_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(UserError, match=r"for example 84,000,000 or £6\.2 million\."):
        parse_pounds(typed)


@pytest.mark.parametrize(
    ("typed", "kept", "words"),
    [
        ("776,888.48", 776_888, "£776,888.48 is kept as £776,888"),
        ("12.5", 13, "£12.50 is kept as £13"),
        ("£1.2345678 million", 1_234_568, "£1,234,567.80 is kept as £1,234,568"),
    ],
)
def test_pence_are_rounded_and_that_is_said(typed: str, kept: int, words: str) -> None:
    read = parse_pounds(typed)
    assert read == kept
    assert isinstance(read, RoundedPounds)
    assert read.in_words == words


@given(st.integers(0, MOST_POUNDS))
def test_a_sum_as_it_is_shown_can_be_typed_again(pounds: int) -> None:
    assert parse_pounds(format_money(pounds)) == pounds


@given(st.text(max_size=30))
def test_any_text_is_a_sum_or_refused(typed: str) -> None:
    with suppress(UserError):
        assert 0 <= parse_pounds(typed) <= MOST_POUNDS
