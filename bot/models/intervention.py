"""Interventions at levels 1 to 4 where delivery falls short, and what is logged of each: its reviews and the support
that is given."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bot.domain.intervention_cycle import InterventionEvent, InterventionState
from bot.models._model import Model
from bot.models._types import Instant, Key, choice, public_id


class Intervention(Model, table=True):
    """An intervention: its level, what it is about (a KPI, or the area in words), why, who leads it, and what ends it.
    `told_words` is what the partner was told of it, "" for nothing."""

    __tablename__ = "intervention"
    __table_args__ = (
        UniqueConstraint("contract_id", "level", "area", "opened_on"),
        CheckConstraint("level between 1 and 4", name="intervention_level"),
        CheckConstraint("left_on is null or length(outcome) > 0", name="intervention_left_with_an_outcome"),
        CheckConstraint("told_on is null or length(told_words) > 0", name="intervention_told_in_words"),
        CheckConstraint("left_on >= opened_on and review_on >= opened_on", name="intervention_days_in_order"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    level: int
    kpi_id: int | None = Field(default=None, foreign_key="kpi.id", sa_type=Key)
    area: str = Field(max_length=150)
    reason: str = Field(max_length=1000)
    lead_id: int = Field(foreign_key="person.id", sa_type=Key)
    exit_test: str = Field(max_length=500)
    opened_on: date
    review_on: date = Field(index=True)
    told_words: str = Field(default="", max_length=2000)
    told_on: date | None = None
    left_on: date | None = None
    outcome: str = Field(default="", max_length=1000)

    @property
    def state(self) -> InterventionState:
        """Whether it is in force."""
        return InterventionState.IN_FORCE if self.left_on is None else InterventionState.LEFT

    @property
    def called(self) -> str:
        """Its level and what it is about: level 2, Governance."""
        return f"level {self.level}, {self.area}"


class InterventionEntry(Model, table=True):
    """What was logged of an intervention: a review, or support and guidance that was given."""

    __tablename__ = "intervention_entry"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    intervention_id: int = Field(foreign_key="intervention.id", index=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    kind: InterventionEvent = Field(sa_type=choice(InterventionEvent))
    happened_on: date
    words: str = Field(max_length=1000)
    author_id: int = Field(foreign_key="person.id", sa_type=Key)
    logged_at: datetime = Field(sa_type=Instant)
