"""Invoices: by when one is to be paid, and what is still owed of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.spend import NOTHING, Sums, check

# An invoice is paid before the end of 30 days that begin with the day on which a valid one came (Procurement Act 2023,
# section 68): that day is the first of them. So the last is this many calendar days after it.
PAID_WITHIN = 29


def payable_by(valid_on: date) -> date:
    """The last day on which an invoice that was valid on a day is paid in time."""
    return valid_on + timedelta(days=PAID_WITHIN)


@dataclass(frozen=True)
class InvoiceSums:
    """The sums of an invoice in pounds; None for what nobody has approved or paid yet."""

    amount: Decimal
    approved: Decimal | None = None
    disputed: Decimal = NOTHING
    paid: Decimal | None = None

    @property
    def owed(self) -> Decimal:
        """What is still to be paid: what is neither disputed nor paid."""
        return self.amount - self.disputed - (self.paid or NOTHING)

    def check(self) -> None:
        """Refuse sums that cannot be. Raises `UserError` with the field."""
        check(Sums(invoiced=self.amount, approved=self.approved, disputed=self.disputed, paid=self.paid))
