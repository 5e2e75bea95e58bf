"""Two people who edit the same thing: the second is shown who changed what and when, and chooses."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.risk_rules import RiskRules
from bot.domain.scores import Band
from bot.models import Contact, Organisation, TrailEntry
from bot.services.lookup import risks as risk_lookup
from tests.acceptance.office import AMIRA, CALLUM, HELEN, NORTH_EAST, PORTFOLIO, Office, words
from tests.acceptance.test_risk_list import LEAVERS, reference_of
from tests.builders import act
from workspace import Person
from workspace.client.person import Modal, Value

NADIA = "U0NADIA"
Values = dict[str, Value]


def both_open(office: Office, command: str, button: str = "") -> tuple[Person, Modal, Person, Modal]:
    """Nadia and Amira with the same form before them."""
    forms = []
    for user in (NADIA, AMIRA):
        person = office.person(user)
        answers = person.command(command, channel=PORTFOLIO)
        if button:
            person.click(answers[-1], button)
        forms.append((person, person.modal()))
    return *forms[0], *forms[1]


def partner_name(session: Session) -> str:
    return session.scalars(select(col(Organisation.name)).where(col(Organisation.key) == "northgate")).one()


@pytest.mark.parametrize(
    ("command", "button", "theirs", "mine", "told"),
    [
        ("/partner edit Northgate", "", {"name": "Northgate Ltd"}, {"name": "Northgate plc"}, "to Northgate Ltd"),
        ("/contract people WP-NE", "people_change", {"role_viewer": [CALLUM]}, {"role_viewer": []}, "to Callum Reid"),
    ],
)
def test_the_second_is_shown_what_the_first_did_and_what_they_entered_is_kept(
    office: Office, command: str, button: str, theirs: Values, mine: Values, told: str
) -> None:
    nadia, first, amira, second = both_open(office, command, button)
    assert nadia.submit(first, theirs).view is not None
    asked = amira.submit(second, mine).view
    assert asked is not None
    assert "Nadia Rahman changed" in words(asked)
    assert told in words(asked)
    kept = amira.submit(asked, {"crossing": "theirs"}).view
    assert "Your changes were discarded" in words(kept)


def test_of_three_the_third_is_asked_again(office: Office) -> None:
    nadia, first, amira, second = both_open(office, "/partner edit Northgate")
    nadia.submit(first, {"name": "Northgate One"})
    asked = amira.submit(second, {"name": "Northgate Two"}).view
    assert asked is not None
    nadia.close(nadia.modal())
    nadia.command("/partner edit Northgate", channel=PORTFOLIO)
    nadia.submit(nadia.modal(), {"name": "Northgate Three"})
    again = amira.submit(asked, {"crossing": "mine"}).view
    assert again is not None
    assert "to Northgate Three" in words(again)
    assert "to Northgate One" not in words(again), "what was seen already is not told twice"
    assert office.read(partner_name) == "Northgate Three"
    amira.submit(again, {"crossing": "mine"})
    assert office.read(partner_name) == "Northgate Two"


def test_what_nobody_else_touched_crosses_with_nothing(office: Office) -> None:
    nadia, first, amira, second = both_open(office, "/partner edit Northgate")
    nadia.close(first)
    nadia.command("/contract stage WP-NE exit because it ends", channel=PORTFOLIO)
    assert "crossing" not in str(amira.submit(second, {"name": "Northgate plc"}).view)
    assert office.read(partner_name) == "Northgate plc"


def test_a_contact_that_was_corrected_meanwhile_is_corrected_after_that(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact call WP-NE agreed the staffing plan", channel=NORTH_EAST)
    reference = office.read(lambda s: list(s.scalars(select(Contact).order_by(col(Contact.id))))[-1].reference)
    nadia, first, amira, second = both_open(office, f"/contact correct {reference}")
    nadia.submit(first, {"summary": "Agreed the recruiting plan"})
    asked = amira.submit(second, {"summary": "Agreed both plans"}).view
    assert asked is not None
    assert "Nadia Rahman changed C-" in words(asked)
    assert "to Agreed the recruiting plan" in words(asked)
    amira.submit(asked, {"crossing": "mine"})
    last = office.read(lambda s: list(s.scalars(select(Contact).order_by(col(Contact.id))))[-3:])
    assert [each.corrects_id for each in last[1:]] == [last[0].id, last[1].id], "none of the three is lost"
    assert last[-1].summary == "Agreed both plans"


def test_the_owner_of_a_risk_and_the_rules_for_risks(office: Office) -> None:
    reference = reference_of(office, LEAVERS)
    nadia, first, amira, second = both_open(office, f"/risk owner {reference}")
    nadia.submit(first, {"owner": NADIA})
    asked = amira.submit(second, {"owner": AMIRA}).view
    assert asked is not None
    assert f"Nadia Rahman changed {reference}" in words(asked)
    amira.submit(asked, {"crossing": "mine"})
    changes = office.read(lambda s: [e.changes for e in s.scalars(select(TrailEntry)) if e.action == "risk owner"])
    assert len(changes) == 2


def test_deputies_cross_in_the_same_way(office: Office) -> None:
    nadia, first, amira, second = both_open(office, "/contract people WP-NE", "deputies_change")
    field = next(each["block_id"] for each in first.blocks if each.get("block_id", "").startswith("deputy_"))
    nadia.submit(first, {field: HELEN})
    assert "to Helen Marsh" in words(amira.submit(second, {field: ""}).view)


def test_the_rules_for_risks_cross_in_the_same_way(office: Office) -> None:
    nadia = office.person(NADIA)
    nadia.command("/risk settings", channel=PORTFOLIO)
    form = nadia.modal()
    with office.liaison.database.writing() as session:
        days = dict(zip(Band, (100, 60, 30, 14), strict=True))
        risk_lookup.change_rules(act(session, NADIA), RiskRules(review_days=days))
    asked = nadia.submit(form, {"low_days": "95"}).view
    assert "low: from 90 to 100" in words(asked)
