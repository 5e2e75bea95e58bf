"""Shortfalls and what puts them right: what becomes of a plan, and the notice of one that failed."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlmodel import Session, col

from bot.domain.duties import Regime
from bot.domain.plan_cycle import PlanStatus, Served
from bot.domain.ratings import Rating
from bot.models import PlanSubmission, Reading, RectificationPlan, Report
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office, words
from tests.builders import contract_named
from tests.integration.escalating import accepted as accept
from workspace import Person
from workspace.client.person import Message, Modal

NADIA = "U0NADIA"  # head of contract management
TITLE = "Bring starts back"
OPPORTUNITY = "Ten weeks to fill both posts, reviewed every two weeks"


def of_title() -> Select[RectificationPlan]:
    return select(RectificationPlan).where(col(RectificationPlan.title) == TITLE)


def plan(session: Session) -> RectificationPlan:
    return session.scalars(of_title()).one()


def begin(office: Office, status: PlanStatus = PlanStatus.NOTED, **more: Any) -> None:  # noqa: ANN401  # columns of the plan
    """A shortfall on WP-NE, which the Procurement Act covers here."""
    with office.liaison.database.writing() as session:
        contract = contract_named(session, "WP-NE")
        contract.regime, contract.start_date = Regime.ACT_2023, date(2025, 4, 1)
        usual: dict[str, Any] = {"opened_on": date(2026, 12, 1)}
        if status is not PlanStatus.NOTED:
            usual |= {"requested_on": date(2026, 12, 1), "due_on": date(2026, 12, 15)}
        session.add(RectificationPlan(contract_id=contract.id, title=TITLE, status=status, **{**usual, **more}))


def update(person: Person, **entered: str) -> Modal:
    """Say what became of the plan, from the contract's page."""
    (page,) = person.command("/contract show WP-NE", channel=NORTH_EAST)
    person.click(page, "Update the plan")
    done = person.submit(person.modal(title="Update a plan"), entered).view
    assert done is not None
    return done


def test_a_request_that_was_served_by_post_is_counted_from_its_day(office: Office) -> None:
    begin(office)
    amira = office.person(AMIRA)
    served = {"event": "requested", "on": "2026-12-22", "served_by": "post"}
    assert "Next comes the plan, by 8 January 2027." in words(update(amira, **served))
    kept = office.read(plan)
    assert (kept.status, kept.requested_on, kept.served_by) == (
        PlanStatus.REQUESTED,
        date(2026, 12, 22),
        Served.POST,
    )


def test_a_shortfall_under_notice_is_checked_by_its_day_and_cured_without_a_plan(office: Office) -> None:
    begin(office)
    amira = office.person(AMIRA)
    noticed = update(amira, event="given notice of", on="2026-12-22", until="2027-01-06", served_by="email")
    assert "The plan is under notice, as of 22 December 2026." in words(noticed)
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    assert "Check of the department whether it is put right: Bring starts back" in page.plain
    update(amira, event="declared cured", reason="Starts were at 99.3% in December")
    assert office.read(plan).status is PlanStatus.CURED


def test_a_plan_is_declared_failed_with_the_opportunity_and_its_notice_is_asked_for(office: Office) -> None:
    begin(office, PlanStatus.REJECTED_AGAIN, status_on=date(2026, 12, 30))
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    (page,) = nadia.command("/contract show WP-NE", channel=NORTH_EAST)
    nadia.click(page, "Update the plan")
    form = nadia.modal(title="Update a plan")
    failed = {"event": "declared failed", "reason": "The second plan has no dates either"}
    assert "opportunity" in nadia.submit(form, failed).errors
    done = nadia.submit(form, {**failed, "opportunity": OPPORTUNITY}).view
    assert "a notice (UK9) is due within 30 days of today’s decision" in words(done)
    kept = office.read(plan)
    assert (kept.status, kept.opportunity, kept.status_on) == (PlanStatus.FAILED, OPPORTUNITY, date(2027, 1, 4))

    office.clock.advance(timedelta(days=23))  # 27 January: 5 working days before
    assert office.run("remind") > 0
    office.deliver()
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    assert "Publish the performance notice (UK9) of the failed plan: Bring starts back" in page.plain
    amira.click(page, "Notice dealt with")
    form = amira.modal(title="Notice of a failed plan")
    assert OPPORTUNITY in words(form)
    assert "what" in amira.submit(form, {"what": " "}).errors
    done = amira.submit(form, {"what": "UK9 012345-2027"}).view
    assert "Its notice was dealt with on 27 January 2027." in words(done)
    assert office.read(plan).notice_on == date(2027, 1, 27)
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    assert "Publish the performance notice" not in page.plain


PARTS = {
    "default": "Starts were late in October and November",
    "containment": "Two advisers were lent by the south team",
    "root_cause": "Two posts have been empty since September",
    "effect": "41 people started late",
    "prevention": "Vacancies are advertised before people leave",
}
STEPS = "Priya Nair: fill both posts by 29 January 2027\nDana Field: train both people by 12 February 2027"


