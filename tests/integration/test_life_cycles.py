"""What people do to a report and to an escalation follows their life cycles, and in every other state it is refused."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import delete, select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.ladder import ESCALATION, EscalationEvent, EscalationState, Step
from bot.domain.report_cycle import REPORT, ReportEvent, ReportState
from bot.domain.stages import STAGE, Stage
from bot.errors import UserError
from bot.models import Escalation, EscalationEnd, Person, Reading, Report, TrailEntry
from bot.services.contracts import contract_edit
from bot.services.escalations import answers, ladder_steps, settling
from bot.services.progress import received_reports, report_decisions, report_submission, reports
from bot.services.unit_of_work import ActorContext
from tests.builders import MONDAY, act, contract_named, work
from tests.integration.raising import escalated

AMIRA, HELEN, PRIYA = "U0AMIRA", "U0HELEN", "U0PRIYA"
LATER = date(2027, 1, 15)
WORDS = "Why did starts fall?"


def last_entry(session: Session, subject: str) -> str:
    """What the trail calls what was done last to a record."""
    entries = select(TrailEntry).where(col(TrailEntry.subject) == subject).order_by(col(TrailEntry.id).desc())
    return session.scalars(entries.limit(1)).one().action


def report_in(session: Session, state: ReportState) -> Report:
    """The report of WP-NE for November, in a state; the sample has it received."""
    of_it = col(Report.contract_id) == contract_named(session, "WP-NE").id
    report = session.scalars(select(Report).where(of_it, col(Report.period) == "2026-11")).one()
    match state:
        case ReportState.AWAITED:
            session.execute(delete(Reading).where(col(Reading.report_id) == report.id))
            report.received_at = report.reporter_id = report.rag = None
            session.flush()
        case ReportState.QUERIED:
            report_decisions.query(act(session, AMIRA), report.public_id, report.version, WORDS)
        case ReportState.ACCEPTED:
            report_decisions.accept(act(session, AMIRA), report.public_id, report.version)
        case _:
            pass
    assert report.state is state
    return report


def send(session: Session, report: Report) -> None:
    due = reports.report_of_button(act(session, PRIYA), report.public_id)
    figures = {report_submission.field_of(kpi): "98.2" for kpi in due.kpis}
    report_submission.submit_values(act(session, PRIYA), due, {**report_submission.values_of(due), **figures})


def of_report(event: ReportEvent) -> Callable[[Session, Report], object]:
    """What people do to a report."""
    match event:
        case ReportEvent.RECEIVED:
            return send
        case ReportEvent.ANSWERED:
            return lambda session, report: received_reports.store_answer(
                act(session, PRIYA), report, "Two are ill", answers=True
            )
        case ReportEvent.QUERIED:
            return lambda session, report: report_decisions.query(
                act(session, AMIRA), report.public_id, report.version, WORDS
            )
        case ReportEvent.ACCEPTED:
            return lambda session, report: report_decisions.accept(
                act(session, AMIRA), report.public_id, report.version
            )


@pytest.mark.parametrize("event", ReportEvent)
@pytest.mark.parametrize("state", ReportState)
def test_a_report_follows_its_life_cycle_and_nothing_else(
    unchanged: Database, state: ReportState, event: ReportEvent
) -> None:
    with unchanged.rehearsing() as session:
        report, do = report_in(session, state), of_report(event)
        assert (event in report.events) is REPORT.allows(state, event)
        if not REPORT.allows(state, event):
            with pytest.raises(UserError):
                do(session, report)
            assert report.state is state
            return
        do(session, report)
        session.flush()
        followed = REPORT.follow(state, event)
        assert report.state is followed.to
        assert last_entry(session, report.reference) == followed.in_history


DONE_BY_PEOPLE = {
    EscalationState.ACKNOWLEDGED: EscalationEvent.ACKNOWLEDGED,
    EscalationState.TOOK_OVER: EscalationEvent.TOOK_OVER,
    EscalationState.PLANNED: EscalationEvent.PLANNED,
    EscalationState.PAUSED: EscalationEvent.PAUSED,
    EscalationState.REASSIGNED: EscalationEvent.REASSIGNED,
}


def escalation_in(session: Session, state: EscalationState) -> Escalation:
    """An escalation that Helen Marsh was asked about, in a state."""
    escalation = escalated(session)
    if state in DONE_BY_PEOPLE:
        of_escalation(DONE_BY_PEOPLE[state])(session, escalation)
    elif state is EscalationState.OVER:
        escalation.due_at, escalation.ended_at, escalation.ended_because = None, MONDAY, EscalationEnd.SETTLED
    else:
        escalation.standing = Step(state.value)
    session.flush()
    return escalation


def owner(session: Session, row: Escalation) -> ActorContext:
    """Whom it is with: Helen Marsh, or the person to whom she gave it."""
    return act(session, session.get_one(Person, row.owner_id).slack)


def somebody_else(session: Session, row: Escalation) -> str:
    """Of the department, on its contract."""
    return AMIRA if owner(session, row).actor.slack == HELEN else HELEN


def of_escalation(event: EscalationEvent) -> Callable[[Session, Escalation], object]:
    """What people and Liaison do to an escalation."""
    match event:
        case EscalationEvent.ACKNOWLEDGED:
            return lambda session, row: answers.acknowledge(owner(session, row), row.version)
        case EscalationEvent.TOOK_OVER:
            return lambda session, row: answers.take_over(owner(session, row), row.version)
        case EscalationEvent.PLANNED:
            return lambda session, row: answers.ask_for_plan(owner(session, row), row.version, AMIRA, LATER)
        case EscalationEvent.PAUSED:
            return lambda session, row: answers.pause(owner(session, row), row.version, LATER, "The board meets")
        case EscalationEvent.REASSIGNED:
            return lambda session, row: answers.reassign(owner(session, row), row.version, somebody_else(session, row))
        case EscalationEvent.UNDONE:
            return lambda session, row: settling.undo(act(session, HELEN), row.version)
        case EscalationEvent.SETTLED:
            return lambda session, row: settling.settle(act(session, HELEN), row.version, "The board has decided")
        case EscalationEvent.ENDED:
            return lambda session, row: ladder_steps.close(work(session), row, EscalationEnd.SETTLED)
        case EscalationEvent.ASKED | EscalationEvent.NOT_REACHED:
            return lambda session, row: ladder_steps.add_step(
                work(session), row, Step(event.value), session.get_one(Person, row.owner_id)
            )


@pytest.mark.parametrize("event", EscalationEvent)
@pytest.mark.parametrize("state", EscalationState)
def test_an_escalation_follows_its_life_cycle_and_nothing_else(
    unchanged: Database, state: EscalationState, event: EscalationEvent
) -> None:
    with unchanged.rehearsing() as session:
        escalation, do = escalation_in(session, state), of_escalation(event)
        if not ESCALATION.allows(state, event):
            with pytest.raises(UserError):
                do(session, escalation)
            assert escalation.state is state
            return
        do(session, escalation)
        session.flush()
        assert escalation.state is ESCALATION.follow(state, event).to


@pytest.mark.parametrize("to", Stage)
@pytest.mark.parametrize("stage", Stage)
def test_a_contract_moves_from_any_stage_to_any_other(unchanged: Database, stage: Stage, to: Stage) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        contract.stage = stage
        session.flush()
        moved = contract_edit.move_stage(act(session, AMIRA), "WP-NE", to)
        assert contract.stage is to
        assert bool(moved.changes) is STAGE.allows(stage, to) is (to is not stage)
