"""What is answered to an escalation, once, by whom, and what follows it: silence, an answer that runs out, a pause."""

from collections.abc import Callable
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.ladder import Rung, Step
from bot.domain.london import london_instant
from bot.errors import UserError
from bot.identity import Denied
from bot.models import ActionItem, Escalation, EscalationStep, OutboxMessage, Person, Risk, Role, RoleName, TrailEntry
from bot.services.escalations import answers as answers_module
from bot.services.escalations.escalation_card import EscalationCard
from bot.services.risks import risk_changes
from bot.services.unit_of_work import ActorContext
from tests.builders import DAY, HOUR, MINUTE, MONDAY, act, contract_named, rows
from tests.integration.escalating import gone_on
from tests.integration.raising import escalated, sent
from tests.integration.together import at_once


def test_acknowledging_is_recorded_and_updates_both_messages_in_place(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = escalated(session)
        answered = MONDAY + 12 * MINUTE
        after = answers_module.acknowledge(act(session, "U0HELEN", answered), escalation.version)
        notice, ping, *updates = sent(session)
        assert [(update.replaces_id, update.channel) for update in updates] == [
            (ping.id, "U0HELEN"),
            (notice.id, "C0WPNE"),
        ]
        for update in updates:
            assert "Acknowledged by Helen Marsh on 4 January 2027 at 9:12am" in update.text
            assert "It should be settled by 11 January 2027" in str(update.blocks)
            assert not any(f"escalation_{answer}" in str(update.blocks) for answer in ("acknowledge", "reassign"))
        assert after.last.who.name == "Helen Marsh"
        assert (escalation.standing, escalation.until) == (Step.ACKNOWLEDGED, date(2027, 1, 11))
        assert escalation.due_at == london_instant(date(2027, 1, 12), 9), "the working morning after that day"
        audit = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "escalation acknowledged").order_by(col(TrailEntry.id))
        ).one()
        assert (audit.actor, audit.subject) == ("U0HELEN", escalation.reference)


def test_a_second_acknowledgement_is_told_who_was_first_and_changes_nothing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = escalated(session)
        seen = escalation.version
        answers_module.acknowledge(act(session, "U0HELEN"), seen)
        before = len(sent(session))
        for stale in (seen, escalation.version):
            with pytest.raises(UserError, match=", so there is nothing more to do") as refused:
                answers_module.acknowledge(act(session, "U0HELEN", MONDAY + MINUTE), stale)
            assert refused.value.sentence.startswith("Helen Marsh acknowledged this on 4 January 2027 at 9am")
        assert len(sent(session)) == before


