"""The number of a record, from what a person typed or a button carries."""

import pytest

from bot.domain.references import number_claimed, number_of


@pytest.mark.parametrize(
    ("typed", "number"),
    [("C-12", 12), (" c-12 ", 12), ("C12", 12), ("12", 12), ("C-0", 0), ("C-" + "9" * 15, 10**15 - 1)],
)
def test_a_reference_has_a_number(typed: str, number: int) -> None:
    assert number_of(typed, "C") == number


@pytest.mark.parametrize("typed", ["R-12", "C-", "", "C-٣", "C--1", "C-1.5", "C-" + "9" * 16, "CC-1"])
def test_anything_else_is_no_reference(typed: str) -> None:
    assert number_of(typed, "C") is None


@pytest.mark.parametrize(("claimed", "number"), [("7", 7), (" 7", 0), ("-7", 0), ("", 0), ("9" * 16, 0)])
def test_a_claim_is_a_whole_number_or_names_no_record(claimed: str, number: int) -> None:
    assert number_claimed(claimed) == number
