"""The obligations of either side that have a day and are not met; and those that the department is to confirm."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Subject
from bot.domain.reminders import ReminderRule
from bot.models import Contract, Obligation
from bot.scopes import ContractScope, built_once
from bot.services.due.duties import FORM, among, is_open, late_duty, of_side, said_on, to_confirm
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueItem, DueSource, LateRule, restating
from bot.services.unit_of_work import UnitOfWork


def in_a_list(row: Obligation) -> str:
    """An obligation in words: whose it is, its clause, how often it comes again, what it is."""
    clause = f" (clause {row.clause})" if row.clause else ""
    often = f", {row.recurs}" if row.recurs else ""
    return f"Obligation {of_side(row.owed_by)}{clause}{often}: {row.name}"


@built_once
def _statement(contracts: ColumnElement[bool], which: Selection) -> Select[Obligation]:
    return (
        select(Obligation)
        .join(Contract, col(Contract.id) == col(Obligation.contract_id))
        .where(contracts, col(Obligation.due_on).is_not(None), col(Obligation.ended_on).is_(None))
        .where(which.opened(is_open(Obligation)))
        .where(which.of(col(Obligation.id), col(Obligation.contract_id), col(Obligation.due_on)))
    )


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.scalars(_statement(scope.contracts, which), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.OBLIGATION,
            subject_id=row.id,
            contract_id=row.contract_id,
            what=row.name,
            label=in_a_list(row),
            due_on=row.due_on,
            key=row.public_id,
            owed_by=row.owed_by,
            reminded=row.owed_by,
            rule=row.rule,
            done_on=row.met_on,
            said_on=said_on(row),
        )
        for row in rows
        if row.due_on is not None
    ]


def _move(work: UnitOfWork, subject_id: int, until: date) -> None:
    record = work.session.get_one(Obligation, subject_id)
    record.keep_next()
    record.due_on, record.rule = until, ""


OBLIGATIONS = (
    DueSource(
        kind=DueKind.OBLIGATION,
        find=_find,
        among=among(Obligation),
        rule=ReminderRule((10, 1, 0), late_every=5),
        is_term=True,
        form=FORM,
        move=_move,
        restate=restating(Obligation, "due_on"),
        late=LateRule(Subject.OBLIGATION, late_duty),
    ),
    to_confirm(DueKind.OBLIGATION_TO_CONFIRM, Obligation, Subject.OBLIGATION),
)
