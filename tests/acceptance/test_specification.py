"""Settling options, memos and plans in Slack: a button opens a form, what is recorded is read by all who may, and a
partner can do none of it."""

import json
from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.plan_cycle import PlanStatus
from bot.models import Contract, Decision, DocumentRecipient, ExtensionOption, RectificationPlan
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, PORTFOLIO, PRIYA, Office, words
from workspace import Person
from workspace.client.person import Message, Modal

NADIA = "U0NADIA"
WHY = "Delivery has been good for a year"


def north_east(session: Session) -> Contract:
    return session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()


def option(session: Session) -> ExtensionOption:
    of_it = col(ExtensionOption.contract_id) == north_east(session).id
    return session.scalars(select(ExtensionOption).where(of_it)).one()


def memo(session: Session) -> DocumentRecipient:
    of_it = col(DocumentRecipient.contract_id) == north_east(session).id
    return session.scalars(select(DocumentRecipient).where(of_it).order_by(col(DocumentRecipient.id))).all()[-1]


def plan(session: Session) -> RectificationPlan:
    of_it = col(RectificationPlan.contract_id) == north_east(session).id
    return session.scalars(select(RectificationPlan).where(of_it)).one()


def ask_for_a_plan(office: Office) -> None:
    with office.liaison.database.writing() as session:
        session.add(
            RectificationPlan(
                contract_id=north_east(session).id,
                title="Bring starts back",
                requested_on=date(2026, 12, 1),
                due_on=date(2026, 12, 15),
                status=PlanStatus.REQUESTED,
            )
        )


def decide(person: Person, decision: str, **more: str) -> Modal:
    """Decide on the option of WP-NE from the contract's page."""
    (page,) = person.command("/contract show WP-NE", channel=NORTH_EAST)
    person.click(page, "Decide")
    form = person.modal(title="Decide on an option")
    assert "The last day to decide is 29 September 2028." in words(form)
    done = person.submit(form, {"decision": decision, "reason": WHY, **more}).view
    assert done is not None
    return done


def labels(page: Message) -> list[str]:
    return [element["text"]["text"] for _, element in page.elements()]


def history(person: Person) -> str:
    (answer,) = person.command("/contract history WP-NE", channel=PORTFOLIO)
    return answer.plain


def test_an_option_is_taken_from_the_contracts_page_and_the_end_moves(office: Office) -> None:
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    done = decide(amira, "taken", tell="tell")
    assert "at the partner will get a memo about it." in words(done)
    assert "Extension of 24 months is taken: WP-NE now ends on 31 March 2031." in words(done)
    kept = office.read(option)
    assert (kept.decision, kept.decided_on, kept.decision_reason) == (Decision.TAKEN, date(2027, 1, 4), WHY)
    assert office.read(north_east).end_date == date(2031, 3, 31)
    told = history(nadia)
    assert "Amira Shah: option taken, WP-NE, Extension of 24 months" in told
    assert "End: from 31 March 2029 to 31 March 2031" in told
    assert told.count(f"Why: {WHY}") == 2
    (page,) = nadia.command("/contract show WP-NE", channel=NORTH_EAST)
    assert "Extension of 24 months: taken on 4 January 2027" in page.plain
    assert "Decide" not in labels(page)
    office.run("documents")
    office.deliver()
    sent = next(m for m in office.person(PRIYA).direct_messages() if "WP-NE is extended by 24 months" in m.plain)
    assert "The contract ends on 31 March 2031, instead of 31 March 2029." in sent.plain


def test_a_form_that_was_open_while_somebody_else_decided_changes_nothing(office: Office) -> None:
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    (page,) = nadia.command("/contract show WP-NE", channel=NORTH_EAST)
    nadia.click(page, "Decide")
    decide(amira, "declined")
    refused = nadia.submit(nadia.modal(), {"decision": "taken", "reason": WHY})
    told = words(refused.view) + json.dumps(refused.errors)
    assert "was declined by Amira Shah on 4 January 2027 already, so nothing was done." in told
    assert office.read(option).decision is Decision.DECLINED
    assert office.read(north_east).end_date == date(2029, 3, 31)


def test_who_may_not_decide_is_offered_no_decision(http_office: Office) -> None:
    """The senior owner decides on options, and leaves it to the manager to note what came of a memo."""
    (page,) = http_office.person(HELEN).command("/contract show WP-NE", channel=NORTH_EAST)
    assert "Extension of 24 months: decide by 29 September 2028" in page.plain
    assert "Decide" in labels(page)
    assert "Acknowledged" not in labels(page)


def test_a_memo_is_acknowledged_on_a_day_that_can_be(office: Office) -> None:
    """What is still open on the contract is offered with the answer to the first of them."""
    amira = office.person(AMIRA)
    others = decide(amira, "declined")
    assert "Also due on WP-NE" in words(others)
    amira.click(others, "Acknowledged")
    form = amira.modal(title="Memo acknowledged")
    assert "Sent to Northgate Futures Ltd on 10 December 2026" in words(form)
    wrong = amira.submit(form, {"on": "2026-12-09"})
    assert "9 December 2026 is before it was sent, on 10 December 2026." in wrong.errors["on"]
    done = amira.submit(form, {"on": "2026-12-11"}).view
    assert "Change memo 3 on WP-NE was acknowledged on 11 December 2026." in words(done)
    assert office.read(memo).acknowledged_on == date(2026, 12, 11)
    assert "Amira Shah: memo acknowledged, WP-NE, Change memo 3" in history(amira)


