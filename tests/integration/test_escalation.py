"""Risks: what is recorded, and who is asked to acknowledge a very high one."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlmodel import col

from bot.db import Database
from bot.domain.escalation_triggers import Trigger
from bot.domain.risk_rules import RiskCategory, RiskRules
from bot.domain.scores import Band, Impact, Likelihood
from bot.errors import UserError
from bot.models import Audience, Person, Risk, RiskStatus, Role, RoleName, TrailEntry
from bot.services.escalations.holders import ROLES
from bot.services.lookup import risks as risk_lookup
from bot.services.risks import risk_escalation, risks
from bot.services.risks.risks import RiskDetails
from tests.builders import MONDAY, RULES, act, contract_named
from tests.integration.raising import entry, escalated, raise_risk, sent


def test_a_risk_is_recorded_with_its_score_its_review_and_its_trail_entry(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        card = raise_risk(session, likelihood=Likelihood.POSSIBLE, impact=Impact.MODERATE, cause=" Pay is low. ")
        kept = session.get_one(Risk, card.risk.id)
        assert (kept.likelihood, kept.impact, kept.status) == (3, 3, RiskStatus.OPEN)
        assert (kept.title, kept.cause, kept.raised_at) == ("Advisers leaving", "Pay is low.", MONDAY)
        assert kept.review_on == date(2027, 3, 5)  # medium: 60 days
        assert (card.residual, card.raised_by) == (RULES.grade(3, 3), "Amira Shah")
        audit = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "risk raised").order_by(col(TrailEntry.id))
        ).one()
        assert (audit.actor, audit.subject) == ("U0AMIRA", kept.reference)
        assert audit.details == {"likelihood": 3, "impact": 3}


@pytest.mark.parametrize("likelihood", list(Likelihood))
@pytest.mark.parametrize("impact", list(Impact))
def test_a_risk_of_15_points_or_more_is_escalated_and_no_other(
    unchanged: Database, likelihood: Likelihood, impact: Impact
) -> None:
    with unchanged.rehearsing() as session:
        card = raise_risk(session, likelihood=likelihood, impact=impact)
        escalated = likelihood * impact >= 15
        assert (card.asked is not None) is escalated
        assert len(sent(session)) == (2 if escalated else 0)


def test_a_very_high_risk_pings_the_senior_owner_and_tells_the_internal_channel(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        card = raise_risk(session)
        notice, ping = sent(session)
        assert (ping.channel, ping.audience) == ("U0HELEN", Audience.INTERNAL)
        assert (notice.channel, notice.audience) == ("C0WPNE", Audience.INTERNAL)
        assert card.asked is not None
        assert card.asked.name == "Helen Marsh"
        assert all(
            f"escalation_{answer}" in str(ping.blocks) for answer in ("acknowledge", "settle", "reassign", "more")
        )
        assert "escalation_acknowledge" not in str(notice.blocks)
        assert ping.why == "Advisers leaving on WP-NE was escalated to Helen Marsh"
        assert "It is very high, with a score of 16." in str(ping.blocks)


def test_nothing_of_a_risk_goes_where_the_partner_reads(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
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
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        session.execute(delete(Role).where(col(Role.contract_id) == contract.id, col(Role.role).in_(missing)))
        card = raise_risk(session)
        assert card.asked is not None
        assert card.asked.slack == asked


def test_where_nobody_can_be_asked_the_risk_is_recorded_all_the_same(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
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
        manager.role = RoleName.PERFORMANCE_MANAGER
        session.flush()
        card = risks.raise_risk(doing, entry())
        assert card.asked is None
        assert sent(session) == []
        assert session.get(Risk, card.risk.id) is not None


@pytest.mark.parametrize(
    ("changes", "says", "field"),
    [
        ({"title": " "}, "Enter ", "title"),
        ({"title": "x" * 201}, "201 characters long", "title"),
        ({"cause": "x" * 1001}, "1,001 characters long", "cause"),
        ({"details": RiskDetails(controls="x" * 1001)}, "1,001 characters long", "controls"),
        ({"details": RiskDetails(proximity=date(2027, 1, 3))}, "3 January 2027 is past", "proximity"),
        ({"title": "About AB123456C"}, "a National Insurance number", "title"),
        ({"effect": "About AB123456C"}, "a National Insurance number", "effect"),
    ],
)
def test_what_cannot_be_kept_is_refused_under_its_field(
    unchanged: Database, changes: dict[str, Any], says: str, field: str
) -> None:
    with unchanged.rehearsing() as session:
        before = session.scalar(select(func.count()).select_from(Risk))
        with pytest.raises(UserError, match=says) as refused:
            raise_risk(session, **changes)
        assert refused.value.field == field
        session.flush()
        assert session.scalar(select(func.count()).select_from(Risk)) == before


def test_what_a_department_does_not_accept_is_escalated_as_well(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        risk_lookup.change_rules(act(session, "U0NADIA"), RiskRules(appetite={RiskCategory.OPERATIONS: Band.LOW}))
        escalation = escalated(session, likelihood=Likelihood.POSSIBLE, impact=Impact.MODERATE)
        assert escalation.trigger is Trigger.ABOVE_APPETITE
        assert escalation.why == "It is medium, above the appetite for operations risks, which is low."


def test_by_hand_somebody_must_be_there_to_ask(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        doing, risk = act(session, "U0AMIRA"), raise_risk(session, likelihood=Likelihood.RARE).risk
        session.execute(
            delete(Role).where(col(Role.contract_id) == risk.contract_id, col(Role.role).in_(ROLES.values()))
        )
        person = session.scalars(select(Person).where(col(Person.slack) == "U0AMIRA")).one()
        session.add(Role(contract_id=risk.contract_id, person_id=person.id, role=RoleName.PERFORMANCE_MANAGER))
        session.flush()
        with pytest.raises(UserError, match="has no senior owner, head, contract manager or"):
            risk_escalation.escalate_by_hand(doing, risk.reference, "Look at it")
