"""The monthly reviews of interventions, by who leads each."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule
from bot.models import Audience, Contract, Intervention
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.unit_of_work import UnitOfWork

FORM = DueForm("intervention_open", "Review the intervention", (Permission.INTERVENE,))


@built_once
def _statement(contracts: ColumnElement[bool], which: Selection) -> Select[Intervention]:
    row = Intervention
    return (
        select(row)
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, which.owned(col(row.lead_id)), which.opened(col(row.left_on).is_(None)))
        .where(which.of(col(row.id), col(row.contract_id), col(row.review_on)))
    )


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    return [_item(row) for row in work.session.scalars(_statement(scope.contracts, which), parameters(scope, which))]


def _item(row: Intervention) -> DueItem:
    return DueItem(
        kind=DueKind.INTERVENTION,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Review the intervention at {row.called}",
        due_on=row.review_on,
        key=row.public_id,
        owner_id=row.lead_id,
        audience=Audience.INTERNAL,
        done_on=row.left_on,
    )


INTERVENTIONS = DueSource(
    kind=DueKind.INTERVENTION,
    find=_find,
    among=select(col(Intervention.contract_id)).where(col(Intervention.left_on).is_(None)),
    rule=ReminderRule((2, 0), late_every=5),
    audience=Audience.INTERNAL,
    has_owner=True,
    form=FORM,
)
