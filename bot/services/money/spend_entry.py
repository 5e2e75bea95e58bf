"""Entering the spend of a month: by a line or by a form."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import SQLModel, col

from bot.access import ContractRef, Permission
from bot.domain.periods import Month, parse_month
from bot.domain.spend_line import SpendTyped
from bot.domain.wording import format_money
from bot.errors import UserError
from bot.models import Contract, Spend
from bot.records import SpendRecord, problems
from bot.services import changes, edit_conflicts
from bot.services.lookup import contracts as contract_lookup
from bot.services.money.months import SpendLine, months_of
from bot.services.money.proposals import propose
from bot.services.unit_of_work import ActorContext, UnitOfWork

ENTERED = "spend entered"
OF_INVOICES = ("invoiced", "approved", "disputed", "paid")
LONGEST_WHY = 300


@dataclass(frozen=True)
class MonthCard:
    """A month of a contract's spend. `changed`: the last entry changed something."""

    contract: ContractRef
    line: SpendLine
    changed: bool = False

    @property
    def key(self) -> str:
        """What a button or form about it carries."""
        return f"{self.contract.public_id} {self.line.month.key}"

    @property
    def not_asked(self) -> tuple[str, ...]:
        """The fields that its form does not ask, because they are worked out from invoices."""
        return OF_INVOICES if self.line.has_invoices else ()


def month_to_enter(ctx: ActorContext, key: str, period: str) -> MonthCard:
    """The month of a button or form, for the actor to enter. Raises `UserError` or `Denied`."""
    contract = contract_lookup.contract_by_key(ctx, key, Permission.CHANGE)
    month = Month.parse(period)
    check_month(ctx, contract, month)
    return card_of(ctx, contract, month)


def enter_line(ctx: ActorContext, typed: str, said: SpendTyped) -> MonthCard:
    """Keep what a line says of a month; what it does not name stays. Raises `UserError`, `AmbiguousMatch`, `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.CHANGE)
    month = parse_month(said.month, ctx.today)
    line = card_of(ctx, contract, month).line
    if line.has_invoices:
        _check_worked_out(contract, month, said.sums)
    known = SpendRecord.kept_in(line.row) if line.row else {}
    given: dict[str, Any] = {**known, **said.sums, "contract": contract.reference, "period": month}
    if said.reason:
        given["reason"] = said.reason
    try:
        record = SpendRecord.model_validate(given)
    except ValidationError as error:
        name, sentence = problems(error)[0]
        raise UserError(f"{sentence[:1].upper()}{sentence[1:]}", field=name) from None
    return keep_month(ctx, contract, record)


def keep_month(ctx: ActorContext, contract: ContractRef, record: SpendRecord) -> MonthCard:
    """Keep the spend of a month, and propose what its figures earn. Raises `UserError`, `Denied` or `EditConflict`."""
    ctx.require(Permission.CHANGE, contract)
    hold(ctx, contract)
    check_month(ctx, contract, record.period)
    subject = f"{contract.reference}, {record.period}"
    edit_conflicts.check(ctx, subject, ENTERED)
    before = card_of(ctx, contract, record.period)
    if before.line.has_invoices:
        _check_worked_out(contract, record.period, dict(record))
    row = before.line.row or Spend(contract_id=contract.id, period=record.period.key, entered_on=ctx.today)
    with asked_from_today(ctx, contract.id, record.period):
        made = apply(row, {field.name: getattr(record, field.name) for field in SpendRecord.form_fields()})
        if made:
            ctx.session.add(row)
    if made:
        ctx.record(ENTERED, subject, contract_id=contract.id, changes=made, why=row.reason[:LONGEST_WHY])
        propose(ctx, contract)
    return replace(card_of(ctx, contract, record.period), changed=bool(made))


def card_of(work: UnitOfWork, contract: ContractRef, month: Month) -> MonthCard:
    """A month of a contract as it is now."""
    (line,) = months_of(work.session, contract.id, [month], work.today)
    return MonthCard(contract, line)


def hold(work: UnitOfWork, contract: ContractRef) -> None:
    """Keep others from changing the money of a contract meanwhile: a month has entered sums or invoices, not both."""
    work.session.execute(select(col(Contract.id)).where(col(Contract.id) == contract.id).with_for_update())


@contextmanager
def asked_from_today(work: UnitOfWork, contract_id: int, *months: Month) -> Iterator[None]:
    """Change sums: where a month varies by so much only now, a reason is asked for from today."""
    asked = {line.month for line in months_of(work.session, contract_id, months, work.today) if _asks(line)}
    yield
    work.session.flush()
    for line in months_of(work.session, contract_id, months, work.today):
        if line.row and line.month not in asked and _asks(line):
            line.row.entered_on = work.today
    work.session.flush()


def _asks(line: SpendLine) -> bool:
    return line.variance is not None and line.variance.asks_why


def check_month(work: UnitOfWork, contract: ContractRef, month: Month) -> None:
    """Refuse a month outside the longest term of a contract. Raises `UserError`."""
    row = work.session.get_one(Contract, contract.id)
    first, last = Month.of(row.start_date), Month.of(row.longest_end_date)
    if not first <= month <= last:
        raise UserError(
            f"{month} is outside {contract.reference}, which runs from {first} to {last}. Enter a month of it.",
            field="period",
        )


def check_no_sums(row: Spend | None, month: Month, reference: str) -> None:
    """Refuse an invoice for a month whose sums were entered: they would be there twice. Raises `UserError`."""
    entered = [name for name in OF_INVOICES if row and getattr(row, name) is not None]
    if entered:
        emptied = " ".join(f"{name} none" for name in entered)
        raise UserError(
            f"The sums of {month} were entered without invoices, so nothing was done. To let invoices make them, type "
            f"/money spend {reference} {month.key} {emptied} first.",
            field="period",
        )


def _check_worked_out(contract: ContractRef, month: Month, given: Mapping[str, object]) -> None:
    entered = next((name for name in OF_INVOICES if given.get(name) is not None), None)
    if entered:
        raise UserError(
            f"{month} has invoices, and what is {entered} is worked out from them. Change the invoice instead: type "
            f"/money invoices {contract.reference}.",
            field=entered,
        )


def apply(row: SQLModel, values: Mapping[str, object]) -> dict[str, list[str]]:
    """Set columns of a record of money, as `changes.apply` does, and say its sums in pounds."""
    sums = {name: [getattr(row, name), value] for name, value in values.items() if _is_sum(getattr(row, name), value)}
    made = changes.apply(row, values)
    for name, both in sums.items():
        if (label := changes.label(type(row), name)) in made:
            made[label] = ["nothing" if each is None else format_money(each) for each in both]
    return made


def _is_sum(*values: object) -> bool:
    return any(isinstance(each, Decimal) for each in values)
