"""The yearly assessments of performance, on contracts that must have them by law."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import col

from bot.domain.due_kinds import DueKind
from bot.domain.duties import KPI_VALUE, Regime
from bot.domain.reminders import ReminderRule
from bot.models import Audience, Contract
from bot.scopes import ContractScope, built_once
from bot.services.due.contract_duties import assessment_due
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueItem, DueSource
from bot.services.unit_of_work import UnitOfWork


@built_once
def _statement(contracts: ColumnElement[bool], which: Selection, today: date) -> Select[Contract]:
    is_of_act = col(Contract.regime) == Regime.ACT_2023
    return select(Contract).where(
        contracts,
        func.coalesce(col(Contract.value_with_vat_pounds), col(Contract.value_pounds)) > KPI_VALUE,
        col(Contract.end_date) >= today,
        or_(
            and_(is_of_act, which.of(col(Contract.id), col(Contract.id), col(Contract.end_date))),
            and_(is_of_act, which.anniversary(col(Contract.id), col(Contract.start_date))),
        ),
    )


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.scalars(_statement(scope.contracts, which, work.today), parameters(scope, which))
    days = ((contract, assessment_due(contract, work.today)) for contract in rows)
    return [_item(contract, day) for contract, day in days if day and which.holds(contract.id, contract.id, day)]


def _item(contract: Contract, day: date) -> DueItem:
    return DueItem(
        kind=DueKind.ASSESSMENT,
        subject_id=contract.id,
        contract_id=contract.id,
        what="Assess performance for the year (UK9)",
        due_on=day,
        audience=Audience.INTERNAL,
    )


ASSESSMENTS = DueSource(
    kind=DueKind.ASSESSMENT,
    find=_find,
    rule=ReminderRule((60, 20, 5, 0), late_every=None),
    audience=Audience.INTERNAL,
    ahead=timedelta(days=42),  # an assessment takes weeks to agree
)
