"""The spend of contracts by month, and the invoices of their partners."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.invoices import InvoiceSums
from bot.domain.spend import NOTHING, Sums, check
from bot.errors import UserError
from bot.records import readers
from bot.records.fields import Contract, Day, Money, Period
from bot.records.record import Hint, Misfit, Record, columns

_ENTERED = "leave it blank for a month that has invoices of its own, from which it is worked out."


class SpendRecord(Record):
    """The money of contracts by month."""

    sheet = "spend"
    one = "month of spend"
    many = "months of spend"
    key_fields = ("contract", "period")
    table = models.Spend
    stored_as = columns(contract="contract_id", noted="entered_on")
    have_been = ("noted",)
    not_in_forms = ("contract", "period", "noted")

    contract: Contract = Field(description="The reference of the contract.")
    period: Period = Field(title="Month", description="The month.")
    charges: Annotated[Money, Hint("What the partner may charge for the month, before service credits")] | None = Field(
        default=None, description="What the partner may charge for the month in pounds, before service credits."
    )
    profile: Annotated[Money, Hint("What was planned")] | None = Field(
        default=None, description="What was planned to be spent in the month, in pounds."
    )
    forecast: Annotated[Money, Hint("What you expect now")] | None = Field(
        default=None, description="What is now expected to be spent in the month, in pounds."
    )
    invoiced: Money | None = Field(default=None, description=f"What was invoiced for the month, in pounds; {_ENTERED}")
    approved: Money | None = Field(default=None, description=f"What of it was approved; {_ENTERED}")
    disputed: Money | None = Field(default=None, description=f"What of it is disputed; {_ENTERED}")
    paid: Money | None = Field(default=None, description=f"What of it was paid; {_ENTERED}")
    reason: Annotated[str, readers.text(500), Hint("Needed if it differs by more than 5% or £50,000. Internal.")] = (
        Field(title="Why it varies from the profile", default="", description="Why the month varies from its profile.")
    )
    noted: Day | None = Field(
        title="Entered on",
        default=None,
        description="The day on which these sums were entered; if blank, today. A reason is asked for from then on.",
    )

    @property
    def sums(self) -> Sums:
        """The sums that were entered."""
        return Sums(self.profile, self.invoiced, self.approved, self.disputed, self.paid, self.forecast)

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        try:
            check(self.sums)
        except UserError as error:
            raise Misfit(error.field or "invoiced", error.sentence) from None
        return self


class InvoiceRecord(Record):
    """Invoices of partners."""

    sheet = "invoices"
    one = "invoice"
    key_fields = ("contract", "number")
    table = models.Invoice
    stored_as = columns(contract="contract_id", valid="valid_on", paid_day="paid_on")
    have_been = ("valid", "paid_day")
    in_order = (("valid", "paid_day"),)
    not_in_forms = ("contract",)

    contract: Contract = Field(description="The reference of the contract.")
    number: Annotated[str, readers.name(60), Hint("For example NF-1042")] = Field(
        title="Invoice number", description="The number of the invoice, unique in the contract."
    )
    period: Annotated[Period, Hint("The month that it is for, for example 2026-12")] = Field(
        title="Month", description="The month that it is for."
    )
    valid: Annotated[Day, Hint("It is to be paid within 30 days, of which this is the first.")] = Field(
        title="Valid on",
        description="The day on which a valid invoice had come: the first of the 30 in which it is to be paid.",
    )
    amount: Annotated[Money, Hint("In pounds, for example 120,400.50")] = Field(
        description="The sum of the invoice in pounds."
    )
    approved: Money | None = Field(default=None, description="What of it was approved, in pounds.")
    disputed: Money | None = Field(default=None, description="What of it is disputed, in pounds.")
    dispute: Annotated[str, readers.text(500), Hint("The partner reads this.")] = Field(
        title="Why it is disputed", default="", description="Why it is disputed, in words that the partner may read."
    )
    paid: Money | None = Field(default=None, description="What of it was paid so far, in pounds.")
    paid_day: Day | None = Field(title="Paid on", default=None, description="The day of the last payment.")

    @property
    def sums(self) -> InvoiceSums:
        """Its sums."""
        return InvoiceSums(self.amount, self.approved, self.disputed or NOTHING, self.paid)

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if not self.amount:
            raise Misfit("amount", "an invoice is for more than 0. Enter its sum.")
        try:
            self.sums.check()
        except UserError as error:
            raise Misfit(error.field or "amount", error.sentence) from None
        return self

    @model_validator(mode="after")
    def _says_what_goes_together(self) -> Self:
        if bool(self.disputed) != bool(self.dispute):
            missing = "dispute" if self.disputed else "disputed"
            raise Misfit(missing, "an invoice that is disputed has the sum that is, and why. Enter both, or neither.")
        if bool(self.paid) != (self.paid_day is not None):
            missing = "paid_day" if self.paid else "paid"
            raise Misfit(missing, "a payment has its sum and its day. Enter both, or leave both out.")
        if self.paid and self.approved is None:
            raise Misfit("approved", "an invoice is paid once it is approved. Enter what was approved.")
        return self
