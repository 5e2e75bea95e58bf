"""What the job escalates of the record, each for its trigger, once, and what it settles."""

from collections.abc import Callable
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.db import Database
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.ratings import Rating
from bot.models import (
    Decision,
    Escalation,
    EscalationEnd,
    EscalationStep,
    ExtensionOption,
    Milestone,
    MilestoneKind,
    Obligation,
    OutboxMessage,
    Party,
    PlanStatus,
    Reading,
    RectificationPlan,
    Report,
    ReportDecision,
    Role,
    RoleName,
)
from bot.services.documents import policies
from bot.services.due.duties import TO_CONFIRM
from bot.services.due.sources.documents import POLICY_REVIEWS
from bot.services.escalations.escalation_card import card_of
from tests.builders import DAY, MONDAY, act, contract_named, rows, run_job, work
from tests.counting import counted
from tests.integration.escalating import TODAY, accepted, asked, at, opened, person, quiet, report_on, risk_on
from tests.integration.test_policies import issued as policy_issued
from tests.integration.together import at_once


def test_a_report_is_escalated_to_the_manager_five_working_days_late_and_settled_when_it_comes(
    unchanged: Database,
) -> None:
    with unchanged.rehearsing() as session:
        row = report_on(session, quiet(session))
        assert [run_job(session, "escalate", at(days)) for days in (8, 9, 9)] == [0, 1, 0]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.subject_id, escalation.trigger) == (
            Subject.REPORT,
            row.id,
            Trigger.REPORT_LATE,
        )
        assert (escalation.what, asked(session, escalation)) == ("Report for December 2026", "Amira Shah")
        assert escalation.why == "It was due on 6 January 2027, and had not come 5 working days later."
        row.received_at, row.reporter_id = at(9, 10), person(session, "U0PRIYA").id
        assert run_job(session, "escalate", at(9, 11)) == 1
        assert escalation.ended_because is EscalationEnd.SETTLED
        (closing,) = [each for each in session.scalars(select(OutboxMessage)) if each.thread_of_id is not None]
        assert "You have nothing more to do: the report came in" in closing.text
        assert run_job(session, "escalate", at(10)) == 0, "it is over for good"


def test_more_time_settles_a_late_report_and_it_may_be_late_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = report_on(session, quiet(session))
        assert run_job(session, "escalate", at(9)) == 1
        row.due_on = date(2027, 1, 20)
        assert run_job(session, "escalate", at(9, 10)) == 1
        assert run_job(session, "escalate", at(22)) == 0
        assert run_job(session, "escalate", at(23)) == 1
        assert [each.ended_because for each in opened(session)] == [EscalationEnd.SETTLED, None]


def test_a_query_without_an_answer_is_escalated_and_settled_by_the_answer(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        amira = person(session, "U0AMIRA").id
        row = report_on(
            session,
            quiet(session),
            received_at=MONDAY,
            reporter_id=amira,
            decision=ReportDecision.QUERIED,
            decided_at=at(0, 15),
            decided_by_id=amira,
            query="Why did starts fall?",
            queries=1,
        )
        assert run_job(session, "escalate", at(7)) == 0, "it has not reached the partner"
        row.query_asked_on = TODAY
        assert [run_job(session, "escalate", at(days)) for days in (4, 7)] == [0, 1]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.trigger) == (Subject.QUERY, Trigger.UNANSWERED)
        assert escalation.what == "Answer to the query about the report for December 2026"
        row.decision, row.decided_at, row.decided_by_id, row.revised_at = None, None, None, at(7, 12)
        assert run_job(session, "escalate", at(7, 13)) == 1
        assert escalation.ended_because is EscalationEnd.SETTLED


