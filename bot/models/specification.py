"""The terms of a contract: KPIs, and options to extend.

A day that follows from a rule is stored with the rule ("6 months before 31 August 2027", see bot.domain.deadlines), so
that its working can be shown again.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bot.domain.figures import Unit
from bot.domain.option_cycle import OPTION, Decision
from bot.domain.parts import Combining
from bot.domain.ratings import CutOffs, Direction
from bot.models._model import Model
from bot.models._types import Figure, Key, choice, public_id
from bot.models._worked_out import follows_provisionally, worked_out


class Source(StrEnum):
    """The origin of a KPI's figures."""

    SELF_REPORTED = "self-reported"
    VERIFIED = "verified"


class Kpi(Model, table=True):
    """A key performance indicator. The cut-offs of its ratings are its targets, each from a period on."""

    __tablename__ = "kpi"
    __table_args__ = (
        UniqueConstraint("contract_id", "code"),
        CheckConstraint("not may_be_negative or combines <> 'ratio'", name="kpi_negative_is_no_share"),
        CheckConstraint("weight between 0 and 100", name="kpi_weight"),
        CheckConstraint(
            "combines <> 'sum' or unit not in ('%', 'per 1,000', 'per 100,000')", name="kpi_shares_do_not_add_up"
        ),
        CheckConstraint("last_period is null or length(end_reason) > 0", name="kpi_ended_for_a_reason"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    code: str = Field(max_length=40)
    name: str = Field(max_length=150)
    definition: str = Field(default="", max_length=1000)
    unit: Unit = Field(sa_type=choice(Unit))
    direction: Direction = Field(sa_type=choice(Direction))
    combines: Combining = Field(sa_type=choice(Combining))
    source: Source = Field(default=Source.SELF_REPORTED, sa_type=choice(Source))
    weight: int | None = None
    may_be_negative: bool = False
    last_period: str | None = Field(default=None, max_length=7)
    end_reason: str = Field(default="", max_length=300)


class KpiTarget(Model, table=True):
    """The cut-offs of a KPI's ratings from a period on, until its next ones; the cut-off of Good is the target.

    Whether they run up or down is the KPI's own direction.
    """

    __tablename__ = "kpi_target"
    __table_args__ = (
        UniqueConstraint("kpi_id", "from_period"),
        CheckConstraint(
            "(good >= approaching and approaching >= requires_improvement) or "
            "(good <= approaching and approaching <= requires_improvement)",
            name="kpi_target_in_order",
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    kpi_id: int = Field(foreign_key="kpi.id", sa_type=Key)
    from_period: str = Field(max_length=7)
    good: Decimal = Field(sa_type=Figure)
    approaching: Decimal = Field(sa_type=Figure)
    requires_improvement: Decimal = Field(sa_type=Figure)

    @property
    def cut_offs(self) -> CutOffs:
        """The three cut-offs."""
        return CutOffs(self.good, self.approaching, self.requires_improvement)


@worked_out("decide_by", when=follows_provisionally)
class ExtensionOption(Model, table=True):
    """An option to extend, with the last day to decide, which is the date that matters. An open option cannot be
    recorded after that day. `variation` agreed, on the day `varied_on`, a later day than the contract gave. One that an
    import brought as decided has no day, person or reason of the decision."""

    __tablename__ = "extension_option"
    __table_args__ = (
        UniqueConstraint("contract_id", "name"),
        CheckConstraint("months >= 1", name="option_months"),
        CheckConstraint("decision <> 'open' or decide_by >= recorded_on", name="option_can_be_decided"),
        CheckConstraint("(decided_on is null) = (decided_by_id is null)", name="option_decided_by_someone"),
        CheckConstraint("decided_on is null or length(decision_reason) > 0", name="option_decided_for_a_reason"),
        CheckConstraint("ended_on is null or length(end_reason) > 0", name="option_ended_for_a_reason"),
        CheckConstraint("(varied_on is null) = (variation = '')", name="option_varied_by_something"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    name: str = Field(max_length=150)
    months: int
    decide_by: date = Field(index=True)
    rule: str = Field(default="", max_length=150)
    variation: str = Field(default="", max_length=150)
    varied_on: date | None = None
    decision: Decision = Field(default=Decision.OPEN, sa_type=choice(Decision))
    recorded_on: date
    decided_on: date | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    decision_reason: str = Field(default="", max_length=1000)
    ended_on: date | None = None
    end_reason: str = Field(default="", max_length=300)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided on."""
        return self.decision in OPTION.open_states and self.ended_on is None
