"""Risks: what is recorded, who is asked to acknowledge a very high one, and that one acknowledgement is enough."""

from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.command_line import TextNeeded, TextTooLong
from bot.domain.escalating import Trigger
from bot.domain.risk_rules import RiskCategory, RiskRules
from bot.domain.scores import Band, Impact, Likelihood
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    Audience,
    AuditEntry,
    Escalation,
    EscalationEnd,
    OutboxMessage,
    Person,
    Risk,
    RiskStatus,
    Role,
    RoleName,
)
from bot.services.risks import escalations, risk_settings, risk_settle, risks
from bot.services.risks.escalations import LADDER, AlreadyAcknowledged, NobodyToAsk, NoLongerWaits, NoSuchEscalation
from bot.services.risks.risk_card import RiskCard
from bot.services.risks.risk_details import DayIsPast, RiskDetails
from bot.services.risks.risks import RiskEntry
from bot.services.texts import Sensitive
from tests.builders import DAY, HOUR, MINUTE, MONDAY, RULES, act, contract_named, rows, work
from tests.integration.together import at_once


def entry(likelihood: Likelihood = Likelihood.LIKELY, impact: Impact = Impact.MAJOR, **changes: Any) -> RiskEntry:  # noqa: ANN401  # fields
    return RiskEntry(
        **{"contract": "WP-NE", "title": "Advisers leaving", **changes}, likelihood=likelihood, impact=impact
    )


def raise_risk(session: Session, user: str = "U0AMIRA", **changes: Any) -> RiskCard:  # noqa: ANN401  # fields
    card = risks.raise_risk(act(session, user), entry(**changes))
    session.flush()
    return card


def sent(session: Session) -> list[OutboxMessage]:
    session.flush()
    return list(session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id))))


def test_a_risk_is_recorded_with_its_score_its_review_and_its_audit_entry(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        card = raise_risk(session, likelihood=Likelihood.POSSIBLE, impact=Impact.MODERATE, cause=" Pay is low. ")
        kept = session.get_one(Risk, card.risk.id)
        assert (kept.likelihood, kept.impact, kept.status) == (3, 3, RiskStatus.OPEN)
        assert (kept.title, kept.cause, kept.raised_at) == ("Advisers leaving", "Pay is low.", MONDAY)
        assert kept.review_on == date(2027, 3, 5)  # medium: 60 days
        assert (card.residual, card.raised_by) == (RULES.grade(3, 3), "Amira Shah")
        audit = session.scalars(select(AuditEntry).where(col(AuditEntry.action) == "risk raised")).one()
        assert (audit.actor, audit.subject) == ("U0AMIRA", kept.reference)
        assert audit.details == {"likelihood": 3, "impact": 3}


@pytest.mark.parametrize("likelihood", list(Likelihood))
@pytest.mark.parametrize("impact", list(Impact))
def test_a_risk_of_15_points_or_more_is_escalated_and_no_other(
    unchanged: Database, likelihood: Likelihood, impact: Impact
) -> None:
    with unchanged.transaction(keep=False) as session:
        card = raise_risk(session, likelihood=likelihood, impact=impact)
        escalated = likelihood * impact >= 15
        assert (card.escalation is not None) is escalated
        assert len(sent(session)) == (2 if escalated else 0)


def test_a_very_high_risk_pings_the_senior_owner_and_tells_the_internal_channel(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        card = raise_risk(session)
        ping, notice = sent(session)
        assert (ping.channel, ping.audience) == ("U0HELEN", Audience.INTERNAL)
        assert (notice.channel, notice.audience) == ("C0WPNE", Audience.INTERNAL)
        assert card.owner is not None
        assert card.owner.name == "Helen Marsh"
        assert "risk_acknowledge" in str(ping.blocks)
        assert "risk_acknowledge" not in str(notice.blocks)
        assert ping.why == f"{card.risk.reference} on WP-NE was escalated to Helen Marsh"
        assert "It is very high, with a score of 16." in str(ping.blocks)


def test_nothing_of_a_risk_goes_where_the_partner_reads(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        raise_risk(session)
        assert {message.channel for message in sent(session)} == {"U0HELEN", "C0WPNE"}


@pytest.mark.parametrize(
    ("missing", "asked"),
    [
        ([], "U0HELEN"),
        ([RoleName.SENIOR_OWNER], "U0NADIA"),
        ([RoleName.SENIOR_OWNER, RoleName.HEAD], "U0AMIRA"),
    ],
)
def test_where_a_contract_lacks_an_owner_the_next_of_the_ladder_is_asked(
    unchanged: Database, missing: list[RoleName], asked: str
) -> None:
    with unchanged.transaction(keep=False) as session:
        contract = contract_named(session, "WP-NE")
        session.execute(delete(Role).where(col(Role.contract_id) == contract.id, col(Role.role).in_(missing)))
        card = raise_risk(session)
        assert card.owner is not None
        assert card.owner.slack == asked


def test_where_nobody_can_be_asked_the_risk_is_recorded_all_the_same(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        contract = contract_named(session, "WP-NE")
        doing = act(session, "U0AMIRA")
        session.execute(
            delete(Role).where(
                col(Role.contract_id) == contract.id, col(Role.role).in_([RoleName.SENIOR_OWNER, RoleName.HEAD])
            )
        )
        manager = session.scalars(
            select(Role).where(col(Role.contract_id) == contract.id, col(Role.role) == RoleName.CONTRACT_MANAGER)
        ).one()
        manager.role = RoleName.COMMERCIAL_LEAD
        session.flush()
        card = risks.raise_risk(doing, entry())
        assert card.owner is None
        assert sent(session) == []
        assert session.get(Risk, card.risk.id) is not None


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"title": " "}, TextNeeded, "title"),
        ({"title": "x" * 201}, TextTooLong, "title"),
        ({"cause": "x" * 1001}, TextTooLong, "cause"),
        ({"details": RiskDetails(controls="x" * 1001)}, TextTooLong, "controls"),
        ({"details": RiskDetails(proximity=date(2027, 1, 3))}, DayIsPast, "proximity"),
        ({"title": "About AB123456C"}, Sensitive, "title"),
        ({"effect": "About AB123456C"}, Sensitive, "effect"),
    ],
)
def test_what_cannot_be_kept_is_refused_under_its_field(
    unchanged: Database, changes: dict[str, Any], error: type[UserError], field: str
) -> None:
    with unchanged.transaction(keep=False) as session:
        before = session.scalar(select(func.count()).select_from(Risk))
        with pytest.raises(error) as refused:
            raise_risk(session, **changes)
        assert refused.value.field == field
        session.flush()
        assert session.scalar(select(func.count()).select_from(Risk)) == before


