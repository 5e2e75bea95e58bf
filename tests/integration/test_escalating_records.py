"""What the job escalates of the record, each for its trigger, once, and what it settles."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.escalating import Subject, Trigger
from bot.domain.london import london_instant
from bot.domain.ratings import Rating
from bot.domain.risk_rules import BandStarts, RiskCategory, RiskRules
from bot.domain.scores import Band, Impact, Likelihood
from bot.models import (
    Absence,
    ActionItem,
    Escalation,
    EscalationEnd,
    EscalationStep,
    Kpi,
    Milestone,
    MilestoneKind,
    Obligation,
    OutboxMessage,
    OutboxState,
    Party,
    Person,
    PlanStatus,
    Reading,
    RectificationPlan,
    Report,
    ReportDecision,
    Risk,
    RiskStatus,
    Role,
    RoleName,
)
from bot.services.escalations import answering, watching
from bot.services.risks import risk_review, risk_settings
from bot.services.risks.risks import RiskEntry, raise_risk
from tests.builders import DAY, HOUR, MONDAY, act, contract_named, rows, work
from tests.counting import counted
from tests.integration.together import at_once

TODAY = MONDAY.date()


def at(days: int, hour: int = 9) -> datetime:
    """So many days after the beginning."""
    return london_instant(TODAY + days * DAY, hour)


def person(session: Session, slack: str) -> Person:
    return session.scalars(select(Person).where(col(Person.slack) == slack)).one()


def quiet(session: Session) -> int:
    """The id of WP-NE in a register in which nothing else goes by: whatever falls short is the test's own."""
    contract = contract_named(session, "WP-NE")
    for risk in session.scalars(select(Risk)):
        risk.status, risk.closed_on, risk.closing_reason = RiskStatus.CLOSED, TODAY, "Not of this test"
    for report in session.scalars(select(Report).where(col(Report.received_at).is_(None))):
        report.due_on = TODAY + 300 * DAY
    for owed in [*session.scalars(select(Milestone)), *session.scalars(select(Obligation))]:
        owed.met_on = TODAY
    session.flush()
    return contract.id


def opened(session: Session) -> list[Escalation]:
    session.flush()
    return list(session.scalars(select(Escalation).order_by(col(Escalation.id))))


def report_on(session: Session, contract_id: int, period: str = "2026-12", **changes: Any) -> Report:  # noqa: ANN401  # columns
    usual: dict[str, Any] = {
        "contract_id": contract_id,
        "period": period,
        "due_on": date(2027, 1, 6),
        "prompt_at": MONDAY,
    }
    row = Report(**{**usual, **changes})
    session.add(row)
    session.flush()
    return row


def accepted(session: Session, contract_id: int, period: str, when: datetime, **ratings: Rating) -> Report:
    """A report that was accepted then, with the ratings of its KPIs by code."""
    who = person(session, "U0AMIRA").id
    decided: dict[str, Any] = {"decision": ReportDecision.ACCEPTED, "decided_at": when, "decided_by_id": who}
    row = report_on(session, contract_id, period, received_at=when, reporter_id=who, **decided)
    for kpi in session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract_id)):
        rating = ratings.get(kpi.code, Rating.GOOD)
        session.add(Reading(report_id=row.id, kpi_id=kpi.id, value=Decimal(88), rating=rating, computed=rating))
    session.flush()
    return row


def asked(session: Session, escalation: Escalation) -> str:
    return session.get_one(Person, escalation.owner_id).name


def test_a_report_is_escalated_to_the_manager_five_working_days_late_and_settled_when_it_comes(
    unchanged: Database,
) -> None:
    with unchanged.transaction(keep=False) as session:
        row = report_on(session, quiet(session))
        assert [watching.watch(work(session, at(days))) for days in (8, 9, 9)] == [0, 1, 0]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.subject_id, escalation.trigger) == (
            Subject.REPORT,
            row.id,
            Trigger.REPORT_LATE,
        )
        assert (escalation.what, asked(session, escalation)) == ("Report for December 2026", "Amira Shah")
        assert escalation.why == "It was due on 6 January 2027, and had not come 5 working days later."
        row.received_at, row.reporter_id = at(9, 10), person(session, "U0PRIYA").id
        assert watching.watch(work(session, at(9, 11))) == 1
        assert escalation.ended_because is EscalationEnd.SETTLED
        (closing,) = [each for each in session.scalars(select(OutboxMessage)) if each.thread_of_id is not None]
        assert "Nothing more is asked of you: the report came in" in closing.text
        assert watching.watch(work(session, at(10))) == 0, "it is over for good"


