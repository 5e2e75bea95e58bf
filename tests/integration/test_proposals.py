"""What is proposed where delivery falls short is told to whoever may act, once for each reason, and never to a
partner."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.finding_cycle import FindingGrade, FindingState
from bot.domain.plan_cycle import PlanEvent, PlanStatus
from bot.domain.ratings import Rating
from bot.models import (
    ActionItem,
    Contract,
    Kpi,
    OutboxMessage,
    PlanStep,
    PlanSubmission,
    RectificationPlan,
    Report,
    Role,
    RoleName,
)
from bot.services.progress import report_decisions
from bot.services.remedies import plans
from bot.services.remedies.plans import EventDetails
from bot.services.remedies.proposals import proposed_to
from tests.builders import DAY, MONDAY, act, contract_named, run_job
from tests.counting import counted
from tests.integration.escalating import TODAY, person
from tests.integration.test_findings_escalate import final

CALLUM, NADIA, JOSEPH, KWAME = "U0CALLUM", "U0NADIA", "U0JOSEPH", "U0KWAME"
TWICE = "fell short in October 2026 and November 2026, two months in a row"


def november(session: Session) -> Report:
    of_it = col(Report.contract_id) == contract_named(session, "CC-OT").id
    return session.scalars(select(Report).where(of_it, col(Report.period) == "2026-11")).one()


def accept(session: Session) -> None:
    report = november(session)
    report_decisions.accept(act(session, CALLUM), report.public_id, report.version)


def override(session: Session, code: str, rating: Rating) -> None:
    report = november(session)
    kpi = session.scalars(select(Kpi).where(col(Kpi.contract_id) == report.contract_id, col(Kpi.code) == code)).one()
    report_decisions.override(
        act(session, CALLUM), report.public_id, report.figures_version, kpi.public_id, rating, "Corrected"
    )


def told(session: Session, now: datetime = MONDAY) -> list[tuple[str, str]]:
    """Who was told what is proposed by now: everything that stands in the message."""
    run_job(session, "propose", now)
    rows = select(OutboxMessage).where(col(OutboxMessage.key).like("proposals-%")).order_by(col(OutboxMessage.id))
    return [(row.channel, f"{row.text} {row.blocks}") for row in session.scalars(rows)]


def test_an_accepted_report_tells_each_who_may_act_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert told(session) == [], "what an import brought starts nothing"
        accept(session)
        manager, head = told(session)
        assert (manager[0], head[0]) == (CALLUM, NADIA)
        assert TWICE in manager[1]
        assert (manager[1].count("Ask for a plan"), manager[1].count("Enter level 2")) == (1, 1)
        assert "Calls abandoned requires improvement in November 2026" in manager[1]
        assert ("Enter level 3" in head[1], "Ask for a plan" in head[1], "Calls abandoned" in head[1]) == (
            True,
            False,
            False,
        )
        assert len(told(session, MONDAY + DAY)) == 2, "not again"
        override(session, "quality", Rating.APPROACHING_TARGET)
        assert len(told(session, MONDAY + DAY)) == 2, "nothing new"
        override(session, "quality", Rating.INADEQUATE)
        *_, third, fourth = told(session, MONDAY + DAY)
        assert (third[0], fourth[0]) == (CALLUM, NADIA)
        assert "Call quality score is rated Inadequate in November 2026" in third[1]
        assert "Average speed" not in third[1] + fourth[1]
        assert "Enter level 3" in fourth[1]
        assert len(told(session, MONDAY + DAY)) == 4
        channels = {row.channel for row in session.scalars(select(OutboxMessage)) if "proposals" in row.key}
        assert channels == {CALLUM, NADIA}, "nothing went to a partner or a channel"


def test_nobody_is_told_outside_working_hours_nor_of_what_is_dealt_with(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        accept(session)
        assert told(session, MONDAY + 5 * DAY) == [], "a Saturday"
        contract = contract_named(session, "CC-OT")
        noted: dict[str, Any] = {
            "contract_id": contract.id,
            "status": PlanStatus.NOTED,
            "opened_on": TODAY,
            "status_on": TODAY,
        }
        session.add(RectificationPlan(title="All of it", **noted))
        found = told(session, MONDAY + 7 * DAY)
        assert [who for who, _ in found] == [CALLUM, NADIA]
        assert not any("Ask for a plan" in said for _, said in found), "a plan is open about all of it"


def test_without_who_may_enter_a_level_the_manager_is_told_and_has_no_button(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        heads = (col(Role.role) == RoleName.HEAD, col(Role.contract_id) == contract_named(session, "CC-OT").id)
        session.execute(delete(Role).where(*heads))
        accept(session)
        ((who, said),) = told(session)
        assert (who, said.count("level 3 is recommended"), said.count("Enter level 3")) == (CALLUM, 1, 0)
        assert "Enter level 2" in said


def test_a_critical_finding_proposes_a_plan(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = final(session, contract_named(session, "CC-OT").id, grade=FindingGrade.CRITICAL)
        assert told(session) == [], "its report is no final one yet"
        row.due_on = TODAY + 7 * DAY
        session.flush()
        ((who, said),) = told(session)
        assert who == CALLUM
        assert f"{row.reference} is a critical finding" in said
        row.state, row.closed_on = FindingState.CLOSED, TODAY
        assert len(told(session, MONDAY + DAY)) == 1


def plan_with_step(session: Session, status: PlanStatus) -> RectificationPlan:
    contract, who = contract_named(session, "CC-OT"), person(session, KWAME)
    kpi = session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract.id, col(Kpi.code) == "answer")).one()
    plan = RectificationPlan(
        contract_id=contract.id, title="Answer sooner", status=status, requested_on=TODAY, due_on=TODAY, kpi_id=kpi.id,
        status_on=TODAY, received_on=TODAY,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    parts: dict[str, Any] = dict.fromkeys(("default", "containment", "root_cause", "effect", "prevention"), "Words")
    sent = PlanSubmission(
        number=1, plan_id=plan.id, contract_id=contract.id, submitted_by_id=who.id, submitted_at=MONDAY, **parts
    )
    item = ActionItem(
        contract_id=contract.id, what="Hire ten", owner_id=who.id, due_on=TODAY + DAY, added_by_id=who.id,
        added_at=MONDAY,
    )  # fmt: skip
    session.add_all([sent, item])
    session.flush()
    step: dict[str, Any] = {"contract_id": contract.id, "what": "Hire ten", "owner": who.name, "owner_id": who.id}
    session.add(PlanStep(submission_id=sent.id, action_id=item.id, due_on=item.due_on, **step))
    session.flush()
    return plan


@pytest.mark.parametrize(("status", "is_told"), [(PlanStatus.ACCEPTED, True), (PlanStatus.WITHDRAWN, False)])
def test_a_step_that_is_missed_is_told_the_next_working_day(
    unchanged: Database, status: PlanStatus, is_told: bool
) -> None:
    with unchanged.rehearsing() as session:
        plan_with_step(session, status)
        assert told(session, MONDAY + DAY) == [], "its day is not over"
        found = told(session, MONDAY + 2 * DAY)
        assert [who for who, _ in found] == [CALLUM] * is_told
        assert all("was due on 5 January 2027, and is not done: Hire ten" in said for _, said in found)
        assert len(told(session, MONDAY + 3 * DAY)) == is_told


def test_a_plan_that_failed_proposes_level_4_to_the_senior_owner(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        accept(session)
        plan = plan_with_step(session, PlanStatus.MONITORED)
        before = told(session)
        details = EventDetails(opportunity="They had a month")
        plans.settle(act(session, NADIA), plan.public_id, PlanEvent.FAILED, TODAY, "Still slow", details)
        new = [each for each in told(session) if each not in before]
        (senior,) = [said for who, said in new if who == JOSEPH]
        assert "Enter level 4" in senior
        assert "the plan failed: Answer sooner" in senior


def test_what_is_shown_in_one_place_reads_the_ratings_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        accept(session)
        ctx = act(session, NADIA)
        with counted(session) as statements:
            found = proposed_to(ctx, col(Contract.reference) == "CC-OT")
        assert ([each.level for each in found.levels], len(found.plans)) == ([3, 2], 1)
        assert sum("reading" in each for each in statements) == 1
        assert [bool(each.key) for each in found.levels] == [True, True]
        mine = proposed_to(act(session, CALLUM), col(Contract.reference) == "CC-OT")
        assert [bool(each.key) for each in mine.levels] == [False, True], "level 3 is for the head to enter"
        assert mine.plans == found.plans
        assert proposed_to(act(session, KWAME), col(Contract.reference) == "CC-OT").plans == ()
        assert date(2026, 11, 30) in {each.since for each in found.plans}
