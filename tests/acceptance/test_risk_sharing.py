"""A risk and the partner: shared and taken back, raised by a partner's person, and what never crosses."""

import json

from sqlalchemy import select
from sqlmodel import col

from bot.models import Audience, OutboxMessage, OutboxState, Risk
from tests.acceptance.appointing import as_contact
from tests.acceptance.office import (
    AMIRA,
    GUEST,
    HELEN,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    PRIYA,
    Office,
    words,
)
from tests.acceptance.test_risk_keeping import assess, kept, said
from tests.acceptance.test_risk_list import HELP, LEAVERS, reference_of
from tests.builders import MINUTE
from workspace import Control
from workspace.client.person import Message

CAUSE = "Pay is higher at the call centre next door"
INSIDE = ("A pool of 8 bank staff", "Two more advisers left in December", "Recruit 6 advisers", "Amira Shah now looks")


def in_the_shared_channel(office: Office, reference: str) -> list[Message]:
    office.deliver()
    return [each for each in office.person(PRIYA).messages(NORTH_EAST_SHARED) if f"Risk {reference}" in each.plain]


def test_a_risk_is_shared_in_one_message_kept_up_to_date_and_taken_back(office: Office) -> None:
    reference = reference_of(office, LEAVERS)
    said(office, AMIRA, f"respond {reference} treat Recruit 6 advisers")
    assert in_the_shared_channel(office, reference) == [], "a risk is internal until somebody shares it"
    assert "Northgate Futures Ltd can now see" in said(office, AMIRA, f"share {reference}")
    office.clock.advance(MINUTE)
    assert f"{reference} is shared, so nothing was done" in said(office, AMIRA, f"share {reference}")
    (shared,) = in_the_shared_channel(office, reference)
    assert "Medium, with a score of 9" in shared.plain
    assert CAUSE in shared.plain
    office.person(AMIRA).command(f"/risk show {reference}", channel=PORTFOLIO)
    office.drain()
    page = [each for each in office.person(AMIRA).messages(PORTFOLIO) if each.ephemeral][-1]
    assert f"{shared.ts.replace('.', '')}|its message in Slack" in str(page.blocks)
    assess(office, AMIRA, reference, "4", "3")
    (shared,) = in_the_shared_channel(office, reference)
    assert "High, with a score of 12" in shared.plain
    for inside in INSIDE:
        assert inside not in json.dumps([shared.plain, shared.blocks])
    assert f"{reference} is internal again." in said(office, AMIRA, f"keep {reference}")
    (taken,) = in_the_shared_channel(office, reference)
    assert "is no longer shared here" in taken.plain
    assert LEAVERS not in json.dumps([taken.plain, taken.blocks])
    office.clock.advance(MINUTE)
    said(office, AMIRA, f"share {reference}")
    said(office, AMIRA, f"close {reference} Pay was raised")
    (closed,) = in_the_shared_channel(office, reference)
    assert "Closed" in closed.plain
    assert "Pay was raised" not in closed.plain
    assert not any("Pay was raised" in each.plain for each in office.person(PRIYA).messages(NORTH_EAST_SHARED))


def test_what_was_taken_back_before_it_was_sent_never_is(http_office: Office) -> None:
    reference = reference_of(http_office, LEAVERS)
    said(http_office, AMIRA, f"share {reference}")
    said(http_office, AMIRA, f"keep {reference}")
    assert in_the_shared_channel(http_office, reference) == []
    states = http_office.read(
        lambda session: session.scalars(
            select(col(OutboxMessage.state)).where(col(OutboxMessage.audience) == Audience.SHARED)
        ).all()
    )
    assert states == [OutboxState.DROPPED]
    http_office.clock.advance(MINUTE)
    said(http_office, AMIRA, f"share {reference}")
    assert len(in_the_shared_channel(http_office, reference)) == 1


