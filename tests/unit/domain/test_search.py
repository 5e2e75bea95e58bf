"""Finding a contract by what a person types."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.searching import search


@dataclass(frozen=True)
class Contract:
    reference: str
    title: str
    partner: str


PORTFOLIO = [
    Contract("WP-NE", "Work Pathways, North East", "Northgate Futures Ltd"),
    Contract("WP-NW", "Work Pathways, North West", "Harbour Lane Trust"),
    Contract("SE-CW", "Local supported employment", "Calderwick Council"),
    Contract("HA-EW", "Health assessments, England and Wales", "Meridian Clinical Assessments Ltd"),
    Contract("HA-NI", "Health assessments, Northern Ireland", "Lagan Assessment Services Ltd"),
    Contract("CY-1", "Sgiliau Môn", "Cyngor Ynys Môn"),
    Contract("PM-OL", "Outbound letters", "Penrose Print & Mail Ltd"),
    Contract("WP", "Work Pathways, pilot", "O'Neill\u2019s Training"),
]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("WP-NE", ["WP-NE"]),
        ("wp ne", ["WP-NE"]),
        ("wpne", ["WP-NE"]),
        ("wp", ["WP"]),  # a whole reference is only itself
        ("ha", ["HA-EW", "HA-NI", "WP-NW"]),  # the beginning of a reference, or of Harbour
        ("pathways", ["WP", "WP-NE", "WP-NW"]),
        ("pathways west", ["WP-NW"]),
        ("north work", ["WP-NE", "WP-NW"]),  # in any order
        ("health lagan", ["HA-NI"]),  # a word of the title, a word of the partner
        ("Penrose Print & Mail", ["PM-OL"]),
        ("oneills", ["WP"]),
        ("mon", ["CY-1"]),
        ("nothgate", ["WP-NE"]),
        ("calderwcik", ["SE-CW"]),
        ("helth asessments ireland", ["HA-NI"]),
        ("wrok", ["WP", "WP-NE", "WP-NW"]),
        ("xyz", []),
        ("", []),
        ("&-", []),
    ],
)
def test_what_is_found(typed: str, expected: list[str]) -> None:
    assert [found.reference for found in search(typed, PORTFOLIO)] == expected


contracts = st.sampled_from(PORTFOLIO)


@given(contracts, st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["-", " ", "", " - "]))
def test_a_reference_finds_its_contract_however_it_is_written(contract: Contract, case: object, dash: str) -> None:
    assert callable(case)
    assert search(case(contract.reference.replace("-", dash)), PORTFOLIO) == [contract]


@given(contracts, st.data())
def test_one_slip_in_a_word_of_the_title_is_forgiven(contract: Contract, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from([word for word in contract.title.replace(",", "").split() if len(word) > 4]))
    at = data.draw(st.integers(1, len(word) - 2))
    slip = data.draw(st.sampled_from(["drop", "double", "wrong", "swap"]))
    changed = {
        "drop": word[:at] + word[at + 1 :],
        "double": word[:at] + word[at] + word[at:],
        "wrong": word[:at] + "q" + word[at + 1 :],
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[slip]
    assert contract in search(changed, PORTFOLIO)


@given(st.text(max_size=400))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    found = search(typed, PORTFOLIO)
    assert len(found) == len(set(found))
    assert set(found) <= set(PORTFOLIO)