def test_a_plan_comes_and_is_rejected_for_a_reason(office: Office) -> None:
    ask_for_a_plan(office)
    amira = office.person(AMIRA)
    others = decide(amira, "declined")
    amira.click(others, "Update the plan")
    done = amira.submit(amira.modal(title="Update a plan"), {"event": "received", "on": "2026-12-14"}).view
    assert "The plan is submitted, as of 14 December 2026. Next comes the decision." in words(done)
    assert "Also open" not in words(done), "Slack opens no more than three windows on top of each other"
    kept = office.read(plan)
    assert (kept.status, kept.received_on) == (PlanStatus.SUBMITTED, date(2026, 12, 14))
    assert done is not None
    amira.close(done)
    amira.click(others, "Update the plan")
    form = amira.modal(title="Update a plan")
    assert "Enter why" in amira.submit(form, {"event": "rejected"}).errors["reason"]
    refused = amira.submit(form, {"event": "rejected", "reason": "It has no dates"})
    assert refused.errors == {"grounds": "Choose at least one ground on which the plan is rejected."}
    grounds = ["not enough detail", "takes too long"]
    done = amira.submit(form, {"event": "rejected", "reason": "It has no dates", "grounds": grounds}).view
    assert "The plan is rejected, as of 4 January 2027. Next comes the plan again, by 11 January 2027." in words(done)
    told = history(amira)
    assert "Amira Shah: plan rejected, WP-NE, Bring starts back" in told
    assert "Why: It has no dates" in told


@pytest.mark.parametrize("kind", ["option", "memo", "plan"])
def test_a_partner_with_a_button_or_form_of_the_departments_is_refused(http_office: Office, kind: str) -> None:
    """As Slack signs it, with the ids of the record itself."""
    ask_for_a_plan(http_office)
    keys = {
        "option": http_office.read(option).public_id,
        "memo": http_office.read(memo).public_id,
        "plan": http_office.read(plan).public_id,
    }
    entered = {"decision": "taken", "event": "received", "on": "2027-01-04", "reason": WHY}
    state = {name: {"entered": {"type": "plain_text_input", "value": value}} for name, value in entered.items()}
    view = {
        "id": f"V{kind}",
        "type": "modal",
        "callback_id": f"{kind}_form",
        "private_metadata": keys[kind],
        "blocks": [],
        "state": {"values": state},
    }
    payload = {"type": "view_submission", "view": view, "user": {"id": PRIYA, "team_id": "T0NORTHGATE"}}
    before = [http_office.read(find).model_dump() for find in (option, memo, plan, north_east)]
    answer = http_office.post({"payload": json.dumps({**payload, "team": {"id": "T0NORTHGATE"}})})
    assert "You do not have a role on this contract that lets you do that" in answer.text
    assert [http_office.read(find).model_dump() for find in (option, memo, plan, north_east)] == before
    sent = json.dumps({**payload, "team": {"id": "T0DEPT"}, "user": {"id": AMIRA, "team_id": "T0DEPT"}})
    assert "You do not have" not in http_office.post({"payload": sent}).text
    assert [http_office.read(find).model_dump() for find in (option, memo, plan, north_east)] != before


def lapse_soon(office: Office) -> None:
    """The option of WP-NE is to be decided in a week, and memos wait for nobody."""
    with office.liaison.database.writing() as session:
        option(session).decide_by, option(session).rule = date(2027, 1, 18), ""
        for each in session.scalars(select(DocumentRecipient)):
            each.acknowledged_on = each.asked_on


def test_a_senior_owner_decides_from_the_message_that_escalates_an_option(office: Office) -> None:
    lapse_soon(office)
    office.run("escalate")
    office.deliver()
    helen = office.person(HELEN)
    asked = next(m for m in helen.direct_messages() if m.text.startswith("Undecided option to extend on WP-NE"))
    helen.click(asked, "Decide")
    helen.submit(helen.modal(title="Decide on an option"), {"decision": "declined", "reason": WHY})
    office.run("escalate")
    office.deliver()
    over = next(m for m in helen.direct_messages() if m.ts == asked.ts)
    assert over.text.startswith("You no longer need to answer: the option is declined on")
    assert "Decide" not in labels(over)


def test_an_option_is_decided_from_the_reminder(office: Office) -> None:
    lapse_soon(office)
    office.run("remind")
    office.deliver()
    amira = office.person(AMIRA)
    reminder = next(m for m in amira.direct_messages() if "Decide: extension of 24 months" in m.text)
    amira.click(reminder, "Answer")
    form = amira.submit(amira.modal(title="Answer a reminder"), {"answer": "Do it now"}).view
    assert form is not None
    done = amira.submit(form, {"decision": "declined", "reason": WHY}).view
    assert done is not None
    assert "Extension of 24 months is declined: the end of WP-NE does not change." in words(done)
    office.run("remind")
    office.deliver()
    assert next(m for m in amira.direct_messages() if m.ts == reminder.ts).text.startswith("All done")