def ask_in_the_channel(office: Office, amira: Person) -> Message:
    """Request the plan, and tell the partner: their message in the shared channel."""
    asked = update(amira, event="requested", tell="tell")
    assert "Northgate Futures Ltd reads it in the shared channel." in words(asked)
    office.deliver()
    return office.person(PRIYA).messages(NORTH_EAST_SHARED)[-1]


def send_plan(office: Office, priya: Person, message: Message, **entered: str) -> Modal:
    priya.click(message, "Send the plan")
    sent = priya.submit(priya.modal(title="Rectification plan"), {**PARTS, "steps": STEPS, **entered}).view
    assert sent is not None
    office.deliver()
    return sent


def test_a_partner_sends_a_plan_that_is_rejected_sent_again_and_accepted(office: Office) -> None:
    begin(office, shortfall="Starts within 15 days were 95.1% and 94.8%")
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    asked = ask_in_the_channel(office, amira)
    assert "The plan is due by 18 January 2027" in asked.plain
    assert "94.8%" in asked.plain
    priya.click(asked, "Send the plan")
    form = priya.modal(title="Rectification plan")
    wrong = {**PARTS, "steps": "Priya Nair: fill both posts by 4 December 2026"}
    assert priya.submit(form, wrong).errors == {"steps": "A step is due today or later. Use another day."}
    assert "who is to do what by when" in priya.submit(form, {**PARTS, "steps": "We try harder"}).errors["steps"]
    assert "root_cause" in priya.submit(form, {**PARTS, "root_cause": " ", "steps": STEPS}).errors
    assert office.read(plan).status is PlanStatus.REQUESTED
    assert "Amira Shah decides on it." in words(priya.submit(form, {**PARTS, "steps": STEPS}).view)
    office.deliver()

    came = amira.direct_messages()[-1]
    assert "Dana Field: train both people, by 12 February 2027" in came.plain
    amira.click(came, "Decide on it")
    form = amira.modal(title="Update a plan")
    rejected = {"event": "rejected", "reason": "Say who trains them", "tell": "tell"}
    assert "by 11 January 2027" in words(amira.submit(form, {**rejected, "grounds": ["not enough detail"]}).view)
    office.deliver()
    again = priya.messages(NORTH_EAST_SHARED)[-1]
    assert "Grounds: not enough detail" in again.plain
    assert "Say who trains them" in again.plain
    send_plan(office, priya, again)
    assert office.read(plan).status is PlanStatus.RESUBMITTED

    amira.click(amira.direct_messages()[-1], "Decide on it")
    done = amira.submit(amira.modal(title="Update a plan"), {"event": "accepted"}).view
    assert "steps of the plan became actions" in words(done)
    (listed,) = amira.command("/action list WP-NE", channel=NORTH_EAST)
    assert "fill both posts" in listed.plain
    assert "Dana Field: train both people" in listed.plain


def test_who_was_asked_for_no_plan_can_send_none(office: Office) -> None:
    begin(office)
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    asked = ask_in_the_channel(office, amira)
    priya.click(asked, "Send the plan")
    form = priya.modal(title="Rectification plan")
    update(amira, event="withdrawn", reason="It was put right meanwhile")
    refused = priya.submit(form, {**PARTS, "steps": STEPS})
    assert "This plan is withdrawn, so it cannot be sent by the partner" in words(refused.view) + str(refused.errors)
    kept = office.read(plan)
    assert kept.status is PlanStatus.WITHDRAWN
    of_it = select(PlanSubmission).where(col(PlanSubmission.plan_id) == kept.id)
    assert office.read(lambda s: s.scalars(of_it).all()) == []


def listed(office: Office, priya: Person) -> Message:
    office.settle()
    office.deliver()
    about = (m for m in priya.direct_messages() if m.by_app and "Rectification plan: Bring starts back" in m.plain)
    return next(about)


def test_a_plan_waits_on_the_partners_list_with_its_form(office: Office) -> None:
    begin(office, PlanStatus.REQUESTED)
    priya = office.person(PRIYA)
    priya.say("what is open?", channel=priya.direct_channel)
    send_plan(office, priya, listed(office, priya))
    assert office.read(plan).status is PlanStatus.SUBMITTED


OUTCOMES = "Job outcomes against profile"


def accepted(office: Office, first: Rating, second: Rating) -> None:
    """Reports of WP-NE for November and December whose outcomes are rated so, accepted today."""
    with office.liaison.database.writing() as session:
        contract = contract_named(session, "WP-NE")
        for report in session.scalars(select(Report).where(col(Report.contract_id) == contract.id)):
            session.execute(delete(Reading).where(col(Reading.report_id) == report.id))
            session.delete(report)
        session.flush()
        for period, rating in (("2026-11", first), ("2026-12", second)):
            accept(session, contract.id, period, office.clock.now(), outcomes=rating)


