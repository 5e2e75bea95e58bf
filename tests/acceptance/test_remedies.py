"""Shortfalls and what puts them right: what becomes of a plan, and the notice of one that failed."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.duties import Regime
from bot.domain.plan_cycle import PlanStatus, Served
from bot.models import RectificationPlan
from tests.acceptance.office import AMIRA, NORTH_EAST, Office, words
from tests.builders import contract_named
from workspace import Person
from workspace.client.person import Modal

NADIA = "U0NADIA"  # head of contract management
TITLE = "Bring starts back"
OPPORTUNITY = "Ten weeks to fill both posts, reviewed every two weeks"


def plan(session: Session) -> RectificationPlan:
    return session.scalars(select(RectificationPlan).where(col(RectificationPlan.title) == TITLE)).one()


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
