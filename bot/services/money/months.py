"""The months of contracts with their sums, whether these were entered or are worked out from invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlmodel import Session, col

from bot.domain.periods import Month
from bot.domain.spend import MonthOfSpend, Sums, Variance
from bot.models import Contract, Invoice, Spend
from bot.scopes import ContractScope, built_once

RECENT = timedelta(days=92)  # after its end, in which Liaison asks of a month and tells of it: a quarter
_Key = tuple[int, str]


@dataclass(frozen=True)
class SpendLine:
    """A month of a contract. `row` is what was entered of it, None for nothing; `has_invoices`: what was invoiced,
    approved, disputed and paid is worked out from them."""

    of_month: MonthOfSpend
    row: Spend | None = None
    has_invoices: bool = False

    @property
    def month(self) -> Month:
        """Its month."""
        return self.of_month.month

    @property
    def name(self) -> str:
        """Its month, in words."""
        return str(self.month)

    @property
    def sums(self) -> Sums:
        """Its sums."""
        return self.of_month.sums

    @property
    def variance(self) -> Variance | None:
        """How it varies from its profile."""
        return self.of_month.variance

    @property
    def reason(self) -> str:
        """Why it varies, "" while nobody has said."""
        return self.row.reason if self.row else ""

    @property
    def lacks_reason(self) -> bool:
        """Whether it varies by so much that a reason is asked for, and there is none."""
        return self.variance is not None and self.variance.asks_why and not self.reason


def months_of(session: Session, contract_id: int, months: Sequence[Month], today: date) -> list[SpendLine]:
    """These months of a contract. Two queries."""
    keys = [each.key for each in months]
    rows = session.scalars(select(Spend).where(col(Spend.contract_id) == contract_id, col(Spend.period).in_(keys)))
    by_period = {row.period: row for row in rows}
    invoiced = _invoiced(session, and_(col(Invoice.contract_id) == contract_id, col(Invoice.period).in_(keys)))
    return [_line(each, by_period.get(each.key), invoiced.get((contract_id, each.key)), today) for each in months]


@built_once
def _profiled(which: ColumnElement[bool], since: Month) -> Select[Spend]:
    spend, invoice = Spend, Invoice
    has_invoices = exists().where(
        col(invoice.contract_id) == col(spend.contract_id), col(invoice.period) == col(spend.period)
    )
    return (
        select(spend)
        .join(Contract, col(Contract.id) == col(spend.contract_id))
        .where(which, col(spend.profile).is_not(None), col(spend.period) >= since.key)
        .where(or_(col(spend.invoiced).is_not(None), col(spend.forecast).is_not(None), has_invoices))
        .order_by(col(spend.contract_id), col(spend.period))
    )


def varying(session: Session, which: ContractScope, today: date) -> list[SpendLine]:
    """The months that vary so much from their profile that a reason is asked for: not those that are long over. The
    condition of `which` is on the spend and its contract. Two queries."""
    rows = session.scalars(_profiled(which.contracts, Month.of(today - RECENT)), which.values).all()
    invoice = Invoice
    ids, periods = {each.contract_id for each in rows}, {each.period for each in rows}
    of_these = and_(col(invoice.contract_id).in_(ids), col(invoice.period).in_(periods))
    invoiced = _invoiced(session, of_these) if rows else {}
    lines = [
        _line(Month.parse(each.period), each, invoiced.get((each.contract_id, each.period)), today) for each in rows
    ]
    return [line for line in lines if line.variance and line.variance.asks_why]


def _line(month: Month, row: Spend | None, invoiced: Sums | None, today: date) -> SpendLine:
    entered = row.sums if row else Sums()
    if invoiced is not None:
        entered = replace(invoiced, profile=entered.profile, forecast=entered.forecast)
    return SpendLine(MonthOfSpend(month, entered, is_over=month.end < today), row, invoiced is not None)


def _invoiced(session: Session, which: ColumnElement[bool]) -> Mapping[_Key, Sums]:
    """The sums of the invoices that satisfy a condition, by contract and month. One query."""
    row = Invoice
    sums = (func.sum(func.coalesce(each, Decimal(0))) for each in (row.amount, row.approved, row.disputed, row.paid))
    rows = session.execute(
        select(col(row.contract_id), col(row.period), *sums)
        .where(which)
        .group_by(col(row.contract_id), col(row.period))
    )
    return {
        (contract_id, period): Sums(invoiced=invoiced, approved=approved, disputed=disputed, paid=paid)
        for contract_id, period, invoiced, approved, disputed, paid in rows
    }
