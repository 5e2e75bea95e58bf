"""Looking at contracts: one's list, turned in place, and each on one page."""

import pytest

from tests.acceptance.office import AMIRA, CALLUM, MARTHA, NORTH_EAST, PORTFOLIO, Office

NADIA = "U0NADIA"  # head of contract management, of every contract


def test_in_a_contracts_channel_the_command_alone_shows_its_page(office: Office) -> None:
    (page,) = office.person(AMIRA).command("/contract", channel=NORTH_EAST)
    assert page.ephemeral
    assert page.text == "WP-NE Work Pathways, North East, with Northgate Futures Ltd: Approaching target"
    for words in (
        "Help people in the North East who have been out of work",
        "1 April 2025 to 31 March 2029, extendable to 31 March 2031",
        "Extension of 24 months: decide by 29 September 2028",
        "Contract manager: @Amira Shah",
        "Starts within 15 working days: Approaching target, worse, 98.2% against 99%",
        "(before: 99.4%, 99%, 99.3%, 99.1%)",
        "17 December 2026 (late, not asked yet): Change memo 3 to be acknowledged",
        "Advisers leave faster than Northgate can replace them (R-",
    ):
        assert words in page.plain


def test_elsewhere_it_shows_ones_list(office: Office) -> None:
    (page,) = office.person(AMIRA).command("/contract", channel=PORTFOLIO)
    assert page.text == "You have 4 contracts"
    (gold,) = office.person(AMIRA).command("/contract list gold", channel=PORTFOLIO)
    assert "WP-NE Work Pathways, North East" in gold.plain
    assert "SE-CW" not in gold.plain


def test_a_list_is_turned_in_place(office: Office) -> None:
    nadia = office.person(NADIA)
    (page,) = nadia.command("/contract list", channel=PORTFOLIO)
    assert "You have 12 contracts, page 1 of 2" in page.plain
    assert [element["text"]["text"] for _, element in page.elements()] == ["Next page"]
    nadia.click(page, "Next page")
    nadia.wait(lambda person: "page 2 of 2" in person.messages(PORTFOLIO)[-1].plain)
    (turned,) = [message for message in nadia.messages(PORTFOLIO) if message.ephemeral]
    assert [element["text"]["text"] for _, element in turned.elements()] == ["Previous page"]
    nadia.click(turned, "Previous page")
    nadia.wait(lambda person: "page 1 of 2" in person.messages(PORTFOLIO)[-1].plain)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("show work", "“work” fits 2 contracts. Which one do you mean: SK-SC or WP-NE?"),
        ("show", "That is not complete: it needs a contract's reference"),
        ("shwo WP-NE", "Did you mean /contract show?"),
        ("show meridian", "No contract of yours fits “meridian”."),
        ("show HA-EW", "No contract of yours fits “HA-EW”."),
        ("list platinum", "“platinum” fits none of your contracts."),
        ("list silver inadequate", "No contracts for “silver inadequate”"),
        ("help", "/contract list gold inadequate lists your contracts"),
    ],
)
def test_what_else_it_says(office: Office, typed: str, answer: str) -> None:
    (said,) = office.person(AMIRA).command(f"/contract {typed}", channel=PORTFOLIO)
    assert answer in said.plain


def test_in_the_channel_of_a_contract_that_is_not_theirs_people_get_their_list(http_office: Office) -> None:
    typed = {"command": "/contract", "text": "", "channel_id": NORTH_EAST, "user_id": CALLUM, "team_id": "T0DEPT"}
    assert http_office.post({**typed, "trigger_id": "1.1"}).json()["text"].startswith("You have ")


def test_who_is_in_no_contract_is_told(office: Office) -> None:
    (unknown,) = office.person(MARTHA).command("/contract", channel="C0HELP")
    assert "Liaison does not know you yet" in unknown.plain
