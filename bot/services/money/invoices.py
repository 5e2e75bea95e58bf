"""The partner's invoices: the list, as each side sees them, adding one, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.invoices import payable_by
from bot.domain.normalisation import name_key
from bot.domain.periods import Month
from bot.domain.spend import NOTHING
from bot.domain.wording import format_date, format_money
from bot.errors import UserError
from bot.models import Audience, Contract, Invoice, Spend
from bot.records import InvoiceRecord
from bot.services import edit_conflicts
from bot.services.lookup import contracts as contract_lookup
from bot.services.money.spend_entry import apply, asked_from_today, check_month, check_no_sums, hold
from bot.services.unit_of_work import ActorContext

ADDED, CHANGED = "invoice added", "invoice changed"
MOST_LISTED = 15


@dataclass(frozen=True)
class InvoiceLine:
    """An invoice in a list, with the reference of its contract. `days_over` is how many days it is over the last one on
    which it is paid in time, 0 for none."""

    invoice: Invoice
    contract: str
    days_over: int = 0

    @property
    def month(self) -> str:
        """The month that it is for, in words."""
        return str(Month.parse(self.invoice.period))

    @property
    def due_on(self) -> date:
        """The last day on which it is paid in time."""
        return payable_by(self.invoice.valid_on)

    @property
    def is_owed(self) -> bool:
        """Whether something is still to be paid."""
        return self.invoice.sums.owed > 0


@dataclass(frozen=True)
class InvoiceList:
    """The invoices of one contract, or (with None) those that are not paid of all that the reader may see: what is owed
    first, and how many more there are."""

    contract: ContractRef | None
    lines: Sequence[InvoiceLine]
    more: int
    can_change: bool = False


@dataclass(frozen=True)
class InvoiceCard:
    """An invoice with its contract. `is_new`: it was just added."""

    invoice: Invoice
    contract: ContractRef
    is_new: bool = False

    @property
    def line(self) -> InvoiceLine:
        """It as a line of a list."""
        return InvoiceLine(self.invoice, self.contract.reference)


def list_invoices(ctx: ActorContext, typed: str = "") -> InvoiceList:
    """The invoices of a contract that the actor may see, or those of all that are not paid. Raises `UserError`,
    `AmbiguousMatch` or `Denied`."""
    if not typed:
        found = lines(ctx, is_owed())
        return InvoiceList(None, found[:MOST_LISTED], max(len(found) - MOST_LISTED, 0))
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE, _audience_of(ctx))
    found = lines(ctx, col(Contract.id) == contract.id)
    more = max(len(found) - MOST_LISTED, 0)
    return InvoiceList(contract, found[:MOST_LISTED], more, ctx.may(Permission.CHANGE, contract))


def lines(ctx: ActorContext, which: ColumnElement[bool]) -> list[InvoiceLine]:
    """The invoices that satisfy a condition and that the actor may see: what is owed first, by its day; then the
    others, the newest first. One query."""
    rows = ctx.session.execute(
        select(Invoice, col(Contract.reference))
        .join(Contract, col(Contract.id) == col(Invoice.contract_id))
        .where(which, ctx.open_to(Permission.SEE, _audience_of(ctx)))
        .order_by(col(Invoice.valid_on), col(Contract.reference), col(Invoice.number))
    )
    found = [InvoiceLine(row, reference, _days_over(row, ctx.today)) for row, reference in rows]
    return [each for each in found if each.is_owed] + [each for each in reversed(found) if not each.is_owed]


def is_owed() -> ColumnElement[bool]:
    """The condition on an invoice that something of it is still to be paid, and is not disputed."""
    row = Invoice
    settled = func.coalesce(col(row.disputed), NOTHING) + func.coalesce(col(row.paid), NOTHING)
    return col(row.amount) > settled


def contract_to_add_to(ctx: ActorContext, typed: str) -> ContractRef:
    """The contract to which the actor adds an invoice. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return contract_lookup.contract_for(ctx, typed, Permission.CHANGE)