def test_only_who_was_asked_may_acknowledge(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = escalated(session)
        answers: list[Callable[[ActorContext, str], object]] = [
            answers_module.acknowledge,
            answers_module.to_plan,
            answers_module.to_pause,
        ]
        for user in ("U0AMIRA", "U0NADIA", "U0JOSEPH", "U0PRIYA"):
            for answer in answers:
                with pytest.raises(Denied):
                    answer(act(session, user), escalation.version)
        assert escalation.standing is Step.ASKED


def test_only_who_stands_on_the_ladder_may_take_over(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = escalated(session)
        for user in ("U0JOSEPH", "U0RHIAN", "U0PRIYA"):
            with pytest.raises(Denied):
                answers_module.take_over(act(session, user), escalation.version)
        answers_module.take_over(act(session, "U0NADIA"), escalation.version)
        assert (escalation.standing, escalation.rung) == (Step.TOOK_OVER, Rung.HEAD)
        assert [row.channel for row in sent(session) if row.replaces_id is None] == ["C0WPNE", "U0HELEN", "U0NADIA"]


def test_what_is_over_needs_no_acknowledgement_any_more(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = escalated(session)
        risk_changes.close(act(session, "U0AMIRA"), escalation.reference, "Pay was raised")
        before = len(sent(session))
        with pytest.raises(UserError, match="meanwhile, so there is nothing more to do") as refused:
            answers_module.acknowledge(act(session, "U0HELEN"), escalation.version)
        assert refused.value.sentence.startswith(f"{escalation.reference} has been closed meanwhile")
        assert len(sent(session)) == before == 5, "the ping, the notice, their updates, and a closing word"


@pytest.mark.parametrize("seen", ["0 1", "-1 1", "999999 1", "", "x y", "9" * 40])
def test_a_button_of_no_escalation_is_refused(unchanged: Database, seen: str) -> None:
    with (
        unchanged.rehearsing() as session,
        pytest.raises(UserError, match="This escalation is no longer in the record,"),
    ):
        answers_module.acknowledge(act(session, "U0HELEN"), seen)


LATER = date(2027, 1, 15)


ANSWERS: dict[str, Callable[[ActorContext, str], EscalationCard]] = {
    "acknowledged this": answers_module.acknowledge,
    "took this over": answers_module.take_over,
    "asked for a plan of this": lambda doing, seen: answers_module.ask_for_plan(doing, seen, "U0AMIRA", LATER),
    "paused this": lambda doing, seen: answers_module.pause(doing, seen, LATER, "The board meets"),
}


@pytest.mark.parametrize("said", ANSWERS)
def test_of_answers_at_the_same_instant_one_counts_and_the_others_are_told(
    portfolio_url: str, portfolio: Database, said: str
) -> None:
    with portfolio.writing() as session:
        seen = escalated(session).version

    def worker(database: Database, barrier: Barrier) -> str:
        barrier.wait()
        try:
            with database.writing() as session:
                ANSWERS[said](act(session, "U0HELEN", MONDAY + MINUTE), seen)
        except UserError as error:
            return error.sentence.split(" on ")[0]
        return "counted"

    assert sorted(at_once(portfolio_url, 3, worker)) == [f"Helen Marsh {said}"] * 2 + ["counted"]
    told = 5 if said == "asked for a plan of this" else 4
    assert len(rows(portfolio, OutboxMessage)) == told
    assert len(rows(portfolio, EscalationStep)) == 2


def directed(session: Session) -> Escalation:
    """What is escalated on WP-NE, with a commercial director on its ladder."""
    callum = session.scalars(select(Person).where(col(Person.slack) == "U0CALLUM")).one()
    contract = contract_named(session, "WP-NE")
    session.add(Role(contract_id=contract.id, person_id=callum.id, role=RoleName.COMMERCIAL_LEAD))
    session.flush()
    return escalated(session)


def test_silence_goes_up_a_rung_in_working_time_and_stands_at_the_last(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = directed(session)
        limit, first = MONDAY + 4 * HOUR, escalation.version  # a gold contract
        assert escalation.due_at == limit
        night = MONDAY + 14 * HOUR
        assert [gone_on(session, at) for at in (limit - MINUTE, night, limit, limit)] == [0, 0, 1, 0]
        assert (escalation.rung, escalation.owner_id) == (Rung.DIRECTOR, person_of(session, "U0CALLUM"))
        told = {row.channel: row for row in sent(session) if row.replaces_id is None}
        assert "needs you to acknowledge it" in told["U0CALLUM"].text
        assert "Helen Marsh was asked" in str(told["U0CALLUM"].blocks)
        updates = [row for row in sent(session) if row.replaces_id is not None]
        assert [row.text[:30] for row in updates if row.channel == "U0HELEN"] == ["Now with Callum Reid: very hig"]
        with pytest.raises(UserError, match="gone up to Callum Reid"):
            answers_module.acknowledge(act(session, "U0HELEN"), first)
        later = MONDAY + 2 * DAY
        assert [gone_on(session, later + n * HOUR) for n in range(3)] == [0, 0, 0]
        session.refresh(escalation)
        assert escalation.due_at is None
        assert escalation.ended_at is None, "it is never ended by silence alone"
        after = answers_module.acknowledge(act(session, "U0CALLUM", later), escalation.version)
        assert after.last.who.name == "Callum Reid"


def test_an_answer_that_nothing_came_of_goes_up_and_at_the_top_is_asked_for_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = directed(session)
        answers_module.acknowledge(act(session, "U0HELEN"), escalation.version)
        over = london_instant(date(2027, 1, 12), 9)
        assert [gone_on(session, at) for at in (over - MINUTE, over, over)] == [0, 1, 0]
        assert escalation.owner_id == person_of(session, "U0CALLUM")
        answers_module.acknowledge(act(session, "U0CALLUM", over), escalation.version)
        again = london_instant(date(2027, 1, 20), 9)
        assert gone_on(session, again) == 1
        assert (escalation.owner_id, escalation.standing) == (person_of(session, "U0CALLUM"), Step.ASKED)
        pings = [row.channel for row in sent(session) if row.replaces_id is None and row.channel != "C0WPNE"]
        assert pings == ["U0HELEN", "U0CALLUM", "U0CALLUM"]
        risk = session.get_one(Risk, escalation.subject_id)
        risk_changes.close(act(session, "U0AMIRA", again), risk.reference, "Pay was raised")
        closing = [row.channel for row in sent(session) if row.thread_of_id is not None]
        assert closing == ["U0HELEN", "U0CALLUM"], "one closing word for each person"


def test_a_pause_lets_the_time_stand_and_what_was_left_of_it_runs_on(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = directed(session)
        doing = act(session, "U0HELEN", MONDAY + HOUR)
        card = answers_module.pause(doing, escalation.version, LATER, "The board meets on the day before")
        assert (card.last.reason, escalation.waits) == ("The board meets on the day before", True)
        friday = london_instant(LATER, 9)
        assert escalation.due_at == friday + 3 * HOUR, "three of its four hours were left"
        audit = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "escalation paused").order_by(col(TrailEntry.id))
        ).one()
        assert audit.why == "The board meets on the day before"
        assert gone_on(session, friday + 2 * HOUR) == 0
        answers_module.acknowledge(act(session, "U0HELEN", friday + 2 * HOUR), escalation.version)
        assert escalation.standing is Step.ACKNOWLEDGED, "who paused it may still answer"


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_day_that_cannot_be_meant_is_refused_under_its_field(unchanged: Database, days: int) -> None:
    with unchanged.rehearsing() as session:
        escalation, until = escalated(session), MONDAY.date() + days * DAY
        doing = act(session, "U0HELEN")
        with pytest.raises(UserError, match="Choose a day from tomorrow, and at most") as refused:
            answers_module.pause(doing, escalation.version, until, "Why")
        assert refused.value.field == "until"
        with pytest.raises(UserError, match="Choose a day from tomorrow, and at most"):
            answers_module.ask_for_plan(doing, escalation.version, "U0AMIRA", until)
        assert escalation.steps == 1


def test_a_plan_is_somebodys_action_and_nobody_elses_than_of_the_departments(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation, doing = escalated(session), act(session, "U0HELEN")
        asked = answers_module.to_plan(doing, escalation.version)
        assert ([each.name for each in asked.people], asked.usual) == (
            ["Amira Shah", "Helen Marsh", "Nadia Rahman"],
            "U0AMIRA",
        )
        for nobody in ("U0PRIYA", "U0RHIAN", ""):
            with pytest.raises(UserError, match="They have no role of the department on"):
                answers_module.ask_for_plan(doing, escalation.version, nobody, LATER)
        answers_module.ask_for_plan(doing, escalation.version, "U0AMIRA", LATER)
        item = session.scalars(select(ActionItem)).one()
        assert (item.owner_id, item.due_on) == (person_of(session, "U0AMIRA"), LATER)
        assert item.risk_id == escalation.subject_id
        assert (escalation.standing, escalation.until) == (Step.PLANNED, LATER)
        assert escalation.due_at == london_instant(date(2027, 1, 18), 9)


def person_of(session: Session, slack: str) -> int:
    return session.scalars(select(col(Person.id)).where(col(Person.slack) == slack)).one()
