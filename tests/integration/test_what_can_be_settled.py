"""Nobody is asked about what nobody could settle: through a quarter of the sample portfolio, in which nobody answers or
everybody does, each ping is about an open record, and its reader has something to settle it by that works."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.escalation_triggers import Subject
from bot.domain.ladder import Step
from bot.domain.london import london, london_instant
from bot.domain.plan_cycle import PlanStatus
from bot.domain.ratings import Rating
from bot.models import (
    Contract,
    Decision,
    Escalation,
    EscalationStep,
    ExtensionOption,
    Kpi,
    OutboxMessage,
    OutboxState,
    Person,
    Reading,
    RectificationPlan,
    Report,
    RoleName,
)
from bot.services.documents.notices import note_told
from bot.services.due.escalation_due import still_candidates
from bot.services.escalations import answers, chasing, settling
from bot.services.escalations.escalation_card import EscalationCard, card_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.progress import report_decisions
from bot.services.progress.received_reports import note_asked
from tests.builders import DAY, MONDAY, act, run_job, work
from tests.integration.escalating import TODAY, accepted, at, opened, quiet, report_on
from tests.once import usual_or

WEEKS = usual_or(13, 6)
ALWAYS = {Subject.RISK, Subject.MILESTONE, Subject.OPTION, Subject.FINDING}
OF_SILENCE = {*ALWAYS, Subject.REPORT, Subject.DOCUMENT}


def mornings(weeks: int) -> Iterator[date]:
    """The weekdays of so many weeks."""
    days = (TODAY + number * DAY for number in range(weeks * 7))
    return (day for day in days if day.weekday() in range(5))


def arrive(session: Session, day: date) -> None:
    """What was sent arrives, so that what it asks for counts as asked."""
    for row in session.scalars(select(OutboxMessage).where(col(OutboxMessage.state) == OutboxState.PENDING)):
        row.state, row.settled_at = OutboxState.SENT, london_instant(day, 9)
        row.slack_channel, row.slack_ts = row.channel, f"{row.id}.1"
        note_asked(session, row.key, day)
        note_told(session, row.key, day)
    session.flush()


def people_answer(session: Session, now: datetime) -> None:
    """The partners report what they reported last, the managers accept it, and whoever is asked acknowledges it."""
    awaited = select(Report).where(col(Report.received_at).is_(None), col(Report.asked_on).is_not(None))
    for report in session.scalars(awaited.order_by(col(Report.period))).all():
        before = select(Reading).join(Report, col(Report.id) == col(Reading.report_id))
        of_it = (col(Report.contract_id) == report.contract_id, col(Report.period) < report.period)
        last = session.scalars(before.where(*of_it).order_by(col(Report.period).desc())).all()
        report.received_at, report.reporter_id = now, session.scalars(select(col(Person.id))).first()
        for each in {reading.kpi_id: reading for reading in reversed(last)}.values():
            figures = each.model_dump(include={"kpi_id", "value", "rating", "computed"})
            session.add(Reading(report_id=report.id, **figures))
    session.flush()
    undecided = (col(Report.received_at).is_not(None), col(Report.decision).is_(None))
    for report in session.scalars(select(Report).where(*undecided).order_by(col(Report.period))).all():
        manager = manager_of(session, report.contract_id, now)
        report_decisions.accept(act(session, manager, now), report.public_id, report.version)
    waiting = select(Escalation).where(col(Escalation.ended_at).is_(None), col(Escalation.standing) == Step.ASKED)
    for escalation in session.scalars(waiting).all():
        answers.acknowledge(act(session, owner(session, escalation), now), escalation.version)


def manager_of(session: Session, contract_id: int, now: datetime) -> str:
    manager = contract_lookup.person_in_role(session, contract_id, london(now).date(), RoleName.CONTRACT_MANAGER)
    assert manager is not None
    return manager.slack


def owner(session: Session, escalation: Escalation) -> str:
    return session.get_one(Person, escalation.owner_id).slack


def new_pings(session: Session, seen: set[tuple[int, int]]) -> Iterator[tuple[Escalation, EscalationStep]]:
    """What somebody was sent since the last time."""
    sent = select(Escalation, EscalationStep).join(
        EscalationStep, col(EscalationStep.escalation_id) == col(Escalation.id)
    )
    for escalation, step in session.execute(sent.where(col(EscalationStep.message) != "")).all():
        if (escalation.id, step.number) not in seen:
            seen.add((escalation.id, step.number))
            yield escalation, step


def settle_it(session: Session, card: EscalationCard, now: datetime) -> None:
    """Its reader does what is offered; then all is as it was."""
    escalation, reader = card.escalation, act(session, card.owner.slack, now)
    if card.choices.chases:
        with session.begin_nested() as tried:
            chasing.chase(reader, escalation.version)
            tried.rollback()
    if card.choices.settles:
        with session.begin_nested() as tried:
            settling.settle(reader, escalation.version, "The board has decided")
            tried.rollback()


@pytest.mark.parametrize(("answering", "kinds"), [(False, OF_SILENCE), (True, {*ALWAYS, Subject.RATINGS})])
def test_every_ping_of_a_quarter_is_about_an_open_record_and_its_reader_can_settle_it(
    unchanged: Database, answering: bool, kinds: set[Subject]
) -> None:
    # The rules know no database: a month on PostgreSQL shows that its queries hold.
    weeks = WEEKS if unchanged.engine.dialect.name == "sqlite" else 4
    with unchanged.rehearsing() as session:
        seen: set[tuple[int, int]] = set()
        pinged: Counter[Subject] = Counter()
        for day in mornings(weeks):
            for job in ("prompt", "documents"):
                run_job(session, job, london_instant(day, 9))
            arrive(session, day)
            for hour in (9, 13):
                now = london_instant(day, hour)
                run_job(session, "escalate", now)
                for escalation, step in new_pings(session, seen):
                    then = work(session, now)
                    card = card_of(then, escalation)
                    said = f"{escalation.kind} {escalation.what}, {escalation.trigger}, to {card.owner.name}"
                    assert step.number == escalation.steps, said
                    assert escalation.ended_at is None, said
                    assert still_candidates(then, escalation.kind, [escalation.subject_id]), said
                    assert card.choices.settles_record, said
                    assert card.choices.settles_something, said
                    if not pinged[escalation.kind]:
                        settle_it(session, card, now)
                    pinged[escalation.kind] += 1
            if answering:
                people_answer(session, london_instant(day, 14))
        assert weeks < WEEKS or kinds <= set(pinged), pinged
        assert pinged


def about(kpi: str, session: Session, contract_id: int) -> int:
    of_it = (col(Kpi.contract_id) == contract_id, col(Kpi.code) == kpi)
    return session.scalars(select(col(Kpi.id)).where(*of_it)).one()


@pytest.mark.parametrize(
    ("status", "kpi", "asked"),
    [
        (None, "", 1),
        (PlanStatus.REQUESTED, "starts", 0),
        (PlanStatus.MONITORED, "starts", 0),
        (PlanStatus.MONITORED, "", 0),  # about the contract as a whole
        (PlanStatus.MONITORED, "outcomes", 1),
        (PlanStatus.NOTED, "starts", 1),
        (PlanStatus.CURED, "starts", 1),
    ],
)
def test_a_shortfall_about_which_a_plan_is_in_force_is_not_escalated(
    unchanged: Database, status: PlanStatus | None, kpi: str, asked: int
) -> None:
    with unchanged.rehearsing() as session:
        contract = quiet(session)
        accepted(session, contract, "2026-12", MONDAY, starts=Rating.INADEQUATE)
        if status is not None:
            plan = RectificationPlan(contract_id=contract, title="Bring starts back", status=status)
            plan.opened_on = plan.requested_on = TODAY
            plan.due_on, plan.kpi_id = TODAY + 14 * DAY, about(kpi, session, contract) if kpi else None
            session.add(plan)
        run_job(session, "escalate", at(1))
        assert [each.kind for each in opened(session)] == [Subject.RATINGS] * asked


@pytest.mark.parametrize(
    ("ends", "kinds"),
    [(date(2027, 1, 8), [Subject.REPORT]), (date(2027, 12, 31), [Subject.REPORT, Subject.OPTION])],
)
def test_an_option_of_a_contract_that_has_ended_is_not_escalated_but_its_last_report_is(
    unchanged: Database, ends: date, kinds: list[Subject]
) -> None:
    with unchanged.rehearsing() as session:
        contract = quiet(session)
        report_on(session, contract)
        session.get_one(Contract, contract).end_date = ends
        on_it = select(ExtensionOption).where(col(ExtensionOption.contract_id) == contract)
        option = session.scalars(on_it).first()
        assert option is not None
        option.decision, option.decided_on, option.decide_by = Decision.OPEN, None, date(2027, 1, 8)
        session.flush()
        run_job(session, "escalate", at(9))
        assert [each.kind for each in opened(session)] == kinds


def test_what_a_person_settled_does_not_come_again_for_the_same_fact_and_comes_for_another(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = report_on(session, quiet(session))
        run_job(session, "escalate", at(9))
        (escalation,) = opened(session)
        settling.settle(act(session, "U0AMIRA", at(9, 10)), escalation.version, "It comes with January's")
        for days in (9, 10, 15):
            assert run_job(session, "escalate", at(days, 11)) == 0
        report.due_on = date(2027, 1, 20)
        session.flush()
        assert run_job(session, "escalate", at(23)) > 0, "it was given another day, and is late again"
        assert len(opened(session)) == 2
