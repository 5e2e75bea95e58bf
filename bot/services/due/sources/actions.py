"""The open actions, but those of findings. A partner sees those of its own people alone."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule
from bot.models import ActionItem, Audience, Contract, Party, Person
from bot.scopes import ContractScope, built_once
from bot.services.actions import actions
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.unit_of_work import ActorContext, UnitOfWork


@built_once
def _statement(contracts: ColumnElement[bool], which: Selection) -> Select[ActionItem, str, bool]:
    is_partners = col(Person.organisation_id) == col(Contract.partner_id)
    return (
        select(ActionItem, col(Person.name), is_partners)
        .join(Person, col(Person.id) == col(ActionItem.owner_id))
        .join(Contract, col(Contract.id) == col(ActionItem.contract_id))
        .where(contracts, which.owned(col(ActionItem.owner_id)), which.opened(col(ActionItem.done_on).is_(None)))
        .where(col(ActionItem.finding_id).is_(None))
        .where(which.of(col(ActionItem.id), col(ActionItem.contract_id), col(ActionItem.due_on)))
    )


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.execute(_statement(scope.contracts, which), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.ACTION,
            subject_id=row.id,
            contract_id=row.contract_id,
            what=f"{row.reference} {row.what}",
            label=f"{row.reference} {owner}: {row.what}",
            due_on=row.due_on,
            key=row.public_id,
            owed_by=Party.PARTNER if theirs else Party.DEPARTMENT,
            owner_id=row.owner_id,
            audience=Audience.SHARED if theirs else Audience.INTERNAL,
            done_on=row.done_on,
            closed_by_another=row.closed_by_another,
        )
        for row, owner, theirs in rows
    ]


def _complete(ctx: ActorContext, subject_id: int) -> None:
    actions.close_action(ctx, f"A-{subject_id}")


def _move(ctx: ActorContext, subject_id: int, until: date) -> None:
    actions.move_to(ctx, ctx.session.get_one(ActionItem, subject_id), until)


ACTIONS = DueSource(
    kind=DueKind.ACTION,
    find=_find,
    among=select(col(ActionItem.contract_id)).where(col(ActionItem.done_on).is_(None)),
    rule=ReminderRule((2, 0), late_every=2),
    is_personal=True,
    has_owner=True,
    act=DueForm("action_done", "Done", (Permission.LOG_CONTACT,)),
    complete=_complete,
    move=_move,
    pass_on=lambda subject_id: f"/action reassign A-{subject_id} and a name",
)
