"""A register in which nothing goes by but what a test adds, and what is escalated of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.london import london_instant
from bot.domain.ratings import Rating
from bot.domain.risk_rules import RiskCategory
from bot.models import (
    Decision,
    DocumentRecipient,
    Escalation,
    ExtensionOption,
    Finding,
    FindingState,
    Kpi,
    Milestone,
    Obligation,
    Person,
    Reading,
    Report,
    ReportDecision,
    Risk,
    RiskStatus,
    Role,
    RoleName,
)
from bot.services.escalations import escalation_run, pings
from tests.builders import DAY, MONDAY, contract_named, work

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
    for option in session.scalars(select(ExtensionOption)):
        option.decision = Decision.DECLINED
    for told in session.scalars(select(DocumentRecipient).where(col(DocumentRecipient.acknowledged_on).is_(None))):
        told.acknowledged_on = TODAY
    for finding in session.scalars(select(Finding)):
        finding.state, finding.closed_on = FindingState.CLOSED, TODAY
    session.flush()
    return contract.id


def gone_on(session: Session, now: datetime) -> int:
    """Ask the next where a time has run out, and do nothing else that the job does; how many were asked."""
    then = work(session, now)
    asked = sum(escalation_run.climb(then, each) for each in escalation_run.expired_escalations(then))
    session.flush()
    for some in pings.people_to_ask(then):
        ready = pings.prepare(then, some)
        assert ready is not None
        pings.send(then, ready)
    return asked


def opened(session: Session) -> list[Escalation]:
    session.flush()
    return list(session.scalars(select(Escalation).order_by(col(Escalation.id))))


def report_on(session: Session, contract_id: int, period: str = "2026-12", **changes: Any) -> Report:  # noqa: ANN401  # columns
    usual: dict[str, Any] = {
        "contract_id": contract_id,
        "period": period,
        "due_on": date(2027, 1, 6),
        "prompt_at": MONDAY,
        "asked_on": TODAY,
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
