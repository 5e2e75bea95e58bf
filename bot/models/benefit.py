"""The benefits of a contract: what it is to bring beside what it costs, planned and actual by month."""

from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from bot.models._model import Model
from bot.models._types import Figure, Key, public_id


class Benefit(Model, table=True):
    """A benefit that a contract is to bring, in a unit of its own words, from a baseline."""

    __tablename__ = "benefit"
    __table_args__ = (UniqueConstraint("contract_id", "name"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    name: str = Field(max_length=150)
    unit: str = Field(max_length=40)
    baseline: Decimal | None = Field(default=None, sa_type=Figure)
    owner_id: int = Field(foreign_key="person.id", sa_type=Key)


class BenefitFigure(Model, table=True):
    """What a benefit was planned to be in a month, and what it was; None for what nobody has said."""

    __tablename__ = "benefit_figure"
    __table_args__ = (UniqueConstraint("benefit_id", "period"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    benefit_id: int = Field(foreign_key="benefit.id", sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    period: str = Field(max_length=7)
    profile: Decimal | None = Field(default=None, sa_type=Figure)
    actual: Decimal | None = Field(default=None, sa_type=Figure)