def test_more_time_settles_a_late_report_and_it_may_be_late_again(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        row = report_on(session, quiet(session))
        assert watching.watch(work(session, at(9))) == 1
        row.due_on = date(2027, 1, 20)
        assert watching.watch(work(session, at(9, 10))) == 1
        assert watching.watch(work(session, at(22))) == 0
        assert watching.watch(work(session, at(23))) == 1
        assert [each.ended_because for each in opened(session)] == [EscalationEnd.SETTLED, None]


def test_a_query_without_an_answer_is_escalated_and_settled_by_the_answer(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
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
        assert [watching.watch(work(session, at(days))) for days in (4, 7)] == [0, 1]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.trigger) == (Subject.QUERY, Trigger.UNANSWERED)
        assert escalation.what == "Query about the report for December 2026"
        row.decision, row.decided_at, row.decided_by_id, row.revised_at = None, None, None, at(7, 12)
        assert watching.watch(work(session, at(7, 13))) == 1
        assert escalation.ended_because is EscalationEnd.SETTLED


def test_ratings_that_fall_short_are_one_escalation_for_each_report_once_it_is_accepted(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        contract, short = quiet(session), Rating.REQUIRES_IMPROVEMENT
        for row in session.scalars(select(Report).where(col(Report.contract_id) == contract)):
            row.decision, row.decided_at, row.decided_by_id = None, None, None
        accepted(session, contract, "2027-01", MONDAY, outcomes=short)
        assert watching.watch(work(session, at(0))) == 0, "once is not twice in a row"
        second = accepted(session, contract, "2027-02", at(1), starts=Rating.INADEQUATE, outcomes=short)
        assert [watching.watch(work(session, at(1, hour))) for hour in (9, 10)] == [1, 0]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.subject_id) == (Subject.RATINGS, second.id)
        assert (escalation.trigger, asked(session, escalation)) == (Trigger.INADEQUATE, "Nadia Rahman")
        assert escalation.why == (
            "Starts within 15 working days is rated Inadequate: 88% against 99%. "
            "Job outcomes against profile requires improvement in two reports in a row: 88% against 100%."
        )
        third = accepted(session, contract, "2027-03", at(2), outcomes=short)
        assert watching.watch(work(session, at(2))) == 2, "the one before is over, and this one begins"
        before, now = opened(session)
        assert (before.ended_because, now.subject_id, now.trigger) == (
            EscalationEnd.SETTLED,
            third.id,
            Trigger.TWICE_SHORT,
        )
        accepted(session, contract, "2027-04", at(3))
        assert watching.watch(work(session, at(3))) == 1
        assert now.ended_because is EscalationEnd.SETTLED


def test_a_rating_counts_as_the_manager_judged_it(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        row = accepted(session, quiet(session), "2027-01", MONDAY, starts=Rating.INADEQUATE)
        reading = session.scalars(
            select(Reading).where(col(Reading.report_id) == row.id, col(Reading.rating) == Rating.INADEQUATE)
        ).one()
        judged = {"override_reason": "A strike", "overridden_at": MONDAY, "overridden_by_id": row.reporter_id}
        reading.sqlmodel_update({"rating": Rating.GOOD, **judged})
        assert watching.watch(work(session, at(0))) == 0
        reading.sqlmodel_update({"rating": Rating.INADEQUATE, "computed": Rating.GOOD, **judged})
        assert watching.watch(work(session, at(0, 10))) == 1
        (escalation,) = opened(session)
        assert "rated by the contract manager" in escalation.why
        reading.rating = Rating.APPROACHING_TARGET
        assert watching.watch(work(session, at(0, 11))) == 1, "judged again: it is settled"


def test_what_an_import_brought_as_accepted_is_the_past(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        row = accepted(session, quiet(session), "2027-01", MONDAY, starts=Rating.INADEQUATE)
        row.decided_by_id = None
        assert watching.watch(work(session, at(0))) == 0


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
    with unchanged.transaction(keep=False) as session:
        plan = RectificationPlan(
            contract_id=quiet(session), title="Recover", requested_on=TODAY - 14 * DAY, due_on=TODAY, status=status
        )
        session.add(plan)
        assert [watching.watch(work(session, at(1, hour))) for hour in (9, 10)] == [1, 0]
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.trigger, asked(session, escalation)) == (Subject.PLAN, trigger, who)
        plan.status = PlanStatus.ACCEPTED
        assert watching.watch(work(session, at(1, 11))) == 1
        assert escalation.ended_because is EscalationEnd.SETTLED


def test_a_plan_that_failed_after_it_was_late_is_escalated_for_that(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
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
            assert watching.watch(work(session, at(1))) == asked_or_over
        assert [each.trigger for each in opened(session)] == [Trigger.PLAN_LATE, Trigger.PLAN_FAILED]


def milestone(contract_id: int, owed_by: Party) -> Milestone:
    return Milestone(
        contract_id=contract_id, name="List", kind=MilestoneKind.DELIVERABLE, owed_by=owed_by, due_on=TODAY
    )


def obligation(contract_id: int, owed_by: Party) -> Obligation:
    return Obligation(contract_id=contract_id, name="Access", owed_by=owed_by, due_on=TODAY)


@pytest.mark.parametrize("make", [milestone, obligation])
def test_what_the_department_owes_is_escalated_and_not_what_the_partner_does(
    unchanged: Database, make: Callable[[int, Party], Milestone | Obligation]
) -> None:
    with unchanged.transaction(keep=False) as session:
        contract = quiet(session)
        ours, theirs = make(contract, Party.DEPARTMENT), make(contract, Party.PARTNER)
        theirs.name = "Theirs"
        session.add_all([ours, theirs])
        assert [watching.watch(work(session, at(days))) for days in (0, 1)] == [0, 1]
        (escalation,) = opened(session)
        assert (escalation.subject_id, escalation.trigger) == (ours.id, Trigger.DUTY_MISSED)
        assert asked(session, escalation) == "Amira Shah"
        ours.met_on = TODAY + DAY
        assert watching.watch(work(session, at(1, 10))) == 1


def risk_on(session: Session, contract_id: int, **changes: Any) -> Risk:  # noqa: ANN401  # columns
    rhian = person(session, "U0RHIAN").id  # who looks after it, with a role of her own on the contract
    session.add(Role(contract_id=contract_id, person_id=rhian, role=RoleName.PERFORMANCE_MANAGER))
    usual: dict[str, Any] = {
        "contract_id": contract_id,
        "title": "Advisers leave",
        "category": RiskCategory.PEOPLE,
        "owner_id": rhian,
        "review_on": TODAY + 60 * DAY,
        "raised_by_id": rhian,
        "raised_at": MONDAY,
        **dict.fromkeys(("likelihood", "impact", "inherent_likelihood", "inherent_impact"), 3),
    }
    row = Risk(**{**usual, **changes})
    session.add(row)
    session.flush()
    return row


def test_a_review_that_is_overdue_goes_to_the_owner_and_no_further_up_than_the_head(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        risk = risk_on(session, quiet(session), review_on=TODAY)
        assert [watching.watch(work(session, at(0))), watching.watch(work(session, at(1)))] == [0, 1]
        (escalation,) = opened(session)
        assert escalation.why == "Its review was due on 4 January 2027."
        people = [asked(session, escalation)]
        for hours in range(1, 100):
            if watching.go_on(work(session, at(1) + hours * HOUR)):
                people.append(asked(session, escalation))
        assert people == ["Rhian Pritchard", "Amira Shah", "Nadia Rahman"]
        doing = act(session, "U0AMIRA", at(8))
        risk_review.review(doing, risk.id, Likelihood.POSSIBLE, Impact.MINOR, "Looked at again")
        assert escalation.ended_because is EscalationEnd.FALLEN


def test_an_action_overdue_and_nearness_send_a_risk_up_until_something_is_done(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        contract = quiet(session)
        risk = risk_on(session, contract)
        item = ActionItem(
            contract_id=contract,
            risk_id=risk.id,
            what="Recruit",
            owner_id=risk.owner_id,
            due_on=TODAY,
            added_by_id=risk.owner_id,
            added_at=MONDAY,
        )
        session.add(item)
        assert watching.watch(work(session, at(1))) == 1
        item.done_on, item.done_by_id = TODAY + DAY, risk.owner_id
        assert watching.watch(work(session, at(1, 10))) == 1
        risk.proximity_on = TODAY + 20 * DAY
        assert watching.watch(work(session, at(1, 11))) == 1
        late, near = opened(session)
        assert (late.trigger, near.trigger) == (Trigger.ACTION_OVERDUE, Trigger.NEAR)
        assert near.why == "It could happen on 24 January 2027, within 30 days, and has no open action."
        item.done_on, item.done_by_id, item.due_on = None, None, TODAY + 10 * DAY
        assert watching.watch(work(session, at(1, 12))) == 1
        assert [each.ended_because for each in opened(session)] == [EscalationEnd.SETTLED] * 2


def test_a_low_risk_and_one_that_has_happened_are_not_sent_up_by_their_days(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        risk = risk_on(session, quiet(session), review_on=TODAY, likelihood=1, impact=1)
        assert watching.watch(work(session, at(1))) == 0
        risk.likelihood, risk.impact, risk.status, risk.happened = 3, 3, RiskStatus.ISSUE, "They left"
        assert watching.watch(work(session, at(1))) == 0


def test_a_risk_that_a_file_closed_or_that_new_rules_accept_is_over(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        contract, doing = quiet(session), act(session, "U0AMIRA")
        for title in ("Advisers leave", "Rent rises"):
            raise_risk(doing, RiskEntry("WP-NE", title, Likelihood.LIKELY, Impact.MAJOR))
        first, second = opened(session)
        assert watching.watch(work(session, at(0, 10))) == 0, "they stand where they stood"
        closed = session.get_one(Risk, first.subject_id)
        closed.status, closed.closed_on, closed.closing_reason = RiskStatus.CLOSED, TODAY, "The file says so"
        assert watching.watch(work(session, at(0, 11))) == 1
        lenient = RiskRules(BandStarts(very_high=20), appetite=dict.fromkeys(RiskCategory, Band.VERY_HIGH))
        risk_settings.change_rules(act(session, "U0NADIA"), lenient)
        assert watching.watch(work(session, at(0, 12))) == 1
        assert [each.ended_because for each in (first, second)] == [EscalationEnd.CLOSED, EscalationEnd.FALLEN]
        assert contract == first.contract_id


@pytest.mark.parametrize("days", [31, 400])
def test_what_came_to_be_long_ago_begins_nothing(unchanged: Database, days: int) -> None:
    with unchanged.transaction(keep=False) as session:
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
        assert watching.watch(work(session, at(0))) == 0


def test_nothing_is_escalated_outside_working_time(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        report_on(session, quiet(session), due_on=TODAY - 7 * DAY)
        times = [at(0, 8), at(0, 17), at(5), at(7)]
        assert [watching.watch(work(session, when)) for when in times] == [0, 0, 0, 1]


def test_where_nobody_can_be_asked_it_is_asked_of_whoever_comes(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        contract = quiet(session)
        report_on(session, contract, due_on=TODAY - 20 * DAY)
        for role in session.scalars(select(Role).where(col(Role.contract_id) == contract)):
            session.delete(role)
        session.flush()
        assert watching.watch(work(session, at(0))) == 0
        rhian = person(session, "U0RHIAN").id
        session.add(Role(contract_id=contract, person_id=rhian, role=RoleName.HEAD))
        assert watching.watch(work(session, at(0, 10))) == 1
        assert [asked(session, each) for each in opened(session)] == ["Rhian Pritchard"]


def lose(session: Session, key: str, state: OutboxState = OutboxState.DEAD) -> None:
    """Let a message be one that could not be delivered."""
    session.flush()
    row = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key) == key)).one()
    row.state, row.last_error = state, "user_disabled"
    session.flush()


def late(session: Session) -> Escalation:
    """A report that is late and was escalated to Amira Shah, whose deputy is Callum Reid."""
    report_on(session, quiet(session))
    assert watching.watch(work(session, at(9))) == 1
    (escalation,) = opened(session)
    return escalation


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.WITHHELD, OutboxState.DROPPED])
def test_who_cannot_be_reached_is_passed_by_for_the_deputy_and_then_for_the_next_rung(
    unchanged: Database, state: OutboxState
) -> None:
    with unchanged.transaction(keep=False) as session:
        escalation, people = late(session), []
        for minute in range(5):
            lose(session, escalation.ping, state) if escalation.ping else None
            watching.watch(work(session, at(9, 10) + timedelta(minutes=minute)))
            people.append(asked(session, escalation))
        assert people[:3] == ["Callum Reid", "Nadia Rahman", "Helen Marsh"]
        found = select(OutboxMessage).where(col(OutboxMessage.key).like("%not-reached%"))
        told = session.scalars(found.order_by(col(OutboxMessage.id))).all()
        assert [(each.channel, "could not be reached" in each.text) for each in told][:2] == [
            ("U0NADIA", True),
            ("U0AMIRA", True),
        ]
        assert "user_disabled" in str(told[0].blocks)


def test_where_nobody_is_left_it_stands_and_somebody_is_told(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        contract = quiet(session)
        report_on(session, contract)
        for role in session.scalars(select(Role).where(col(Role.contract_id) == contract)):
            if role.role is not RoleName.SENIOR_OWNER:
                session.delete(role)
            role.deputy_id = None
        session.flush()
        watching.watch(work(session, at(9)))
        (escalation,) = opened(session)
        lose(session, escalation.ping)
        amira = person(session, "U0AMIRA").id
        session.add(Role(contract_id=contract, person_id=amira, role=RoleName.CONTRACT_MANAGER))
        watching.watch(work(session, at(9, 10)))
        assert (escalation.waits, escalation.due_at) == (True, None)
        told = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key).like("%not-reached%"))).one()
        assert told.channel == "U0AMIRA"
        assert "Nobody else is there to be asked" in str(told.blocks)
        answering.take_over(act(session, "U0AMIRA", at(9, 11)), escalation.seen)
        assert asked(session, escalation) == "Amira Shah"


def test_a_channel_that_cannot_be_reached_is_told_once_and_stops_nothing(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        escalation = late(session)
        lose(session, escalation.notice)
        for minute in range(3):
            watching.watch(work(session, at(9, 10) + timedelta(minutes=minute)))
        told = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key).like("%no-channel%"))).all()
        assert [each.channel for each in told] == ["U0AMIRA"]
        assert asked(session, escalation) == "Amira Shah"
        answering.acknowledge(act(session, "U0AMIRA", at(9, 11)), escalation.seen)
        updates = [each.channel for each in session.scalars(select(OutboxMessage)) if each.replaces_id is not None]
        assert updates == ["U0AMIRA"], "what never came to stand is not updated"


