"""Money: what a contract says of service credits, the credits, the spend of each month, and the partner's invoices."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.credit_cycle import CreditState
from bot.domain.credits import Cap
from bot.domain.invoices import InvoiceSums
from bot.domain.ratings import Rating
from bot.domain.spend import NOTHING, Sums
from bot.models._model import Model
from bot.models._types import Figure, Key, choice, public_id

_OPEN = "state not in ('deducted', 'waived')"


class CreditTermsRow(Model, table=True):
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


class Spend(Model, table=True):
    """The money of a contract in a month. `charges` are what the partner may charge for it, before service credits.

    What was invoiced, approved, disputed and paid is here only for a month without invoices of its own: with these, it
    is worked out from them. `entered_on` is the day on which its sums were last entered, `reason` why it varies from
    its profile.
    """

    __tablename__ = "spend"
    __table_args__ = (
        UniqueConstraint("contract_id", "period"),
        CheckConstraint("charges >= 0", name="spend_charges"),
        CheckConstraint("profile >= 0 and forecast >= 0", name="spend_expected"),
        CheckConstraint("invoiced >= 0 and approved >= 0 and disputed >= 0 and paid >= 0", name="spend_sums"),
        CheckConstraint(
            "coalesce(approved, 0) + coalesce(disputed, 0) <= coalesce(invoiced, 0)", name="spend_of_what_was_invoiced"
        ),
        CheckConstraint("coalesce(paid, 0) <= coalesce(approved, invoiced, 0)", name="spend_paid_of_what_was_approved"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    period: str = Field(max_length=7)
    charges: Decimal | None = Field(default=None, sa_type=Figure)
    profile: Decimal | None = Field(default=None, sa_type=Figure)
    invoiced: Decimal | None = Field(default=None, sa_type=Figure)
    approved: Decimal | None = Field(default=None, sa_type=Figure)
    disputed: Decimal | None = Field(default=None, sa_type=Figure)
    paid: Decimal | None = Field(default=None, sa_type=Figure)
    forecast: Decimal | None = Field(default=None, sa_type=Figure)
    reason: str = Field(default="", max_length=500)
    entered_on: date

    @property
    def sums(self) -> Sums:
        """Its sums, as they were entered."""
        return Sums(self.profile, self.invoiced, self.approved, self.disputed, self.paid, self.forecast)


class Invoice(Model, table=True):
    """An invoice of the partner for a month, valid since `valid_on`. `dispute` says why a part of it is disputed;
    `paid` is what was paid so far, the last of it on `paid_on`."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("amount > 0", name="invoice_amount"),
        CheckConstraint("approved >= 0 and disputed >= 0 and paid >= 0", name="invoice_sums"),
        CheckConstraint("coalesce(approved, 0) + coalesce(disputed, 0) <= amount", name="invoice_of_its_amount"),
        CheckConstraint("paid is null or paid <= coalesce(approved, 0)", name="invoice_paid_of_what_was_approved"),
        CheckConstraint("(coalesce(disputed, 0) > 0) = (length(dispute) > 0)", name="invoice_disputed_for_a_reason"),
        CheckConstraint("(coalesce(paid, 0) > 0) = (paid_on is not null)", name="invoice_paid_on_a_day"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    number: str = Field(max_length=60)
    period: str = Field(max_length=7)
    valid_on: date = Field(index=True)
    amount: Decimal = Field(sa_type=Figure)
    approved: Decimal | None = Field(default=None, sa_type=Figure)
    disputed: Decimal | None = Field(default=None, sa_type=Figure)
    dispute: str = Field(default="", max_length=500)
    paid: Decimal | None = Field(default=None, sa_type=Figure)
    paid_on: date | None = None

    @property
    def sums(self) -> InvoiceSums:
        """Its sums."""
        return InvoiceSums(self.amount, self.approved, self.disputed or NOTHING, self.paid)


class ServiceCredit(Model, table=True):
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
    state: CreditState = Field(default=CreditState.PROPOSED, index=True, sa_type=choice(CreditState))
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


class CreditWorking(Model, table=True):
    """What a service credit came to when it was last sent, waived or deducted, whatever the figures say since: the
    charges of its month, what its points took of them, and what limited that."""

    __tablename__ = "credit_working"

    credit_id: int = Field(foreign_key="service_credit.id", primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    charges: Decimal | None = Field(default=None, sa_type=Figure)
    percent: Decimal = Field(sa_type=Figure)
    uncapped: Decimal = Field(sa_type=Figure)
    amount: Decimal = Field(sa_type=Figure)
    capped_by: Cap | None = Field(default=None, sa_type=choice(Cap))


class CreditWorkingLine(Model, table=True):
    """A line of that working: a KPI by its name at the time, with its figure in words, its rating and its points."""

    __tablename__ = "credit_working_line"

    credit_id: int = Field(foreign_key="service_credit.id", primary_key=True, sa_type=Key)
    number: int = Field(primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    kpi: str = Field(max_length=40)
    name: str = Field(max_length=150)
    rating: Rating = Field(sa_type=choice(Rating))
    figure: str = Field(default="", max_length=60)
    why: str = Field(default="", max_length=300)
    points: int
    times: int