def test_ratings_that_fall_short_are_one_escalation_for_each_report_once_it_is_accepted(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract, short = quiet(session), Rating.REQUIRES_IMPROVEMENT
        for row in session.scalars(select(Report).where(col(Report.contract_id) == contract)):
            row.decision, row.decided_at, row.decided_by_id = None, None, None
        accepted(session, contract, "2027-01", MONDAY, outcomes=short)
        assert run_job(session, "escalate", at(0)) == 0, "once is not twice in a row"
        second = accepted(session, contract, "2027-02", at(1), starts=Rating.INADEQUATE, outcomes=short)
        assert [run_job(session, "escalate", at(1, hour)) for hour in (9, 10)] == [1, 0]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.subject_id) == (Subject.RATINGS, second.id)
        assert (escalation.trigger, asked(session, escalation)) == (Trigger.INADEQUATE, "Nadia Rahman")
        assert escalation.why == (
            "Starts within 15 working days is rated Inadequate: 88% against 99%. "
            "Job outcomes against profile requires improvement in two reports in a row: 88% against 100%."
        )
        third = accepted(session, contract, "2027-03", at(2), outcomes=short)
        assert run_job(session, "escalate", at(2)) == 2, "the one before is over, and this one begins"
        before, now = opened(session)
        assert (before.ended_because, now.subject_id, now.trigger) == (
            EscalationEnd.SETTLED,
            third.id,
            Trigger.TWICE_SHORT,
        )
        accepted(session, contract, "2027-04", at(3))
        assert run_job(session, "escalate", at(3)) == 1
        assert now.ended_because is EscalationEnd.SETTLED


def test_a_rating_counts_as_the_manager_judged_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = accepted(session, quiet(session), "2027-01", MONDAY, starts=Rating.INADEQUATE)
        reading = session.scalars(
            select(Reading).where(col(Reading.report_id) == row.id, col(Reading.rating) == Rating.INADEQUATE)
        ).one()
        judged = {"override_reason": "A strike", "overridden_at": MONDAY, "overridden_by_id": row.reporter_id}
        reading.sqlmodel_update({"rating": Rating.GOOD, **judged})
        assert run_job(session, "escalate", at(0)) == 0
        reading.sqlmodel_update({"rating": Rating.INADEQUATE, "computed": Rating.GOOD, **judged})
        assert run_job(session, "escalate", at(0, 10)) == 1
        (escalation,) = opened(session)
        assert "rated by the contract manager" in escalation.why
        reading.rating = Rating.APPROACHING_TARGET
        assert run_job(session, "escalate", at(0, 11)) == 1, "judged again: it is settled"


def test_what_an_import_brought_as_accepted_is_the_past(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = accepted(session, quiet(session), "2027-01", MONDAY, starts=Rating.INADEQUATE)
        row.decided_by_id = None
        assert run_job(session, "escalate", at(0)) == 0


@pytest.mark.parametrize(
    ("status", "trigger", "who"),
    [
        (PlanStatus.REQUESTED, Trigger.PLAN_LATE, "Amira Shah"),
        (PlanStatus.FAILED, Trigger.PLAN_FAILED, "Nadia Rahman"),
    ],
)
def test_a_plan_that_did_not_come_or_failed_is_escalated(
    unchanged: Database, status: PlanStatus, trigger: Trigger, who: str
) -> None:
    with unchanged.rehearsing() as session:
        plan = RectificationPlan(
            contract_id=quiet(session), title="Recover", requested_on=TODAY - 14 * DAY, due_on=TODAY, status=status
        )
        session.add(plan)
        assert [run_job(session, "escalate", at(1, hour)) for hour in (9, 10)] == [1, 0]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.trigger, asked(session, escalation)) == (Subject.PLAN, trigger, who)
        plan.status = PlanStatus.ACCEPTED
        assert run_job(session, "escalate", at(1, 11)) == 1
        assert escalation.ended_because is EscalationEnd.SETTLED