def test_a_deputy_is_asked_while_a_risks_owner_is_away(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        risk = risk_on(session, quiet(session), review_on=TODAY)
        role = session.get_one(Role, (risk.contract_id, risk.owner_id, RoleName.PERFORMANCE_MANAGER))
        role.deputy_id = person(session, "U0CALLUM").id
        session.add(Absence(person_id=risk.owner_id, first_day=TODAY, last_day=TODAY + 3 * DAY))
        assert watching.watch(work(session, at(1))) == 1
        assert [asked(session, each) for each in opened(session)] == ["Callum Reid"]


def test_workers_at_the_same_instant_escalate_once(portfolio_url: str, portfolio: Database) -> None:
    with portfolio.transaction() as session:
        report_on(session, quiet(session))

    def worker(database: Database, barrier: Barrier) -> int:
        barrier.wait()
        with database.transaction() as session:
            return watching.watch(work(session, at(9)))

    assert sorted(at_once(portfolio_url, 3, worker)) == [0, 0, 1]
    assert len(rows(portfolio, Escalation)) == len(rows(portfolio, EscalationStep)) == 1


def test_what_is_not_due_costs_the_same_however_many_contracts_there_are(portfolio: Database) -> None:
    with portfolio.transaction() as session:
        quiet(session)
    with counted(portfolio) as few, portfolio.transaction(keep=False) as session:
        assert watching.watch(work(session, at(0))) == 0
    with portfolio.transaction() as session:
        contract = contract_named(session, "WP-NE").id
        for number in range(40):
            report_on(session, contract, f"20{30 + number}-01", due_on=date(2027, 1, 6))
    with counted(portfolio) as many, portfolio.transaction(keep=False) as session:
        assert watching.watch(work(session, at(0))) == 0
    assert len(many) == len(few) < 16
