"""Interventions: levels are entered by who may, reviewed, supported and left; the partner reads what is sent alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlmodel import Session, col

from bot.domain.intervention_cycle import InterventionEvent
from bot.domain.ratings import Rating
from bot.models import Contract, Intervention, InterventionEntry
from bot.models import Person as PersonRow
from tests.acceptance.office import (
    AMIRA,
    CALLUM,
    HELEN,
    NORTH_EAST,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    PRIYA,
    Office,
    words,
)
from tests.acceptance.test_certificates import last_message
from tests.acceptance.test_remedies import OUTCOMES, accepted
from workspace import Person
from workspace.client.person import Modal

NADIA = "U0NADIA"  # head of contract management
ENTRY = {"area": "Governance", "reason": "Two boards were missed", "exit_test": "3 boards held in a row"}


@pytest.fixture
def quiet(office: Office) -> Office:
    """An office in which nothing is in force."""
    with office.liaison.database.writing() as session:
        session.execute(delete(InterventionEntry))
        session.execute(delete(Intervention))
    return office


def levels(session: Session) -> list[Intervention]:
    on_it = select(Intervention).join(Contract, col(Contract.id) == col(Intervention.contract_id))
    return list(session.scalars(on_it.where(col(Contract.reference) == "WP-NE").order_by(col(Intervention.id))))


def log(session: Session) -> list[InterventionEntry]:
    return list(session.scalars(select(InterventionEntry).order_by(col(InterventionEntry.id))))


def enter(person: Person, level: int, **entered: str) -> Modal:
    person.command(f"/remedy level WP-NE {level}", channel=NORTH_EAST)
    done = person.submit(person.modal(title=f"Intervention, level {level}"), {**ENTRY, **entered}).view
    assert done is not None
    return done


def test_a_level_is_entered_supported_reviewed_and_left(quiet: Office) -> None:
    amira = quiet.person(AMIRA)
    done = enter(amira, 2)
    assert "Amira Shah leads it, and is reminded of the review on 4 February 2027." in words(done)
    amira.close(done)
    amira.command("/remedy level WP-NE 2", channel=NORTH_EAST)
    form = amira.modal(title="Intervention, level 2")
    again = amira.submit(form, {**ENTRY, "area": "governance"}).errors
    assert again == {"area": "Level 2, governance is in force already, so nothing was done."}
    assert "area" in amira.submit(form, {**ENTRY, "area": " "}).errors
    assert "review_on" in amira.submit(form, {**ENTRY, "review_on": "2027-12-01"}).errors
    amira.close(form)
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    assert "Intervention: WP-NE, level 2, Governance" in page.plain

    for event, what in (("supported", "We lent a chair for two boards"), ("reviewed", "One board was held")):
        amira.click(page, "Review the intervention")
        form = amira.modal(title="Review")
        assert "words" in amira.submit(form, {"event": event, "words": " "}).errors
        assert "on" in amira.submit(form, {"event": event, "words": what, "on": "2027-01-03"}).errors
        view = amira.submit(form, {"event": event, "words": what, "on": "2027-01-04"}).view
        assert view is not None
        amira.close(view)
    assert [entry.kind for entry in quiet.read(log)] == [InterventionEvent.SUPPORTED, InterventionEvent.REVIEWED]
    quiet.clock.advance(timedelta(days=31))
    assert quiet.run("remind") > 0
    quiet.deliver()
    assert any("Review the intervention at level 2, Governance" in m.plain for m in amira.direct_messages())

    amira.click(page, "Review the intervention")
    left = {"event": "left", "words": "Three boards were held", "on": "2027-02-04"}
    assert "It was left on 4 February 2027." in words(amira.submit(amira.modal(title="Review"), left).view)
    (row,) = quiet.read(levels)
    assert (row.left_on, row.outcome) == (date(2027, 2, 4), "Three boards were held")
    amira.close(amira.modal())
    amira.click(page, "Review the intervention")
    amira.wait(lambda p: any("This intervention is left, so it cannot be" in m.plain for m in p.messages(NORTH_EAST)))


def test_a_level_is_entered_by_who_may(quiet: Office) -> None:
    amira, nadia, helen = (quiet.person(user) for user in (AMIRA, NADIA, HELEN))
    for person, level in ((amira, 3), (amira, 4), (nadia, 4), (helen, 3)):
        (refused,) = person.command(f"/remedy level WP-NE {level}", channel=PORTFOLIO)
        assert "You do not have a role on this contract" in refused.plain
    (unknown,) = amira.command("/remedy level WP-NE 5", channel=NORTH_EAST)
    assert "A level is 1, 2, 3 or 4." in unknown.plain
    (incomplete,) = amira.command("/remedy level WP-NE", channel=NORTH_EAST)
    assert "it needs a contract’s reference and a level" in incomplete.plain
    for person, level in ((nadia, 3), (helen, 4)):
        person.command(f"/remedy level WP-NE {level}", channel=PORTFOLIO)
        assert person.submit(person.modal(title=f"Intervention, level {level}"), ENTRY).view is not None
    assert [row.level for row in quiet.read(levels)] == [3, 4], "several at once"
    (page,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    amira.click(page, "Review the intervention")
    left = {"event": "left", "words": "It is over", "on": "2027-01-04"}
    refused_view = amira.submit(amira.modal(title="Review"), left)
    assert "You do not have a role on this contract" in words(refused_view.view) + str(refused_view.errors)
    assert all(row.left_on is None for row in quiet.read(levels))
    (answer,) = quiet.person(CALLUM).command("/remedy list WP-NE", channel=PORTFOLIO)
    assert "Governance" not in answer.plain


def test_an_intervention_is_handed_to_another_lead_by_who_may_enter_its_level(quiet: Office) -> None:
    amira, nadia = quiet.person(AMIRA), quiet.person(NADIA)
    amira.close(enter(amira, 2))
    (listed,) = nadia.command("/remedy list WP-NE", channel=PORTFOLIO)
    nadia.click(listed, "Hand it over")
    form = nadia.modal(title="Hand it over")
    assert "words" in nadia.submit(form, {"lead": NADIA, "words": " "}).errors
    done = nadia.submit(form, {"lead": NADIA, "words": "Amira is away until May"})
    assert "Nadia Rahman leads it now. Both leads are told." in words(done.view), done.errors
    (row,) = quiet.read(levels)
    assert quiet.read(lambda s: s.get_one(PersonRow, row.lead_id).slack) == NADIA
    assert [(each.kind, each.words) for each in quiet.read(log)] == [
        (InterventionEvent.HANDED_OVER, "Amira is away until May")
    ]
    told = last_message(quiet, amira, "leads the intervention at level 2 now")
    assert "Amira is away until May" in told.plain
    nadia.close(nadia.modal())
    (trail,) = nadia.command("/contract history WP-NE", channel=PORTFOLIO)
    assert "intervention handed over" in trail.plain
    assert "from Amira Shah to Nadia Rahman" in trail.plain

    (page,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    amira.click(page, "Hand it over")
    again = amira.submit(amira.modal(title="Hand it over"), {"lead": AMIRA, "words": "I am back"})
    assert "Amira Shah leads it now" in words(again.view)
    assert "I am back" in last_message(quiet, nadia, "I am back").plain


def test_a_level_of_the_head_is_not_the_managers_to_hand_over(quiet: Office) -> None:
    amira, nadia = quiet.person(AMIRA), quiet.person(NADIA)
    nadia.command("/remedy level WP-NE 3", channel=PORTFOLIO)
    nadia.submit(nadia.modal(title="Intervention, level 3"), ENTRY)
    (listed,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    actions = [
        each["action_id"] for block in listed.blocks for each in block.get("elements", ()) if "action_id" in each
    ]
    assert ("intervention_open" in actions, "intervention_hand_open" in actions) == (True, False)


def test_ratings_recommend_a_level_with_the_sentence_why(quiet: Office) -> None:
    accepted(quiet, Rating.GOOD, Rating.REQUIRES_IMPROVEMENT)
    amira = quiet.person(AMIRA)
    (listed,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    assert "level 2 is recommended" in listed.plain
    assert f"{OUTCOMES} requires improvement in December 2026: 88% against 100%." in listed.plain
    assert quiet.read(levels) == []
    amira.click(listed, "Enter level 2")
    form = amira.modal(title="Intervention, level 2")
    assert amira.submit(form, {"reason": "It slipped", "exit_test": "3 good periods"}).view is not None
    (row,) = quiet.read(levels)
    assert (row.area, row.level) == (OUTCOMES, 2)
    (listed,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    assert "is recommended" not in listed.plain


def test_what_is_proposed_comes_to_whoever_may_act_with_its_buttons(quiet: Office) -> None:
    accepted(quiet, Rating.REQUIRES_IMPROVEMENT, Rating.REQUIRES_IMPROVEMENT)
    amira, nadia, priya = quiet.person(AMIRA), quiet.person(NADIA), quiet.person(PRIYA)
    assert (quiet.run("propose"), quiet.run("propose")) == (2, 0)
    why = f"{OUTCOMES} fell short in November 2026 and December 2026, two months in a row"
    amira.click(last_message(quiet, amira, why), "Ask for a plan")
    form = amira.modal(title="What falls short")
    assert amira.submit(form, {"title": "Outcomes", "shortfall": "They were at 88%", "served_by": "email"}).view
    nadia.click(last_message(quiet, nadia, why), "Enter level 3")
    form = nadia.modal(title="Intervention, level 3")
    assert nadia.submit(form, {"reason": "It fell twice", "exit_test": "3 good periods"}).view is not None
    assert [row.level for row in quiet.read(levels)] == [3]
    assert not any("fell short" in m.plain for m in (*priya.direct_messages(), *priya.messages(NORTH_EAST_SHARED)))


def test_the_partner_reads_what_the_manager_sends_and_nothing_else(quiet: Office) -> None:
    amira, priya = quiet.person(AMIRA), quiet.person(PRIYA)
    amira.close(enter(amira, 2))
    quiet.deliver()
    assert not any("Governance" in m.plain or "boards" in m.plain for m in priya.messages(NORTH_EAST_SHARED))
    (listed,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    amira.click(listed, "Tell the partner")
    form = amira.modal(title="Tell the partner")
    assert "words" in amira.submit(form, {"words": " "}).errors
    sent = amira.submit(form, {"words": "We would like to meet every week until the boards are held again."}).view
    assert "Northgate Futures Ltd reads it in the shared channel." in words(sent)
    quiet.deliver()
    told = priya.messages(NORTH_EAST_SHARED)[-1]
    assert "We would like to meet every week" in told.plain
    assert "Two boards were missed" not in told.plain