def test_figures_propose_a_plan_and_the_form_begins_with_them(office: Office) -> None:
    accepted(office, Rating.REQUIRES_IMPROVEMENT, Rating.REQUIRES_IMPROVEMENT)
    amira = office.person(AMIRA)
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    why = f"{OUTCOMES} fell short in November 2026 and December 2026, two months in a row: 88% against 100%."
    assert why in page.plain
    amira.click(page, "What falls short")
    listed = amira.wait(lambda p: next((m for m in p.messages(NORTH_EAST) if "Nothing is open." in m.plain), None))
    amira.click(listed, "Ask for a plan")
    form = amira.modal(title="What falls short")
    assert "December 2026: 88% against 100%, Requires improvement" in words(form)
    assert amira.submit(form, {"title": " "}).errors
    done = amira.submit(form, {"title": TITLE, "shortfall": "Outcomes were at 88%", "served_by": "email"}).view
    assert "Next comes the plan, by 18 January 2027." in words(done)
    amira.close(amira.modal())
    amira.command("/remedy new WP-NE", channel=NORTH_EAST)
    again = amira.submit(amira.modal(title="What falls short"), {"title": TITLE.upper()})
    assert again.errors == {"title": "This contract has one of that name already. Use another name."}
    (listed,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    assert f"{TITLE}, {OUTCOMES}" in listed.plain
    assert "Requested on 4 January 2027, due 18 January 2027" in listed.plain
    assert "is proposed" not in listed.plain


def test_a_monitored_plan_recommends_and_a_person_decides(office: Office) -> None:
    begin(office, PlanStatus.MONITORED, status_on=date(2026, 11, 2), good_periods=2)
    accepted(office, Rating.GOOD, Rating.GOOD)
    amira = office.person(AMIRA)
    (listed,) = amira.command("/remedy", channel=NORTH_EAST)
    assert "2 of 2 good periods" in listed.plain.replace("\u00a0", " ")
    assert "Declare it cured? Targets were met in November 2026 to December 2026." in listed.plain
    assert office.read(plan).status is PlanStatus.MONITORED
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    assert "2 of 2 good periods" in page.plain.replace("\u00a0", " ")
    update(amira, event="declared cured", reason="Both months were good")
    office.clock.advance(timedelta(days=31))
    with office.liaison.database.writing() as session:
        accept(session, contract_named(session, "WP-NE").id, "2027-01", office.clock.now(), outcomes=Rating.INADEQUATE)
    (listed,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    assert "watched until 4 April 2027" in listed.plain
    assert "It came again in January 2027, in the watch after the cure." in listed.plain


def test_a_concern_is_noted_from_the_command_and_no_earlier_than_it_was(office: Office) -> None:
    amira = office.person(AMIRA)
    (listed,) = amira.command("/remedy list WP-NE", channel=NORTH_EAST)
    amira.click(listed, "Note a shortfall")
    form = amira.modal(title="What falls short")
    assert "Work Pathways" in words(form)
    amira.close(form)
    amira.command("/remedy new WP-NE", channel=NORTH_EAST)
    form = amira.modal(title="What falls short")
    assert "is in the future" in amira.submit(form, {"title": TITLE, "on": "2027-01-05"}).errors["on"]
    before = {"title": TITLE, "on": "2027-01-04", "until": "2027-01-03"}
    assert "is before 4 January 2027" in amira.submit(form, before).errors["until"]
    assert office.read(lambda s: s.scalars(of_title()).all()) == []
    assert "It is noted." in words(amira.submit(form, {"title": TITLE, "event": "concern", "until": ""}).view)
    assert office.read(plan).status is PlanStatus.NOTED
    (answer,) = office.person("U0RHIAN").command("/remedy new WP-NE", channel=PORTFOLIO)
    assert "No contract of yours" in answer.plain or "do not have a role" in answer.plain


def test_an_escalated_rating_becomes_a_plan_and_counts_as_answered_until_it_is_due(office: Office) -> None:
    accepted(office, Rating.GOOD, Rating.INADEQUATE)
    office.run("escalate")
    office.deliver()
    nadia = office.person(NADIA)
    ping = next(m for m in nadia.direct_messages() if "is rated Inadequate" in m.plain and m.elements())
    nadia.click(ping, "Request a plan")
    form = nadia.modal(title="What falls short")
    assert "is rated Inadequate" in words(form)
    assert "Next comes the plan" in words(nadia.submit(form, {"title": TITLE, "tell": "tell"}).view)
    office.deliver()
    ping = next(m for m in nadia.direct_messages() if "is rated Inadequate" in m.plain)
    assert f"Rectification plan: {TITLE}" in ping.plain
    assert "due 18 January 2027" in ping.plain
    assert any("The plan is due by" in m.plain for m in office.person(PRIYA).messages(NORTH_EAST_SHARED))
