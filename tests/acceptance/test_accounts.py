"""Who people are in Slack: an account that was made anew, and a clock that shows another day than London's."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Contact, EarlierAccount, Person
from tests.acceptance.office import AMIRA, CALLUM, NORTH_EAST, PORTFOLIO, Office, words
from tests.builders import HOUR
from workspace import Control

HELP, NEW = "C0HELP", "U0CALLUMNEW"
ADDRESS = "callum.reid@opportunity.example"


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        yield control


def test_an_account_that_was_made_anew_is_joined_by_an_administrator_and_keeps_everything(
    office: Office, control: Control
) -> None:
    amira, callum = office.person(AMIRA), office.person(CALLUM)
    with office.liaison.database.writing() as session:
        session.scalars(select(Person).where(col(Person.slack) == AMIRA)).one().administrator = True
    callum.command("/contract stage LS-IN exit because it ends", channel=PORTFOLIO)
    control.deactivate(CALLUM)
    control.wait("user_change", 1)
    control.arrive(NEW, "callum.r", "Callum Reid", email=ADDRESS.upper())
    control.arrive("U0OTHER", "callum.other", "Callum Other")  # without an address, as partners' people often are
    control.wait("team_join", 2)
    office.deliver()
    control.share(HELP, NEW)
    newcomer = office.person(NEW)
    (refused,) = newcomer.command("/contract show LS-IN", channel=HELP)
    assert "Liaison does not know you yet" in refused.plain
    (offered,) = amira.direct_messages()
    assert f"@callum.r ({NEW}), with the same email address" in offered.plain
    (checklist,) = amira.command("/liaison setup", channel=NORTH_EAST)
    assert "Callum Reid of Department for Opportunity has another Slack account" in checklist.plain
    amira.click(offered, "Join the accounts")
    office.drain()
    assert office.read(lambda s: [each.slack for each in s.scalars(select(EarlierAccount))]) == [CALLUM]
    (shown,) = newcomer.command("/contract history LS-IN", channel=HELP)
    assert "Callum Reid: " in shown.plain, "what was done with the old account"
    assert f"{CALLUM}: " not in shown.plain
    assert "has another Slack account" not in amira.command("/liaison setup", channel=NORTH_EAST)[0].plain
    amira.click(checklist, "Join the accounts")
    amira.wait(lambda p: any("or are joined already, so nothing was done" in m.plain for m in p.messages(NORTH_EAST)))


def test_an_account_of_another_organisation_is_never_offered_and_a_repeated_address_warns(
    office: Office, control: Control
) -> None:
    """Anybody can put any address in a profile of theirs."""
    with office.liaison.database.writing() as session:
        people = {each.slack: each for each in session.scalars(select(Person))}
        people[AMIRA].administrator, people["U0TOMASZ"].email = True, "tomasz@calderwick.example"
        people["U0NADIA"].email = ADDRESS
    control.deactivate(CALLUM)
    control.wait("user_change", 1)
    control.arrive(NEW, "callum.r", "Callum Reid", email=ADDRESS)  # whose, of the two?
    control.arrive("U0FAKE", "tomasz", "Tomasz Zielinski", email="tomasz@calderwick.example")
    control.wait("team_join", 2)
    (checklist,) = office.person(AMIRA).command("/liaison setup", channel=NORTH_EAST)
    assert "has another Slack account" not in checklist.plain
    assert "Callum Reid (U0CALLUM) of Department for Opportunity and Nadia Rahman (U0NADIA)" in checklist.plain
    assert f"have one email address, {ADDRESS}" in checklist.plain


def test_a_form_shows_and_takes_the_day_where_the_person_is(office: Office, control: Control) -> None:
    control.travel(AMIRA, "Pacific/Auckland")
    office.clock.advance(3 * HOUR)  # midday in London on 4 January, and 1am on the 5th in Auckland
    office.drain()
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    form = amira.modal()
    assert form.field("happened_on")[1]["initial_date"] == "2027-01-05"
    assert "It is 5 January 2027 where you are, and 4 January 2027 in London." in words(form)
    amira.submit(form, {"summary": "Called"})
    amira.command("/contact call WP-NE yesterday with Priya: agreed the plan", channel=NORTH_EAST)
    kept = select(col(Contact.happened_on)).order_by(col(Contact.id))
    assert office.read(lambda s: s.scalars(kept).all()) == [date(2027, 1, 5), date(2027, 1, 4)]
    control.travel(AMIRA, "Europe/London")
    control.wait("user_change", 2)
    amira.command("/contact", channel=NORTH_EAST)
    assert "where you are" not in words(amira.modal())
    refused = amira.submit(amira.modal(), {"summary": "Called", "happened_on": "2027-01-05"})
    assert "Use today or an earlier day" in refused.errors["happened_on"]
