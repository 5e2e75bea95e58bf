"""The life cycles: every walk that a table allows is followed, every other event is refused, and no state is idle."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit_cycle import AUDIT, AuditEvent, AuditState
from bot.domain.certificate_cycle import CERTIFICATE, CertificateEvent, CertificateState
from bot.domain.credit_cycle import CREDIT, CreditEvent, CreditState
from bot.domain.document_cycle import POLICY, VersionEvent, VersionState
from bot.domain.finding_cycle import FINDING, FindingEvent, FindingState
from bot.domain.intervention_cycle import INTERVENTION, InterventionEvent, InterventionState
from bot.domain.ladder import ESCALATION, UNDOABLE, WAITING, EscalationEvent, EscalationState, Step
from bot.domain.life_cycle import LifeCycle
from bot.domain.option_cycle import OPTION, Decision, OptionEvent
from bot.domain.owed_cycle import OWED, OwedEvent, OwedState
from bot.domain.permissions import Permission
from bot.domain.plan_cycle import PLAN, PlanEvent, PlanStatus
from bot.domain.report_cycle import REPORT, ReportDecision, ReportEvent, ReportState
from bot.domain.stages import REPORTING, STAGE, TALKED_WITH, Stage
from bot.errors import UserError

Cycle = LifeCycle[Any, Any]
CYCLES: dict[str, tuple[Cycle, list[Any], list[Any]]] = {
    "audit": (AUDIT, [*AuditState], [*AuditEvent]),
    "finding": (FINDING, [*FindingState], [*FindingEvent]),
    "certificate": (CERTIFICATE, [*CertificateState], [*CertificateEvent]),
    "service credit": (CREDIT, [*CreditState], [*CreditEvent]),
    "policy": (POLICY, [*VersionState], [*VersionEvent]),
    "plan": (PLAN, [*PlanStatus], [*PlanEvent]),
    "intervention": (INTERVENTION, [*InterventionState], [*InterventionEvent]),
    "option": (OPTION, [*Decision], [*OptionEvent]),
    "what is owed": (OWED, [*OwedState], [*OwedEvent]),
    "report": (REPORT, [*ReportState], [*ReportEvent]),
    "escalation": (ESCALATION, [*EscalationState], [*EscalationEvent]),
    "stage": (STAGE, [*Stage], [*Stage]),
}
EACH = pytest.mark.parametrize(("cycle", "states", "events"), CYCLES.values(), ids=CYCLES)


@EACH
@given(data=st.data())
def test_a_walk_follows_the_table_and_no_other_event_moves_a_record(
    cycle: Cycle, states: list[Any], events: list[Any], data: st.DataObject
) -> None:
    state = cycle.begins
    for event in data.draw(st.lists(st.sampled_from(events), max_size=12)):
        rows = [row for row in cycle.rows if (row.state, row.event) == (state, event)]
        assert cycle.allows(state, event) is bool(rows)
        if rows:
            assert cycle.follow(state, event) is rows[0]
            state = rows[0].to
        else:
            with pytest.raises(UserError, match=f" is {state.value}, so it cannot be {event.value}, and nothing"):
                cycle.follow(state, event)
    assert state in states


@EACH
def test_a_state_and_an_event_have_one_row(cycle: Cycle, states: list[Any], events: list[Any]) -> None:
    pairs = [(row.state, row.event) for row in cycle.rows]
    assert len(pairs) == len(set(pairs))
    assert {event for _, event in pairs} == set(events)


@EACH
def test_every_state_is_reached_from_the_first(cycle: Cycle, states: list[Any], events: list[Any]) -> None:
    reached = {cycle.begins}
    while more := {row.to for row in cycle.rows if row.state in reached} - reached:
        reached |= more
    assert reached == cycle.states == set(states)


@EACH
def test_something_is_due_exactly_while_something_can_happen(
    cycle: Cycle, states: list[Any], events: list[Any]
) -> None:
    for row in cycle.rows:
        assert bool(row.due) is (row.to in cycle.open_states)
        assert row.due == next(each.due for each in cycle.rows if each.to is row.to), (
            "a state has one thing that is due"
        )


@EACH
def test_one_event_is_of_the_same_people_in_every_state(cycle: Cycle, states: list[Any], events: list[Any]) -> None:
    for row in cycle.rows:
        assert row.who is cycle.who(row.event)


def test_the_final_states_are_these() -> None:
    assert PLAN.final_states == {PlanStatus.CURED, PlanStatus.FAILED, PlanStatus.WITHDRAWN}
    assert OPTION.final_states == {Decision.TAKEN, Decision.DECLINED}
    assert REPORT.final_states == {ReportState.ACCEPTED}
    assert CERTIFICATE.final_states == set(), "a period ends, and the next one begins"
    assert AUDIT.final_states == {AuditState.FINAL, AuditState.CANCELLED}
    assert FINDING.final_states == {FindingState.WITHDRAWN}, "a closed one can be reopened"
    assert CREDIT.final_states == {CreditState.DEDUCTED, CreditState.WAIVED}
    assert ESCALATION.final_states == {EscalationState.OVER}
    assert STAGE.final_states == set(), "a contract may go back to any stage"


def test_a_refusal_says_what_can_be_done_instead() -> None:
    with pytest.raises(UserError) as refused:
        PLAN.follow(PlanStatus.REQUESTED, PlanEvent.ACCEPTED)
    assert refused.value.sentence == (
        "This plan is requested, so it cannot be accepted, and nothing was done. It can be received, "
        "sent by the partner, declared failed or withdrawn."
    )
    with pytest.raises(UserError, match=r"and nothing was done\. Nothing more can be done with it\."):
        OPTION.follow(Decision.TAKEN, OptionEvent.DECLINED)


def test_a_plan_fails_and_is_rejected_for_a_reason_and_not_by_those_who_accept_it() -> None:
    reasoned = {row.event for row in PLAN.rows if row.needs_reason}
    assert reasoned == {PlanEvent.REJECTED, PlanEvent.CURED, PlanEvent.FAILED, PlanEvent.WITHDRAWN}
    assert PLAN.who(PlanEvent.FAILED) is Permission.DECLARE_FAILED
    assert PLAN.who(PlanEvent.SUBMITTED) is Permission.SUBMIT_PLAN
    others = set(PlanEvent) - {PlanEvent.FAILED, PlanEvent.SUBMITTED}
    assert {PLAN.who(event) for event in others} == {Permission.CHANGE}


def test_every_walk_of_a_plan_ends_and_it_comes_again_once() -> None:
    def walks(state: PlanStatus, seen: tuple[PlanStatus, ...] = ()) -> list[tuple[PlanStatus, ...]]:
        assert state not in seen, "no state comes twice, so every walk ends"
        rows = PLAN.of_state(state)
        return [walk for row in rows for walk in walks(row.to, (*seen, state))] if rows else [(*seen, state)]

    found = walks(PLAN.begins)
    assert {walk[-1] for walk in found} == PLAN.final_states
    after_two = {walk[walk.index(PlanStatus.REJECTED_AGAIN) + 1] for walk in found if PlanStatus.REJECTED_AGAIN in walk}
    assert after_two == {PlanStatus.FAILED, PlanStatus.WITHDRAWN}


@pytest.mark.parametrize("cycle", [AUDIT, FINDING], ids=["audit", "finding"])
def test_from_every_state_there_is_a_way_to_the_end(cycle: Cycle) -> None:
    ends = cycle.final_states | {FindingState.CLOSED}
    while more := {row.state for row in cycle.rows if row.to in ends} - ends:
        ends |= more
    assert cycle.states <= ends


def test_a_finding_is_closed_by_a_verification_alone_and_never_by_the_partner() -> None:
    closing = {row.event for row in FINDING.rows if row.to is FindingState.CLOSED}
    assert closing == {FindingEvent.NOTED, FindingEvent.VERIFIED}, "a strength is only noted"
    assert FINDING.who(FindingEvent.VERIFIED) is Permission.AUDIT
    assert {row.state for row in FINDING.rows if row.event is FindingEvent.VERIFIED} == {FindingState.DONE}
    assert {row.event for row in FINDING.rows if row.who is Permission.ANSWER_FINDINGS} == {
        FindingEvent.AGREED,
        FindingEvent.DISPUTED,
    }


def test_the_kept_words_are_those_of_the_tables() -> None:
    assert {decision.value for decision in ReportDecision} < {state.value for state in ReportState}
    assert {step.value for step in Step} == {event.value for event in EscalationEvent if event.value != "over"}
    assert {state.value for state in EscalationState} < {event.value for event in EscalationEvent}
    assert {Step.ASKED, Step.PAUSED, Step.NOT_REACHED, Step.REASSIGNED} == WAITING
    assert {Step.ACKNOWLEDGED, Step.TOOK_OVER, Step.REASSIGNED} == UNDOABLE


def test_a_contract_reports_only_while_there_is_a_partner_to_talk_with() -> None:
    assert REPORTING < TALKED_WITH
    assert {Stage.LIVE, Stage.EXIT} < REPORTING
    assert Stage.MOBILISATION not in REPORTING
    assert {Stage.PRE_PROCUREMENT, Stage.PROCUREMENT}.isdisjoint(TALKED_WITH)