def test_a_partners_person_raises_a_risk_which_the_contract_manager_assesses(office: Office) -> None:
    office.run("prompt")
    office.deliver()
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    (prompt,) = [each for each in priya.messages(NORTH_EAST_SHARED) if "Report for December 2026" in each.plain]
    priya.click(prompt, "Raise a risk")
    form = priya.modal(title="Raise a risk")
    entered = {"title": "The second hub opens late", "cause": "The lease is not signed", "effect": "Longer journeys"}
    done = priya.submit(form, entered)
    assert "The contract manager was asked to assess it." in words(done.view)
    reference = reference_of(office, "The second hub opens late")
    risk = kept(office, reference)
    assert (risk.audience, risk.likelihood, risk.inherent_impact) == (Audience.SHARED, None, None)
    (shared,) = in_the_shared_channel(office, reference)
    assert "Not assessed yet" in shared.plain
    assert "Raised by Priya Nair" in shared.plain
    assert "not assessed" in said(office, HELEN, "list WP-NE")
    (asked,) = [each for each in amira.direct_messages() if reference in each.plain]
    amira.click(asked, "Assess it")
    review = amira.modal(title="Review a risk")
    assert review.values["likelihood"]["entered"] is None
    amira.submit(review, {"likelihood": "3", "impact": "4", "why": "The landlord is slow", "category": "property"})
    (shared,) = in_the_shared_channel(office, reference)
    assert "High, with a score of 12" in shared.plain
    assert "The landlord is slow" not in shared.plain
    (asked,) = [each for each in amira.direct_messages() if reference in each.plain]
    assert "Amira Shah assessed it." in asked.plain
    assert not asked.elements()
    assert kept(office, reference).inherent_likelihood == 3


def test_the_button_opens_the_whole_form_for_the_department_and_none_for_a_stranger_to_the_contract(
    http_office: Office,
) -> None:
    office = http_office
    office.run("prompt")
    office.deliver()
    amira = office.person(AMIRA)
    (prompt,) = [each for each in amira.messages(NORTH_EAST_SHARED) if "Report for December 2026" in each.plain]
    amira.click(prompt, "Raise a risk")
    form = amira.modal(title="Raise a risk")
    amira.submit(form, {"title": "Doors jam", "likelihood": "2", "impact": "2", "audience": "shared"})
    assert len(in_the_shared_channel(office, reference_of(office, "Doors jam"))) == 1
    liam = office.person("U0LIAM")  # of the partner, with no role
    liam.click(prompt, "Raise a risk")
    office.drain()
    assert liam.open_view() is None


def test_a_partners_guest_sees_shared_risks_of_their_contract_alone(guest_office: Office) -> None:
    reference = reference_of(guest_office, LEAVERS)
    as_contact(guest_office)
    with Control(guest_office.workspace_url) as control:
        control.share(HELP, GUEST)
    guest = guest_office.person(GUEST)

    def told(typed: str) -> str:
        return guest.command(f"/risk {typed}", channel=HELP)[0].plain

    assert f"There is no risk {reference} that you can see." in told(f"show {reference}")
    assert "No open risk" in told("list")
    said(guest_office, AMIRA, f"share {reference}")
    assert CAUSE in told(f"show {reference}")
    assert "A pool of 8 bank staff" not in told(f"show {reference}")
    listed = told("list")
    assert LEAVERS in listed
    assert "Amira Shah" not in listed
    other = guest_office.read(lambda s: s.scalars(select(Risk).where(col(Risk.title).like("Shortage of%"))).one())
    with guest_office.liaison.database.writing() as session:
        session.get_one(Risk, other.id).audience = Audience.SHARED
    assert f"There is no risk {other.reference} that you can see." in told(f"show {other.reference}")
    assert other.title not in told("list")


def test_a_contract_with_another_partner_takes_its_risks_back(http_office: Office) -> None:
    reference, amira = reference_of(http_office, LEAVERS), http_office.person(AMIRA)
    said(http_office, AMIRA, f"share {reference}")
    assert len(in_the_shared_channel(http_office, reference)) == 1
    assert amira.command("/contract edit WP-NE", channel=PORTFOLIO) == []
    amira.submit(amira.modal(), {"partner": "harbour-lane"})
    assert kept(http_office, reference).audience is Audience.INTERNAL
