"""The reviews of open risks."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule
from bot.models import Audience, Contract, Risk, RiskStatus
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.unit_of_work import UnitOfWork

REVIEW = DueForm("risk_review", "Review it", (Permission.MANAGE_RISK,))


@built_once
def _statement(contracts: ColumnElement[bool], which: Selection) -> Select[Risk]:
    return (
        select(Risk)
        .join(Contract, col(Contract.id) == col(Risk.contract_id))
        .where(
            contracts,
            col(Risk.status) == RiskStatus.OPEN,
            which.owned(col(Risk.owner_id)),
            which.of(col(Risk.id), col(Risk.contract_id), col(Risk.review_on)),
        )
    )


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.scalars(_statement(scope.contracts, which), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.RISK_REVIEW,
            subject_id=row.id,
            contract_id=row.contract_id,
            what=f"Review {row.reference} {row.title}",
            due_on=row.review_on,
            key=row.public_id,
            owner_id=row.owner_id,
            audience=Audience.INTERNAL,
        )
        for row in rows
    ]


def _move(work: UnitOfWork, subject_id: int, until: date) -> None:
    work.session.get_one(Risk, subject_id).review_on = until


RISK_REVIEWS = DueSource(
    kind=DueKind.RISK_REVIEW,
    find=_find,
    among=select(col(Risk.contract_id)).where(col(Risk.status) == RiskStatus.OPEN),
    rule=ReminderRule((5, 0), late_every=5),
    audience=Audience.INTERNAL,
    is_personal=True,
    has_owner=True,
    form=REVIEW,
    move=_move,
    pass_on=lambda subject_id: f"/risk owner R-{subject_id} and a name",
)
