"""Reports: one expected for each period, so that late and missing are facts, and the figures they brought."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.domain.ratings import Rating
from bot.models._types import Figure, Instant, Key, choice


class Report(SQLModel, table=True):
    """A period's report: expected from the day it exists, received when the figures came."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("contract_id", "period"),
        CheckConstraint("(received_at is null) = (reporter_id is null)", name="report_received_by_someone"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    period: str = Field(max_length=7)
    due_on: date = Field(index=True)
    prompt_at: datetime = Field(sa_type=Instant)
    received_at: datetime | None = Field(default=None, index=True, sa_type=Instant)
    reporter_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    narrative: str = Field(default="", max_length=3000)

    @property
    def reference(self) -> str:
        """How people name this report: P-12."""
        return f"P-{self.id}"


class Reading(SQLModel, table=True):
    """A KPI's figure in one report, and its rating at the time. No figure: the rating is Other, with why."""

    __tablename__ = "reading"

    report_id: int = Field(foreign_key="report.id", primary_key=True, sa_type=Key)
    kpi_id: int = Field(foreign_key="kpi.id", primary_key=True, index=True, sa_type=Key)
    value: Decimal | None = Field(default=None, sa_type=Figure)
    rating: Rating = Field(sa_type=choice(Rating))
    why: str = Field(default="", max_length=300)
