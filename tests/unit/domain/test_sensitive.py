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
        "DOB 03/05/1990",
        "d.o.b. 3.5.90",
        "Date of birth: 3 May 1990",
        "her date of birth is 3rd of May 1990",
        "date of birth given as 1990-05-03",
        "He was born on 3 May 1990 in Leith",
        "birthday was May 3, 1990",
    ],
)
def test_a_date_of_birth_is_found(text: str) -> None:
    assert find_sensitive(text) is PersonalDetail.BIRTH


@pytest.mark.parametrize(
    "text",
    [
        "Call her on 07700 900123",
        "07700900123",
        "+44 7700 900123 is the customer",
        "+44 (0)7700 900 123",
        "her home phone: 0191 498 0123",
        "the claimant's number is 020 7946 0123",
        "personal tel 0161-496-0123",
    ],
)
def test_a_personal_phone_number_is_found(text: str) -> None:
    assert find_sensitive(text) is PersonalDetail.PHONE


@pytest.mark.parametrize(
    "text",
    [
        "She lives at 12 Harbour Street",
        "lives alone at Flat 4, NE8 1AA",
        "Home address: 3b, Old Mill Lane, Gateshead",
        "their address is in Leith, EH6 6QQ",
        "the participant's home address, 12 St Mary's Road",
        "now staying at 4 Quay View",
    ],
)
def test_a_home_address_is_found(text: str) -> None:
    assert find_sensitive(text) is PersonalDetail.ADDRESS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Due on 3 May 1990",
        "The date of birth field is missing from 3 extracts",
        "The partnership was born on 1 April 2025",
        "DOB checks begin on Monday",
        "The office's number is 0191 498 0123",
        "Switchboard 020 7946 0123, extension 4",
        "duty mobile 07700 900123",
        "Priya's work mobile is 07700 900123",
        "invoice 0770090012",
        "ocds 077009001234",
        "The hub at 12 Harbour Street, Gateshead NE8 1AA opened",
        "The address of the site is 3 Old Mill Lane",
        "Advisers live in the area of 12 hubs",
        "people living in 3 local authority areas",
        "home address checks fell to 93%",
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
