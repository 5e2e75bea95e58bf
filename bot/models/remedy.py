"""Rectification plans, for when delivery falls short."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.domain.bank_holidays import published_until
from bot.domain.plan_cycle import PlanStatus
from bot.models._types import Key, choice, public_id
from bot.models._worked_out import worked_out


@worked_out("due_on", when=lambda row, day: row.status is PlanStatus.REJECTED and day > published_until())
class RectificationPlan(SQLModel, table=True):
    """A partner's plan to put right a shortfall. `reason` is the last one given: why it was rejected, is cured or has
    failed; `received_on` is the day it last came, `status_on` that of its last change, None if an import brought it."""

    __tablename__ = "rectification_plan"
    __table_args__ = (UniqueConstraint("contract_id", "title"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    title: str = Field(max_length=200)
    requested_on: date
    due_on: date = Field(index=True)
    status: PlanStatus = Field(sa_type=choice(PlanStatus))
    reason: str = Field(default="", max_length=3000)
    received_on: date | None = None
    status_on: date | None = None