def test_a_plan_that_failed_after_it_was_late_is_escalated_for_that(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        plan = RectificationPlan(
            contract_id=quiet(session),
            title="Recover",
            requested_on=TODAY - 14 * DAY,
            due_on=TODAY,
            status=PlanStatus.REQUESTED,
        )
        session.add(plan)
        for status, asked_or_over in ((PlanStatus.REQUESTED, 1), (PlanStatus.SUBMITTED, 1), (PlanStatus.FAILED, 1)):
            plan.status = status
            assert run_job(session, "escalate", at(1)) == asked_or_over
        assert [each.trigger for each in opened(session)] == [Trigger.PLAN_LATE, Trigger.PLAN_FAILED]


def test_a_plan_that_fails_while_it_is_late_is_escalated_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        plan = RectificationPlan(
            contract_id=quiet(session),
            title="Recover",
            requested_on=TODAY - 90 * DAY,
            due_on=TODAY,
            status=PlanStatus.REQUESTED,
        )
        session.add(plan)
        assert run_job(session, "escalate", at(1)) == 1
        plan.status, plan.status_on = PlanStatus.FAILED, TODAY + 2 * DAY
        assert [run_job(session, "escalate", at(2, hour)) for hour in (9, 10)] == [2, 0], "the late one climbed first"
        late, failed = opened(session)
        assert (late.ended_because, failed.trigger) == (EscalationEnd.AGAIN, Trigger.PLAN_FAILED)


def test_an_option_goes_to_the_senior_owner_before_its_last_day_and_again_when_it_has_lapsed(
    unchanged: Database,
) -> None:
    last = date(2027, 1, 29)
    with unchanged.rehearsing() as session:
        option = ExtensionOption(
            contract_id=quiet(session), name="Extension of 6 months", months=6, decide_by=last, recorded_on=TODAY
        )
        session.add(option)
        days = [(day - TODAY).days for day in (date(2027, 1, 14), date(2027, 1, 15), date(2027, 1, 18), last)]
        assert [run_job(session, "escalate", at(each)) for each in days] == [0, 1, 0, 0]
        (near,) = opened(session)
        assert (near.kind, near.subject_id, near.trigger) == (Subject.OPTION, option.id, Trigger.OPTION_NEAR)
        assert (near.what, near.why) == (
            "Decide: extension of 6 months",
            "It is to be decided by 29 January 2027, and no decision is recorded.",
        )
        monday = (date(2027, 2, 1) - TODAY).days
        assert run_job(session, "escalate", at(monday)) == 1
        near, lapsed = opened(session)
        assert (near.ended_because, lapsed.trigger) == (EscalationEnd.AGAIN, Trigger.OPTION_LAPSED)
        assert asked(session, lapsed) == "Helen Marsh", "the senior owner"
        option.decision = Decision.DECLINED
        assert run_job(session, "escalate", at(monday, 10)) == 1
        assert lapsed.ended_because is EscalationEnd.SETTLED


def milestone(contract_id: int, owed_by: Party) -> Milestone:
    return Milestone(
        contract_id=contract_id, name="List", kind=MilestoneKind.DELIVERABLE, owed_by=owed_by, due_on=TODAY
    )


def obligation(contract_id: int, owed_by: Party) -> Obligation:
    return Obligation(contract_id=contract_id, name="Access", owed_by=owed_by, due_on=TODAY)


@pytest.mark.parametrize("make", [milestone, obligation])
def test_what_the_partner_said_is_done_is_escalated_where_nobody_confirms_it_in_time(
    unchanged: Database, make: Callable[[int, Party], Milestone | Obligation]
) -> None:
    with unchanged.rehearsing() as session:
        theirs = make(quiet(session), Party.PARTNER)
        theirs.said_done_on = theirs.said_on = TODAY  # it is to be confirmed by Monday 11 January
        theirs.said_done_by_id = act(session, "U0PRIYA").actor.person_id
        session.add(theirs)
        assert [run_job(session, "escalate", at(days)) for days in (0, 5, 7, 8)] == [0, 0, 0, 1]
        (escalation,) = opened(session)
        assert (escalation.subject_id, escalation.trigger) == (theirs.id, Trigger.DUTY_MISSED)
        assert escalation.what == f"Confirm that it is done: {theirs.name}"
        assert asked(session, escalation) == "Amira Shah"
        asks = card_of(work(session, at(8)), escalation)
        assert (asks.choices.form, asks.choices.key) == (TO_CONFIRM, theirs.public_id)
        theirs.met_on = TODAY
        assert run_job(session, "escalate", at(8, 10)) == 1
        assert escalation.ended_because is EscalationEnd.SETTLED


def test_a_policy_that_nobody_reviewed_in_time_is_escalated_until_it_is_reviewed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        quiet(session)
        document = policy_issued(session).document
        document.review_by = TODAY
        session.flush()
        assert [run_job(session, "escalate", at(days)) for days in (0, 1)] == [0, 1]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.subject_id) == (Subject.POLICY_REVIEW, document.id)
        assert asked(session, escalation) == "Amira Shah"
        asks = card_of(work(session, at(1)), escalation)
        assert (asks.choices.form, asks.choices.key) == (POLICY_REVIEWS.act, document.public_id)
        policies.reviewed(act(session, "U0AMIRA", at(1)), document.public_id)
        assert run_job(session, "escalate", at(1, 10)) == 1
        assert escalation.ended_because is EscalationEnd.SETTLED


