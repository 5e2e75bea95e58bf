"""Seeing the risks there are: the list, turned in place, and each on one page."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Risk
from tests.acceptance.appointing import as_contact
from tests.acceptance.office import AMIRA, CALLUM, GUEST, HELEN, NORTH_EAST, PORTFOLIO, Office
from workspace import Control

NADIA, HELP = "U0NADIA", "C0HELP"  # the head of contract management, of every contract
LEAVERS = "Advisers leave faster than Northgate can replace them"


def reference_of(office: Office, title: str) -> str:
    return office.read(lambda session: session.scalars(select(Risk).where(col(Risk.title) == title)).one().reference)


def test_the_list_has_the_risks_of_ones_contracts_worst_first(office: Office) -> None:
    (page,) = office.person(AMIRA).command("/risk list", channel=PORTFOLIO)
    assert page.ephemeral
    assert page.text == "5 open risks on your contracts"
    plain = page.plain
    order = ["Fewer vacancies", LEAVERS, "Not enough time to buy", "Council's case system", "Winter weather"]
    assert sorted(order, key=plain.index) == order
    assert "12, high" in plain
    assert "Shortage of qualified assessors" not in plain, "of a contract that is not hers"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("WP-NE", "2 open risks for “WP-NE”"),
        ("northgate", "2 open risks for “northgate”"),
        ("medium WP-NE", "1 open risk for “medium WP-NE”"),
        ("high low", "2 open risks for “high low”"),
        ("very high", "No open risks for “very high”"),
        ("MINE", "5 open risks for “MINE”"),
        ("overdue", "No open risks for “overdue”"),
        ("HA-EW", "“HA-EW” narrows no list of risks. After list comes a band (low, medium, high or very high)"),
        ("ancient", "“ancient” narrows no list of risks."),
    ],
)
def test_words_narrow_the_list(http_office: Office, words: str, said: str) -> None:
    (page,) = http_office.person(AMIRA).command(f"/risk list {words}", channel=PORTFOLIO)
    assert said in page.plain


def test_what_is_overdue_is_said_in_words(http_office: Office) -> None:
    with http_office.liaison.database.writing() as session:
        risk = session.scalars(select(Risk).where(col(Risk.title) == LEAVERS)).one()
        risk.review_on = http_office.clock.now().date().replace(day=3)
    amira = http_office.person(AMIRA)
    (page,) = amira.command("/risk list overdue", channel=PORTFOLIO)
    assert "1 open risk for “overdue”, 1 overdue for review" in page.plain
    assert "3 January 2027 (overdue)" in page.plain
    (sheet,) = amira.command(f"/risk show {risk.reference}", channel=PORTFOLIO)
    assert "Next review: 3 January 2027 (overdue)" in sheet.plain


def test_the_list_is_turned_in_place_and_keeps_its_words(office: Office) -> None:
    nadia = office.person(NADIA)
    (page,) = nadia.command("/risk list", channel=PORTFOLIO)
    assert "16 open risks on your contracts, page 1 of 2" in page.plain
    nadia.click(page, "Next page")
    nadia.wait(lambda person: "page 2 of 2" in person.messages(PORTFOLIO)[-1].plain)
    (turned,) = [message for message in nadia.messages(PORTFOLIO) if message.ephemeral]
    assert [element["text"]["text"] for _, element in turned.elements()] == ["Previous page"]
    nadia.click(turned, "Previous page")
    nadia.wait(lambda person: "page 1 of 2" in person.messages(PORTFOLIO)[-1].plain)


def test_a_risk_is_shown_on_one_page_with_its_assessments(office: Office) -> None:
    amira = office.person(AMIRA)
    (raised,) = amira.command('/risk raise WP-NE "Buildings close early" possible minor', channel=NORTH_EAST)
    reference = reference_of(office, "Buildings close early")
    assert reference in raised.plain
    for typed in (reference, reference.lower(), reference[2:]):
        (sheet,) = amira.command(f"/risk show {typed}", channel=PORTFOLIO)
        assert sheet.ephemeral
        assert sheet.text == f"{reference} on WP-NE: Buildings close early. Medium, with a score of 6"
    for words in (
        "Likelihood and impact: possible and minor, 3 x 2",
        "Next review: 5 March 2027",
        "Owner: @Amira Shah",
        "Not decided yet",
        "4 January 2027 at 9am, Amira Shah: medium, 6 (possible and minor, 3 x 2). As it was raised",
    ):
        assert words in sheet.plain


def test_one_that_came_with_a_file_says_that_it_has_no_assessment_yet(http_office: Office) -> None:
    reference = reference_of(http_office, LEAVERS)
    (sheet,) = http_office.person(HELEN).command(f"/risk show {reference}", channel=PORTFOLIO)
    assert "Assessments: none since it was imported from a file" in sheet.plain


@pytest.mark.parametrize("none", ["R-999", "R-999999999999999", "R-0"])
def test_of_anothers_risk_one_hears_what_one_hears_of_none(http_office: Office, none: str) -> None:
    callum, hidden = http_office.person(CALLUM), reference_of(http_office, LEAVERS)
    (said,) = callum.command(f"/risk show {none}", channel=PORTFOLIO)
    (of_anothers,) = callum.command(f"/risk show {hidden}", channel=PORTFOLIO)
    assert f"There is no risk {none} that you can see." in said.plain
    assert of_anothers.plain == said.plain.replace(none, hidden)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("show", "it needs the reference of a risk, such as R-12"),
        ("show twelve", "“twelve” is not the reference of a risk, such as R-12."),
        ("shwo R-1", "Did you mean /risk show?"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_can(http_office: Office, typed: str, said: str) -> None:
    (answer,) = http_office.person(AMIRA).command(f"/risk {typed}", channel=PORTFOLIO)
    assert said in answer.plain


def test_a_partners_guest_sees_no_risk(guest_office: Office) -> None:
    reference = reference_of(guest_office, LEAVERS)
    as_contact(guest_office)
    with Control(guest_office.workspace_url) as control:
        control.share(HELP, GUEST)
    guest = guest_office.person(GUEST)
    (shown,) = guest.command(f"/risk show {reference}", channel=HELP)
    assert f"There is no risk {reference} that you can see." in shown.plain
    (listed,) = guest.command("/risk list", channel=HELP)
    assert "No open risks on your contracts" in listed.plain
