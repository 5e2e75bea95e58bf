"""Contracts: what was agreed, who answers for it, where it is talked about, and what is measured."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.domain.calendar import Nation
from bot.domain.figures import Unit
from bot.domain.ratings import Direction
from bot.models._types import Figure, Instant, Key, choice


class Regime(StrEnum):
    """The law a procurement was begun under."""

    ACT_2023 = "Procurement Act 2023"
    REGULATIONS_2015 = "Public Contracts Regulations 2015"


class AgreementForm(StrEnum):
    """Whether money is paid for a service or granted."""

    CONTRACT = "contract"
    GRANT = "grant"


class Stage(StrEnum):
    """Where a contract stands in its life."""

    PRE_PROCUREMENT = "pre-procurement"
    PROCUREMENT = "procurement"
    MOBILISATION = "mobilisation"
    TRANSITION = "transition"
    LIVE = "live delivery"
    CHANGE = "change or extension"
    EXIT = "exit"


class RoleName(StrEnum):
    """What a person does on a contract."""

    CONTRACT_MANAGER = "contract manager"
    PERFORMANCE_MANAGER = "performance manager"
    SENIOR_OWNER = "senior owner"
    HEAD = "head of contract management"
    COMMERCIAL_LEAD = "commercial lead"
    PARTNER_CONTACT = "partner contact"


class Audience(StrEnum):
    """Who reads a channel or a message: the department alone, or a partner as well."""

    INTERNAL = "internal"
    SHARED = "shared"


class Contract(SQLModel, table=True):
    """A contract or grant with one delivery partner. Deadlines are dates in the calendar of its nation."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("end_date > start_date", name="contract_ends_after_start"),
        CheckConstraint("longest_end_date >= end_date", name="contract_longest_end"),
        CheckConstraint("value_pounds >= 0", name="contract_value"),
        CheckConstraint("report_working_day between 1 and 15", name="contract_report_working_day"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    reference: str = Field(unique=True, max_length=20)
    title: str = Field(max_length=150)
    purpose: str = Field(default="", max_length=3000)
    partner_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Key)
    regime: Regime = Field(sa_type=choice(Regime))
    light_touch: bool = False
    form: AgreementForm = Field(sa_type=choice(AgreementForm))
    tier: str = Field(max_length=20)
    value_pounds: int = Field(sa_type=Key)
    start_date: date
    end_date: date
    longest_end_date: date
    nation: Nation = Field(sa_type=choice(Nation))
    stage: Stage = Field(sa_type=choice(Stage))
    report_working_day: int
    next_period: str = Field(max_length=7)
    next_report_at: datetime = Field(index=True, sa_type=Instant)
    sample: bool = False
    created_at: datetime = Field(sa_type=Instant)


class Role(SQLModel, table=True):
    """A person's role on a contract."""

    __tablename__ = "role"

    contract_id: int = Field(foreign_key="contract.id", primary_key=True, sa_type=Key)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, sa_type=Key)
    role: RoleName = Field(primary_key=True, sa_type=choice(RoleName))


class Channel(SQLModel, table=True):
    """A Slack channel and what it is for: one contract's, or (with no contract) the portfolio's."""

    __tablename__ = "channel"
    __table_args__ = (
        CheckConstraint("contract_id is not null or audience = 'internal'", name="portfolio_is_internal"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    slack: str = Field(unique=True, max_length=40)
    contract_id: int | None = Field(default=None, foreign_key="contract.id", index=True, sa_type=Key)
    audience: Audience = Field(sa_type=choice(Audience))
    created_at: datetime = Field(sa_type=Instant)


class Kpi(SQLModel, table=True):
    """A key performance indicator and the cut-offs of its ratings."""

    __tablename__ = "kpi"
    __table_args__ = (
        UniqueConstraint("contract_id", "code"),
        CheckConstraint(
            "(direction = 'higher is better' and good >= approaching and approaching >= requires_improvement) or "
            "(direction = 'lower is better' and good <= approaching and approaching <= requires_improvement)",
            name="kpi_cut_offs_in_order",
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    code: str = Field(max_length=40)
    name: str = Field(max_length=150)
    unit: Unit = Field(sa_type=choice(Unit))
    direction: Direction = Field(sa_type=choice(Direction))
    good: Decimal = Field(sa_type=Figure)
    approaching: Decimal = Field(sa_type=Figure)
    requires_improvement: Decimal = Field(sa_type=Figure)


class ExtensionOption(SQLModel, table=True):
    """A right to extend, with the last day to decide: the date that matters."""

    __tablename__ = "extension_option"
    __table_args__ = (UniqueConstraint("contract_id", "name"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    name: str = Field(max_length=150)
    months: int
    decide_by: date = Field(index=True)
