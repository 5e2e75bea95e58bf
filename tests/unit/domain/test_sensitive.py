"""Personal details that do not belong in a record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sensitive import PersonalDetail, find_sensitive


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
    assert find_sensitive(text) is PersonalDetail.INSURANCE_NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "She was diagnosed with something last week",
        "His diagnosis came on Monday",
        "The adviser is pregnant and away from May",
        "Off work with anxiety.",
        "He takes medication for it",
        "Living with CANCER",
        "an autistic customer",
        "threatened self-harm on the call",
    ],
)
def test_an_obvious_detail_of_health_is_found(text: str) -> None:
    assert find_sensitive(text) is PersonalDetail.HEALTH


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


# What contracts of a department of health, work and pensions talk about, all day.
ORDINARY = (
    "health assessments", "Health and Safety", "mental health support", "disability employment support", "sick pay",
    "occupational health", "absence of 4.2%", "the hospital site", "a medical assessment centre", "wellbeing plan",
    "fault diagnosis", "root-cause diagnosis", "diagnosis of the fault", "clinical assessments", "patient transport",
    "starts within 15 days", "late stage of mobilisation", "strokes of luck", "economic recovery", "risk of fraud",
    "first aiders", "face to face", "carers", "reasonable adjustments", "functional assessments", "HIVE platform",
    "maternity cover", "a depressing figure", "pressing issues", "consultation", "an anxious market", "care homes",
)  # fmt: skip


@given(st.lists(st.sampled_from(ORDINARY), min_size=1, max_size=12), st.sampled_from((" ", ", ", "; ", ".\n")))
def test_the_ordinary_language_of_contracts_is_left_alone(parts: list[str], between: str) -> None:
    assert find_sensitive(between.join(parts)) is None


@given(st.lists(st.sampled_from(ORDINARY)), st.sampled_from(("pregnant", "cancer", "anxiety")), st.booleans())
def test_a_detail_is_found_among_ordinary_words(parts: list[str], word: str, capital: bool) -> None:
    said = word.capitalize() if capital else word
    assert find_sensitive(", ".join([*parts, said])) is PersonalDetail.HEALTH
