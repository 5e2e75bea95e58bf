"""The number of a record, from what a person typed or a button carries."""

import pytest

from bot.domain.references import check_contract_reference, is_by_number, key_claimed, number_claimed, number_of
from bot.errors import UserError


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("C-12", 12),
        (" c-12 ", 12),
        ("C12", 12),
        ("12", 12),
        ("C–12", 12),
        ("c\u2011\u200b12\u200e", 12),
        ("C-0", 0),
        ("C-" + "9" * 15, 10**15 - 1),
    ],
)
def test_a_reference_has_a_number(typed: str, number: int) -> None:
    assert number_of(typed, "C") == number


@pytest.mark.parametrize("typed", ["R-12", "C-", "", "C-٣", "C--1", "C-1.5", "C-" + "9" * 16, "CC-1"])
def test_anything_else_is_no_reference(typed: str) -> None:
    assert number_of(typed, "C") is None


@pytest.mark.parametrize(("claimed", "number"), [("7", 7), (" 7", 0), ("-7", 0), ("", 0), ("9" * 16, 0)])
def test_a_claim_is_a_whole_number_or_names_no_record(claimed: str, number: int) -> None:
    assert number_claimed(claimed) == number


KEY = "aZ0-_aZ0-_aZ0-_a"


@pytest.mark.parametrize(
    ("claimed", "key"), [(KEY, KEY), ("1" * 16, "1" * 16), (KEY[1:], ""), (f"{KEY}a", ""), ("", "")]
)
def test_a_key_is_sixteen_letters_or_names_no_record(claimed: str, key: str) -> None:
    assert key_claimed(claimed) == key
    assert not is_by_number(claimed)


@pytest.mark.parametrize(
    "claimed", ["\n" + KEY[1:], KEY[:-1] + "\n", KEY + "\n", "é" * 16, "a b" * 5 + "a", "\x00" * 16]
)
def test_what_is_no_letter_of_a_key_names_no_record(claimed: str) -> None:
    assert key_claimed(claimed) == ""


@pytest.mark.parametrize("claimed", ["7", "0", "A-7", "R-12", "9" * 15])
def test_a_number_or_a_reference_is_what_an_earlier_version_carried(claimed: str) -> None:
    assert is_by_number(claimed)
    assert key_claimed(claimed) == ""


@pytest.mark.parametrize("reference", ["R-1", "A-3", "C12", "P-4", "X-1", "R-" + "9" * 18])
def test_a_contract_is_not_named_like_a_record(reference: str) -> None:
    with pytest.raises(UserError, match="looks like the reference of a risk, an action or another record") as refusal:
        check_contract_reference(reference)
    assert refusal.value.field == "reference"


@pytest.mark.parametrize("reference", ["HELP", "LIST", "MINE", "LATE", "MAY", "FRIDAY", "HIGH", "INADEQUATE", "EXIT"])
def test_a_contract_is_not_named_with_a_word_of_a_command(reference: str) -> None:
    with pytest.raises(UserError, match=r"is a word that commands use\. Choose another reference"):
        check_contract_reference(reference)


@pytest.mark.parametrize("reference", ["WP-NE", "R-1A", "RX-1", "12", "2027-3", "HELP-1", "LISTS"])
def test_any_other_reference_is_a_contracts(reference: str) -> None:
    check_contract_reference(reference)
