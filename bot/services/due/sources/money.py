"""The invoices that the department is to pay, and the months whose variance asks for a reason."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.invoices import PAID_WITHIN, payable_by
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import duty_missed
from bot.domain.wording import format_money
from bot.models import Audience, Contract, Invoice, Spend
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource, LateContract, LateRule
from bot.services.money import invoices, months
from bot.services.unit_of_work import UnitOfWork

SAY_WHY = DueForm("spend_open", "Say why", (Permission.CHANGE,))
SETTLE = DueForm("invoice_open", "Change the invoice", (Permission.CHANGE,))
EXPLAINED_WITHIN = 5  # working days in which somebody says why a month varies from its profile


@built_once
def _to_pay(contracts: ColumnElement[bool], which: Selection) -> Select[Invoice]:
    row = Invoice
    return (
        select(row)
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, which.opened(invoices.is_owed()))
        .where(which.of(col(row.id), col(row.contract_id), col(row.valid_on), PAID_WITHIN))
    )


def _invoices(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    return [_invoice(row) for row in work.session.scalars(_to_pay(scope.contracts, which), parameters(scope, which))]


def _invoice(row: Invoice) -> DueItem:
    owed = row.sums.owed
    return DueItem(
        kind=DueKind.INVOICE,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Pay invoice {row.number}: {format_money(owed or row.amount)}",
        due_on=payable_by(row.valid_on),
        key=row.public_id,
        audience=Audience.INTERNAL,
        done_on=None if owed else row.paid_on or row.valid_on,
        is_movable=False,
    )


@built_once
def _unexplained(contracts: ColumnElement[bool], which: Selection) -> ColumnElement[bool]:
    return and_(contracts, col(Spend.reason) == "", which.computed(col(Spend.id)))


def _variances(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    unexplained = ContractScope(_unexplained(scope.contracts, which), parameters(scope, which))
    lines = months.varying(work.session, unexplained, work.today)
    ids = {line.row.contract_id for line in lines if line.row}
    facts = select(Contract).where(col(Contract.id).in_(ids))
    of_id = {each.id: each for each in work.session.scalars(facts)} if ids else {}
    found = [_variance(work, line, line.row, of_id[line.row.contract_id]) for line in lines if line.row]
    return [each for each in found if which.holds(each.subject_id, each.contract_id, each.due_on)]


def _variance(work: UnitOfWork, line: months.SpendLine, row: Spend, contract: Contract) -> DueItem:
    """The days count from when the sums were entered or the month was over, whichever came last."""
    month = line.month
    since = max(row.entered_on, month.end) if line.of_month.is_over else row.entered_on
    return DueItem(
        kind=DueKind.VARIANCE,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Say why {month} varies from its profile",
        due_on=work.calendar.of(contract.nation).add_working_days(since, EXPLAINED_WITHIN),
        key=f"{contract.public_id} {month.key}",
        audience=Audience.INTERNAL,
        is_movable=False,
    )


def _unpaid(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    return duty_missed(item.due_on, today, contract.calendar)


INVOICES = DueSource(
    kind=DueKind.INVOICE,
    find=_invoices,
    among=select(col(Invoice.contract_id)),
    rule=ReminderRule((10, 2, 0), late_every=5),
    audience=Audience.INTERNAL,
    form=SETTLE,
    late=LateRule(Subject.INVOICE, _unpaid),
)
VARIANCES = DueSource(
    kind=DueKind.VARIANCE,
    find=_variances,
    among=select(col(Spend.contract_id)).where(col(Spend.reason) == ""),
    rule=ReminderRule((2, 0), late_every=5),
    audience=Audience.INTERNAL,
    form=SAY_WHY,
)