def contract_of_form(ctx: ActorContext, key: str) -> ContractRef:
    """The contract of the form for a new invoice. Raises `UserError` or `Denied`."""
    return contract_lookup.contract_by_key(ctx, key, Permission.CHANGE)


def invoice_to_change(ctx: ActorContext, key: str, *, locked: bool = False) -> InvoiceCard:
    """The invoice of a button or form, for the actor to change. Raises `UserError` or `Denied`."""
    row = by_key(ctx.session, Invoice, key, locked=locked)
    if row is None:
        raise UserError("This invoice is no longer in the record, so nothing was done. Open the list again.")
    contract = contract_lookup.contract_facts(ctx.session, row.contract_id)
    ctx.require(Permission.CHANGE, contract)
    return InvoiceCard(row, contract)


def add_invoice(ctx: ActorContext, contract: ContractRef, record: InvoiceRecord) -> InvoiceCard:
    """Add an invoice of a contract. Raises `UserError`, with its form field, or `Denied`."""
    ctx.require(Permission.CHANGE, contract)
    hold(ctx, contract)
    _check(ctx, contract, record)
    _check_number(ctx, contract, record.number)
    row = Invoice(contract_id=contract.id, **_columns(record))
    with asked_from_today(ctx, contract.id, record.period):
        ctx.session.add(row)
    ctx.record(
        ADDED,
        _subject(contract, row),
        contract_id=contract.id,
        changes={"amount": ["nothing", format_money(row.amount)]},
    )
    return InvoiceCard(row, contract, is_new=True)


def change_invoice(ctx: ActorContext, key: str, record: InvoiceRecord) -> InvoiceCard:
    """Change an invoice: what was approved, disputed and paid of it. Raises `UserError`, `Denied` or
    `EditConflict`."""
    card = invoice_to_change(ctx, key)
    hold(ctx, card.contract)
    card = invoice_to_change(ctx, key, locked=True)
    row, contract = card.invoice, card.contract
    edit_conflicts.check(ctx, _subject(contract, row), CHANGED)
    _check(ctx, contract, record)
    if name_key(record.number) != name_key(row.number):
        _check_number(ctx, contract, record.number)
    subject = _subject(contract, row)
    with asked_from_today(ctx, contract.id, *{Month.parse(row.period), record.period}):
        made = apply(row, _columns(record))
    if made:
        ctx.record(CHANGED, subject, contract_id=contract.id, changes=made)
    return InvoiceCard(row, contract)


def _audience_of(ctx: ActorContext) -> Audience:
    """As which reader the actor sees a contract."""
    return Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED


def _days_over(row: Invoice, today: date) -> int:
    return max((today - payable_by(row.valid_on)).days, 0) if row.sums.owed > 0 else 0


def _subject(contract: ContractRef, row: Invoice) -> str:
    return f"{contract.reference}, invoice {row.number}"


def _columns(record: InvoiceRecord) -> dict[str, Any]:
    """The fields of the form as columns of the table."""
    values = {InvoiceRecord.column(each.name): getattr(record, each.name) for each in InvoiceRecord.form_fields()}
    return {**values, "period": record.period.key}


def _check(ctx: ActorContext, contract: ContractRef, record: InvoiceRecord) -> None:
    check_month(ctx, contract, record.period)
    for name in InvoiceRecord.have_been:
        day = getattr(record, name)
        if day is not None and day > ctx.days.last:
            raise UserError(f"{format_date(day)} has not come yet. Enter today or earlier.", field=name)
    entered = select(Spend).where(col(Spend.contract_id) == contract.id, col(Spend.period) == record.period.key)
    check_no_sums(ctx.session.scalar(entered), record.period, contract.reference)


def _check_number(ctx: ActorContext, contract: ContractRef, number: str) -> None:
    numbers = ctx.session.scalars(select(col(Invoice.number)).where(col(Invoice.contract_id) == contract.id))
    if name_key(number) in {name_key(each) for each in numbers}:
        raise UserError("The contract has an invoice of this number. Change that one instead.", field="number")
