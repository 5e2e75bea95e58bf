"""Personal details that do not belong in a record."""

import pytest

from bot.domain.sensitive import find_sensitive


@pytest.mark.parametrize(
    "text",
    [
        "AB123456C",
        "ab 12 34 56 c",
        "Her number is AB 12 34 56 C.",
        "AB-12-34-56-C",
        "ref:JG103759A,",
        "AB123456 D",
    ],
)
def test_a_national_insurance_number_is_found(text: str) -> None:
    assert find_sensitive(text) == "a National Insurance number"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Starts fell to 93% in October.",
        "AB123456",  # no last letter
        "AB123456E",  # the last letter is A to D
        "AB12345C",
        "QQ123456C",  # the example number that official guidance prints
        "GB123456A",  # a prefix that is not given out
        "DA123456A",
        "AO123456A",
        "XAB123456C",
        "AB123456C7",
        "ocds-h6vhtk-04a1b2",
        "notice 123456-2026",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert find_sensitive(text) is None
