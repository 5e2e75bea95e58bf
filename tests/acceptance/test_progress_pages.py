"""Looking at reports: the open ones in a list."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Person, Role, RoleName
from tests.acceptance.office import AMIRA, GUEST, MARTHA, PORTFOLIO, Office
from tests.builders import contract_named
from workspace.client.control import Control

NADIA, HELP = "U0NADIA", "C0HELP"


def typed(office: Office, user: str, words: str, channel: str = PORTFOLIO) -> str:
    (answer,) = office.person(user).command(f"/progress {words}", channel=channel)
    assert answer.ephemeral
    return answer.plain


def make_contact(office: Office, user: str = GUEST, reference: str = "WP-NE") -> None:
    """Give somebody the role of a partner's contact, and let them into a channel where they can type."""

    def person_id(session: Session) -> int:
        return session.scalars(select(col(Person.id)).where(col(Person.slack) == user)).one()

    with office.liaison.database.transaction() as session:
        contract = contract_named(session, reference).id
        session.add(Role(contract_id=contract, person_id=person_id(session), role=RoleName.PARTNER_CONTACT))
    with Control(office.workspace_url) as control:
        control.share(HELP, user)


def test_the_list_has_what_is_open_the_most_pressing_first(office: Office) -> None:
    office.run("prompt")
    said = typed(office, AMIRA, "list")
    assert "23 open reports on your contracts: 1 late, 3 due and 19 to be accepted, page 1 of 3" in said
    assert said.index("SE-CW") < said.index("WP-NE"), "the late one comes first"
    assert "19 working days late" in said
    assert "3 December 2026" in said


def test_only_the_late_ones(office: Office) -> None:
    said = typed(office, AMIRA, "list late")
    assert "1 late report on your contracts" in said
    assert "WP-NE" not in said
    assert "No late report on your contracts" in typed(office, "U0CALLUM", "list LATE")


def test_the_list_is_turned_in_place(office: Office) -> None:
    nadia = office.person(NADIA)
    (page,) = nadia.command("/progress list", channel=PORTFOLIO)
    assert "page 1 of 6" in page.plain
    nadia.click(page, "Next page")
    nadia.wait(lambda person: "page 2 of 6" in person.messages(PORTFOLIO)[-1].plain)
    (turned,) = [message for message in nadia.messages(PORTFOLIO) if message.ephemeral]
    assert [element["text"]["text"] for _, element in turned.elements()] == ["Previous page", "Next page"]


def test_a_partners_person_has_the_reports_of_their_own_contracts_alone(guest_office: Office) -> None:
    make_contact(guest_office)
    said = typed(guest_office, GUEST, "list", HELP)
    assert "5 open reports on your contracts: 5 to be accepted" in said
    assert "WP-NE Work Pathways, North East" in said
    for others in ("SE-CW", "DE-SW", "Calderwick"):
        assert others not in said


def test_who_is_in_no_contract_is_told(office: Office) -> None:
    assert "Liaison does not know you yet" in typed(office, MARTHA, "list", HELP)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("list latte", "/progress list does not know “latte”. Did you mean late?"),
        ("list gold", "/progress list does not know “gold”. After list comes late, or nothing."),
        ("lsit", "Did you mean /progress list?"),
        ("help", "/progress list late lists the reports that are late"),
    ],
)
def test_what_else_it_says(http_office: Office, words: str, answer: str) -> None:
    assert answer in typed(http_office, AMIRA, words)
