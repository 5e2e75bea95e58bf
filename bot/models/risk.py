"""Risks, what they were assessed as over time, and the escalation of the very high ones to a senior owner."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
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
    """Whether a risk still needs watching; an issue is a risk that has happened."""

    OPEN = "open"
    ISSUE = "issue"
    CLOSED = "closed"


class RiskResponse(StrEnum):
    """What is done about a risk, as the Orange Book has it."""

    TREAT = "treat"
    TOLERATE = "tolerate"
    TRANSFER = "transfer"
    TERMINATE = "terminate"


class Risk(SQLModel, table=True):
    """Something that may happen to a contract, with its likelihood and impact from 1 to 5, as last assessed."""

    __tablename__ = "risk"
    __table_args__ = (
        CheckConstraint("likelihood between 1 and 5", name="risk_likelihood"),
        CheckConstraint("impact between 1 and 5", name="risk_impact"),
        CheckConstraint("(status = 'closed') = (closed_on is not null)", name="risk_closed_on"),
        CheckConstraint("status <> 'closed' or closing_reason <> ''", name="risk_closed_for_a_reason"),
        CheckConstraint("status <> 'issue' or happened <> ''", name="risk_issue_happened"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    title: str = Field(max_length=200)
    detail: str = Field(default="", max_length=3000)
    category: RiskCategory = Field(sa_type=choice(RiskCategory))
    likelihood: int
    impact: int
    status: RiskStatus = Field(default=RiskStatus.OPEN, sa_type=choice(RiskStatus))
    response: RiskResponse | None = Field(default=None, sa_type=choice(RiskResponse))
    response_note: str = Field(default="", max_length=1000)
    happened: str = Field(default="", max_length=1000)
    closed_on: date | None = None
    closing_reason: str = Field(default="", max_length=300)
    review_on: date = Field(index=True)
    owner_id: int = Field(foreign_key="person.id", sa_type=Key)
    raised_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    raised_at: datetime = Field(sa_type=Instant)

    @property
    def reference(self) -> str:
        """How people name this risk: R-12."""
        return f"R-{self.id}"


class RiskAssessment(SQLModel, table=True):
    """How likely and how serious somebody judged a risk to be, and why. Entries are only ever added."""

    __tablename__ = "risk_assessment"
    __table_args__ = (
        CheckConstraint("likelihood between 1 and 5", name="risk_assessment_likelihood"),
        CheckConstraint("impact between 1 and 5", name="risk_assessment_impact"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    risk_id: int = Field(foreign_key="risk.id", index=True, sa_type=Key)
    likelihood: int
    impact: int
    why: str = Field(default="", max_length=300)
    assessed_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    assessed_at: datetime = Field(sa_type=Instant)


_WAITS = "acknowledged_at is null"


class Escalation(SQLModel, table=True):
    """A ping to a senior owner that stands until somebody acknowledges it; of one risk only one waits at a time."""

    __tablename__ = "escalation"
    __table_args__ = (
        CheckConstraint(
            "(acknowledged_at is null) = (acknowledged_by_id is null)",
            name="escalation_acknowledged_by_someone",
        ),
        Index("escalation_waiting", "risk_id", unique=True, sqlite_where=text(_WAITS), postgresql_where=text(_WAITS)),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    risk_id: int = Field(foreign_key="risk.id", index=True, sa_type=Key)
    owner_id: int = Field(foreign_key="person.id", sa_type=Key)
    raised_at: datetime = Field(sa_type=Instant)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    acknowledged_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
