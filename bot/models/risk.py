"""Risks, and the escalation of the very high ones to a senior owner."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from bot.models._types import Instant, Key, choice


class RiskCategory(StrEnum):
    """The categories of the Orange Book's risk register."""

    STRATEGY = "strategy"
    GOVERNANCE = "governance"
    OPERATIONS = "operations"
    LEGAL = "legal"
    PROPERTY = "property"
    FINANCIAL = "financial"
    COMMERCIAL = "commercial"
    PEOPLE = "people"
    TECHNOLOGY = "technology"
    INFORMATION = "information"
    SECURITY = "security"
    PROGRAMME = "programme"
    REPUTATIONAL = "reputational"


class RiskStatus(StrEnum):
    """Whether a risk still needs watching."""

    OPEN = "open"
    CLOSED = "closed"


class Risk(SQLModel, table=True):
    """Something that may happen to a contract, with its likelihood and impact from 1 to 5."""

    __tablename__ = "risk"
    __table_args__ = (
        CheckConstraint("likelihood between 1 and 5", name="risk_likelihood"),
        CheckConstraint("impact between 1 and 5", name="risk_impact"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    title: str = Field(max_length=200)
    detail: str = Field(default="", max_length=3000)
    category: RiskCategory = Field(sa_type=choice(RiskCategory))
    likelihood: int
    impact: int
    status: RiskStatus = Field(default=RiskStatus.OPEN, sa_type=choice(RiskStatus))
    review_on: date
    raised_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    raised_at: datetime = Field(sa_type=Instant)

    @property
    def reference(self) -> str:
        """How people name this risk: R-12."""
        return f"R-{self.id}"


class Escalation(SQLModel, table=True):
    """A ping to a senior owner that stands until somebody acknowledges it."""

    __tablename__ = "escalation"
    __table_args__ = (
        CheckConstraint(
            "(acknowledged_at is null) = (acknowledged_by_id is null)",
            name="escalation_acknowledged_by_someone",
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    risk_id: int = Field(foreign_key="risk.id", unique=True, sa_type=Key)
    owner_id: int = Field(foreign_key="person.id", sa_type=Key)
    raised_at: datetime = Field(sa_type=Instant)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    acknowledged_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