@pytest.mark.parametrize("make", [milestone, obligation])
def test_what_the_department_owes_is_escalated_and_not_what_the_partner_does(
    unchanged: Database, make: Callable[[int, Party], Milestone | Obligation]
) -> None:
    with unchanged.rehearsing() as session:
        contract = quiet(session)
        ours, theirs = make(contract, Party.DEPARTMENT), make(contract, Party.PARTNER)
        theirs.name = "Theirs"
        session.add_all([ours, theirs])
        assert [run_job(session, "escalate", at(days)) for days in (0, 1)] == [0, 1]
        (escalation,) = opened(session)
        assert (escalation.subject_id, escalation.trigger) == (ours.id, Trigger.DUTY_MISSED)
        assert asked(session, escalation) == "Amira Shah"
        ours.met_on = TODAY + DAY
        assert run_job(session, "escalate", at(1, 10)) == 1


@pytest.mark.parametrize("days", [31, 400])
def test_what_came_to_be_long_ago_begins_nothing(unchanged: Database, days: int) -> None:
    with unchanged.rehearsing() as session:
        contract, past = quiet(session), TODAY - days * DAY
        report_on(session, contract, due_on=past)
        risk_on(session, contract, review_on=past)
        plan: dict[str, Any] = {"requested_on": past, "due_on": past, "contract_id": contract}
        session.add_all(
            [
                RectificationPlan(title="Recover", status=PlanStatus.REQUESTED, **plan),
                RectificationPlan(title="Again", status=PlanStatus.FAILED, **plan),
                *(make(contract, Party.DEPARTMENT) for make in (milestone, obligation)),
            ]
        )
        session.flush()
        for owed in [*session.scalars(select(Milestone)), *session.scalars(select(Obligation))]:
            owed.due_on = past
        assert run_job(session, "escalate", at(0)) == 0


def test_nothing_is_escalated_outside_working_time(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report_on(session, quiet(session), due_on=TODAY - 7 * DAY)
        times = [at(0, 8), at(0, 17), at(5), at(7)]
        assert [run_job(session, "escalate", when) for when in times] == [0, 0, 0, 1]


def test_where_nobody_can_be_asked_it_is_asked_of_whoever_comes(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = quiet(session)
        report_on(session, contract, due_on=TODAY - 20 * DAY, asked_on=TODAY - 22 * DAY)
        for role in session.scalars(select(Role).where(col(Role.contract_id) == contract)):
            session.delete(role)
        session.flush()
        assert run_job(session, "escalate", at(0)) == 0
        rhian = person(session, "U0RHIAN").id
        session.add(Role(contract_id=contract, person_id=rhian, role=RoleName.HEAD))
        assert run_job(session, "escalate", at(0, 10)) == 1
        assert [asked(session, each) for each in opened(session)] == ["Rhian Pritchard"]


def test_workers_at_the_same_instant_escalate_once(portfolio_url: str, portfolio: Database) -> None:
    with portfolio.writing() as session:
        report_on(session, quiet(session))

    def worker(database: Database, barrier: Barrier) -> int:
        barrier.wait()
        with database.writing() as session:
            return run_job(session, "escalate", at(9))

    assert sorted(at_once(portfolio_url, 3, worker)) == [0, 0, 1]
    assert len(rows(portfolio, Escalation)) == len(rows(portfolio, EscalationStep)) == 1


def test_what_is_not_due_costs_the_same_however_many_contracts_there_are(portfolio: Database) -> None:
    with portfolio.writing() as session:
        quiet(session)
    with portfolio.rehearsing() as session, counted(session) as few:
        assert run_job(session, "escalate", at(0)) == 0
    with portfolio.writing() as session:
        contract = contract_named(session, "WP-NE").id
        for number in range(40):
            report_on(session, contract, f"20{30 + number}-01", due_on=date(2027, 1, 6))
    with portfolio.rehearsing() as session, counted(session) as many:
        assert run_job(session, "escalate", at(0)) == 0
    assert len(many) == len(few) < 26, "a query or two for each kind that is escalated"
