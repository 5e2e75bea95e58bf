"""A risk that is raised, and what is sent of it."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.scores import Impact, Likelihood
from bot.models import (
    Escalation,
    OutboxMessage,
)
from bot.services.lookup.risks import RiskCard
from bot.services.risks import risks
from bot.services.risks.risks import RiskEntry
from tests.builders import act


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


def escalated(session: Session, **changes: Any) -> Escalation:  # noqa: ANN401  # fields
    """A risk that was raised and went up."""
    card = raise_risk(session, **changes)
    return session.scalars(select(Escalation).where(col(Escalation.subject_id) == card.risk.id)).one()
