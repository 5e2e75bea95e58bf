"""Shortfalls, the rectification plans that put them right, and what partners send as plans."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bot.domain.bank_holidays import published_until
from bot.domain.monitoring import GOOD_PERIODS
from bot.domain.plan_cycle import PlanStatus, Served
from bot.models._model import Model
from bot.models._types import Instant, Key, choice, public_id
from bot.models._worked_out import worked_out

_WITHOUT_DAY = "'noted', 'in informal action', 'under notice', 'cured', 'withdrawn'"


@worked_out("due_on", when=lambda row, day: row.status is PlanStatus.REJECTED and day > published_until())
class RectificationPlan(Model, table=True):
    """A partner's plan to put right a shortfall, from the concern about it.

    `opened_on` is the day of the concern, None where the record begins with the request; `due_on` the day by which the
    improvement or the plan is due. `shortfall` is for the partner to read. `kpi_id` is the KPI that falls short, None
    for all of the contract, of which `good_periods` in a row cure it. `served_by` is how the last notice or request was
    served.

    `reason` is the last one given: why it was rejected (on which `grounds`), is cured or has failed; `opportunity` is
    the one to improve that the partner was given. `received_on` is the day it last came, `status_on` that of its last
    change, None if an import brought it. `notice_on` is the day on which the notice of a failed one was dealt with.
    `assumed` says which of its days an upgrade assumed.
    """

    __tablename__ = "rectification_plan"
    __table_args__ = (
        UniqueConstraint("contract_id", "title"),
        CheckConstraint("opened_on is not null or requested_on is not null", name="plan_begins_on_a_day"),
        CheckConstraint(f"due_on is not null or status in ({_WITHOUT_DAY})", name="plan_is_due_on_a_day"),
        CheckConstraint("good_periods between 1 and 12", name="plan_good_periods"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    title: str = Field(max_length=200)
    shortfall: str = Field(default="", max_length=3000)
    kpi_id: int | None = Field(default=None, foreign_key="kpi.id", sa_type=Key)
    good_periods: int = GOOD_PERIODS
    opened_on: date | None = None
    requested_on: date | None = None
    served_by: Served | None = Field(default=None, sa_type=choice(Served))
    due_on: date | None = Field(default=None, index=True)
    status: PlanStatus = Field(index=True, sa_type=choice(PlanStatus))
    reason: str = Field(default="", max_length=3000)
    grounds: str = Field(default="", max_length=200)
    opportunity: str = Field(default="", max_length=1000)
    received_on: date | None = None
    status_on: date | None = None
    notice_on: date | None = None
    assumed: str = Field(default="", max_length=300)

    @property
    def began_on(self) -> date:
        """The day of the concern, or else of the request."""
        return self.opened_on or self.requested_on or date.min

    @property
    def stands_since(self) -> date:
        """The day of its last change, or the best that is known of it."""
        return self.status_on or self.due_on or self.began_on


class PlanSubmission(Model, table=True):
    """A plan as a partner's person sent it, the first with number 1; one that was rejected stays beside the next."""

    __tablename__ = "plan_submission"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    plan_id: int = Field(foreign_key="rectification_plan.id", index=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    number: int
    default: str = Field(max_length=2000)
    containment: str = Field(max_length=2000)
    root_cause: str = Field(max_length=2000)
    effect: str = Field(max_length=2000)
    prevention: str = Field(max_length=2000)
    submitted_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    submitted_at: datetime = Field(sa_type=Instant)


class PlanStep(Model, table=True):
    """A step of a plan that a partner sent: who does what by when. `owner` is the name as it was entered, and
    `owner_id` the person who answers for it; `action_id` is the action that it became once the plan was accepted."""

    __tablename__ = "plan_step"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    submission_id: int = Field(foreign_key="plan_submission.id", index=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    what: str = Field(max_length=300)
    owner: str = Field(max_length=150)
    owner_id: int = Field(foreign_key="person.id", sa_type=Key)
    due_on: date
    action_id: int | None = Field(default=None, foreign_key="action.id", unique=True, sa_type=Key)
