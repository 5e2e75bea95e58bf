"""Money: what a contract says of service credits, its charges by month, and the credits."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.domain.credit_cycle import CreditState
from bot.models._types import Figure, Key, choice, public_id

_OPEN = "state not in ('deducted', 'waived')"


class CreditTermsRow(SQLModel, table=True):
    """What a contract says of service credits (see bot.domain.credits)."""

    __tablename__ = "credit_terms"
    __table_args__ = (
        CheckConstraint("percent_per_point >= 0", name="credit_percent_per_point"),
        CheckConstraint("approaching >= 0 and requires_improvement >= 0 and inadequate >= 0", name="credit_points"),
        CheckConstraint("year_cap >= 0", name="credit_year_cap"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", unique=True, sa_type=Key)
    since: str = Field(max_length=7)
    percent_per_point: Decimal = Field(sa_type=Figure)
    approaching: int
    requires_improvement: int
    inadequate: int
    doubles: bool
    year_cap: Decimal | None = Field(default=None, sa_type=Figure)


class Spend(SQLModel, table=True):
    """The money of a contract in a month. `charges` are what the partner may charge for it, before service credits."""

    __tablename__ = "spend"
    __table_args__ = (
        UniqueConstraint("contract_id", "period"),
        CheckConstraint("charges >= 0", name="spend_charges"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    period: str = Field(max_length=7)
    charges: Decimal | None = Field(default=None, sa_type=Figure)


class ServiceCredit(SQLModel, table=True):
    """A service credit of a month, part 1, or a later part: the difference that a corrected figure made after the
    parts before it were deducted or waived, which may be below 0.

    `amount` is what the partner is told, and follows the figures only while it is proposed; `worth` is what it is worth
    by the last figures. `sendings` counts how often it was sent, and `reached_on` is the day on which the last of these
    reached the partner.
    """

    __tablename__ = "service_credit"
    __table_args__ = (
        UniqueConstraint("contract_id", "period", "part"),
        Index(
            "service_credit_open",
            "contract_id",
            "period",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        CheckConstraint("part > 1 or amount >= 0", name="credit_amount"),
        CheckConstraint("part > 0", name="credit_part"),
        CheckConstraint("(commented_on is null) = (length(comment) = 0)", name="credit_commented_on"),
        CheckConstraint("commented_by_id is null or commented_on is not null", name="credit_commented_by"),
        CheckConstraint("state <> 'commented on' or commented_on is not null", name="credit_comment"),
        CheckConstraint("state <> 'waived' or length(reason) > 0", name="credit_waived_for_a_reason"),
        CheckConstraint("state <> 'deducted' or length(invoice) > 0", name="credit_deducted_on_an_invoice"),
        CheckConstraint("(state = 'deducted') = (deducted_on is not null)", name="credit_deducted_on_a_day"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    period: str = Field(max_length=7)
    part: int = 1
    state: CreditState = Field(default=CreditState.PROPOSED, sa_type=choice(CreditState))
    amount: Decimal = Field(sa_type=Figure)
    worth: Decimal = Field(sa_type=Figure)
    proposed_on: date
    sendings: int = 0
    reached_on: date | None = Field(default=None, index=True)
    comment: str = Field(default="", max_length=2000)
    commented_on: date | None = None
    commented_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    reason: str = Field(default="", max_length=500)
    invoice: str = Field(default="", max_length=60)
    deducted_on: date | None = None

    @property
    def is_known_to_partner(self) -> bool:
        """Whether it was ever sent."""
        return self.sendings > 0 or self.reached_on is not None

    @property
    def key(self) -> str:
        """The key of the last message that sent it."""
        return f"credit-{self.id}-sent-{self.sendings}"