def test_acknowledging_is_recorded_and_updates_both_messages_in_place(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        card = raise_risk(session)
        assert card.escalation is not None
        answered = MONDAY + 12 * MINUTE
        after = escalations.acknowledge(act(session, "U0HELEN", answered), card.escalation.id)
        ping, notice, *updates = sent(session)
        assert [(update.replaces_id, update.channel) for update in updates] == [
            (ping.id, "U0HELEN"),
            (notice.id, "C0WPNE"),
        ]
        for update in updates:
            assert "Acknowledged by Helen Marsh on 4 January 2027 at 9:12am" in update.text
            assert "risk_acknowledge" not in str(update.blocks)
        assert after.acknowledged_by == "Helen Marsh"
        kept = session.get_one(Escalation, card.escalation.id)
        assert kept.acknowledged_at == answered
        audit = session.scalars(select(AuditEntry).where(col(AuditEntry.action) == "escalation acknowledged")).one()
        assert (audit.actor, audit.subject) == ("U0HELEN", card.risk.reference)


def test_a_second_acknowledgement_is_told_who_was_first_and_changes_nothing(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        card = raise_risk(session)
        assert card.escalation is not None
        escalations.acknowledge(act(session, "U0HELEN"), card.escalation.id)
        before = len(sent(session))
        with pytest.raises(AlreadyAcknowledged) as refused:
            escalations.acknowledge(act(session, "U0HELEN", MONDAY + MINUTE), card.escalation.id)
        assert refused.value.sentence.startswith("Helen Marsh acknowledged this on 4 January 2027 at 9am")
        assert len(sent(session)) == before


def test_only_who_was_asked_may_acknowledge(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        card = raise_risk(session)
        assert card.escalation is not None
        for user in ("U0AMIRA", "U0NADIA", "U0JOSEPH", "U0PRIYA"):
            with pytest.raises(Denied):
                escalations.acknowledge(act(session, user), card.escalation.id)
        assert session.get_one(Escalation, card.escalation.id).acknowledged_at is None


def test_what_is_over_needs_no_acknowledgement_any_more(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        card = raise_risk(session)
        assert card.escalation is not None
        risk_settle.close(act(session, "U0AMIRA"), card.risk.reference, "Pay was raised")
        before = len(sent(session))
        with pytest.raises(NoLongerWaits) as refused:
            escalations.acknowledge(act(session, "U0HELEN"), card.escalation.id)
        assert refused.value.sentence.startswith(f"{card.risk.reference} has been closed meanwhile")
        assert len(sent(session)) == before == 4


def test_what_a_department_does_not_accept_is_escalated_as_well(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        risk_settings.change_rules(act(session, "U0NADIA"), RiskRules(appetite={RiskCategory.OPERATIONS: Band.LOW}))
        card = raise_risk(session, likelihood=Likelihood.POSSIBLE, impact=Impact.MODERATE)
        assert card.escalation is not None
        assert card.escalation.trigger is Trigger.ABOVE_APPETITE
        assert card.escalation.why == "It is medium, above the appetite for operations risks, which is low."


def test_by_hand_somebody_must_be_there_to_ask(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        doing, risk = act(session, "U0AMIRA"), raise_risk(session, likelihood=Likelihood.RARE).risk
        session.execute(delete(Role).where(col(Role.contract_id) == risk.contract_id, col(Role.role).in_(LADDER)))
        person = session.scalars(select(Person).where(col(Person.slack) == "U0AMIRA")).one()
        session.add(Role(contract_id=risk.contract_id, person_id=person.id, role=RoleName.COMMERCIAL_LEAD))
        session.flush()
        with pytest.raises(NobodyToAsk):
            escalations.escalate_by_hand(doing, risk.reference, "Look at it")


@pytest.mark.parametrize("escalation_id", [0, -1, 999_999])
def test_a_button_of_no_escalation_is_refused(unchanged: Database, escalation_id: int) -> None:
    with unchanged.transaction(keep=False) as session, pytest.raises(NoSuchEscalation):
        escalations.acknowledge(act(session, "U0HELEN"), escalation_id)


def test_of_two_acknowledgements_at_the_same_instant_one_counts_and_the_other_is_told(
    portfolio_url: str, portfolio: Database
) -> None:
    with portfolio.transaction() as session:
        card = raise_risk(session)
        assert card.escalation is not None
        escalation_id = card.escalation.id

    def worker(database: Database, barrier: Barrier) -> str:
        barrier.wait()
        try:
            with database.transaction() as session:
                escalations.acknowledge(act(session, "U0HELEN", MONDAY + MINUTE), escalation_id)
        except AlreadyAcknowledged as error:
            return error.sentence.split(" on ")[0]
        return "counted"

    assert sorted(at_once(portfolio_url, 3, worker)) == ["Helen Marsh acknowledged this"] * 2 + ["counted"]
    assert len(rows(portfolio, OutboxMessage)) == 4
    assert len([each for each in rows(portfolio, AuditEntry) if each.action == "escalation acknowledged"]) == 1


def test_silence_goes_up_a_rung_in_working_time_and_stands_at_the_last(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        callum = session.scalars(select(Person).where(col(Person.slack) == "U0CALLUM")).one()
        contract = contract_named(session, "WP-NE")
        session.add(Role(contract_id=contract.id, person_id=callum.id, role=RoleName.COMMERCIAL_LEAD))
        card = raise_risk(session)
        first = session.scalars(select(Escalation).where(col(Escalation.risk_id) == card.risk.id)).one()
        limit = MONDAY + 4 * HOUR  # a gold contract
        assert first.climbs_at == limit
        night = MONDAY + 14 * HOUR
        assert [escalations.climb(work(session, at)) for at in (limit - MINUTE, night, limit, limit)] == [0, 0, 1, 0]
        second = session.scalars(
            select(Escalation).where(col(Escalation.risk_id) == card.risk.id, col(Escalation.id) > first.id)
        ).one()
        assert (first.ended_because, second.owner_id) == (EscalationEnd.WENT_UP, callum.id)
        assert "Helen Marsh was asked on 4 January 2027 at 9am and has not answered." in second.why
        told = {row.channel: row for row in sent(session) if row.replaces_id is None}
        assert "needs you to acknowledge it" in told["U0CALLUM"].text
        updates = [row for row in sent(session) if row.replaces_id is not None]
        assert any("nobody acknowledged" in row.text for row in updates if row.channel == "U0HELEN")
        with pytest.raises(NoLongerWaits, match="gone up"):
            escalations.acknowledge(act(session, "U0HELEN"), first.id)
        later = MONDAY + DAY
        assert [escalations.climb(work(session, later + n * HOUR)) for n in range(3)] == [0, 0, 0]
        assert (second.climbs_at, second.ended_at) == (None, None), "it is never ended by silence alone"
        assert escalations.acknowledge(act(session, "U0CALLUM", later), second.id).acknowledged_by == "Callum Reid"
