"""Milestones and deliverables that are not met, and those that the department is to confirm."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Subject
from bot.domain.reminders import ReminderRule
from bot.models import Contract, Milestone, MilestoneKind
from bot.scopes import ContractScope, built_once
from bot.services.due.duties import FORM, among, is_open, late_duty, of_side, said_on, to_confirm
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueItem, DueSource, Find, LateRule, restating
from bot.services.unit_of_work import UnitOfWork


@built_once
def _statement(of: MilestoneKind, contracts: ColumnElement[bool], which: Selection) -> Select[Milestone]:
    return (
        select(Milestone)
        .join(Contract, col(Contract.id) == col(Milestone.contract_id))
        .where(contracts, col(Milestone.kind) == of, col(Milestone.ended_on).is_(None))
        .where(which.opened(is_open(Milestone)))
        .where(which.of(col(Milestone.id), col(Milestone.contract_id), col(Milestone.due_on)))
    )


def _finder(kind: DueKind, of: MilestoneKind) -> Find:
    noun = of.value.capitalize()

    def find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
        rows = work.session.scalars(_statement(of, scope.contracts, which), parameters(scope, which))
        return [
            DueItem(
                kind=kind,
                subject_id=row.id,
                contract_id=row.contract_id,
                what=row.name,
                label=f"{noun} {of_side(row.owed_by)}: {row.name}",
                due_on=row.due_on,
                key=row.public_id,
                owed_by=row.owed_by,
                reminded=row.owed_by,
                rule=row.rule,
                done_on=row.met_on,
                said_on=said_on(row),
            )
            for row in rows
        ]

    return find


def _move(work: UnitOfWork, subject_id: int, until: date) -> None:
    record = work.session.get_one(Milestone, subject_id)
    record.due_on, record.rule = until, ""


def _source(kind: DueKind, of: MilestoneKind, rule: ReminderRule) -> DueSource:
    return DueSource(
        kind=kind,
        find=_finder(kind, of),
        among=among(Milestone),
        rule=rule,
        is_term=True,
        form=FORM,
        move=_move,
        restate=restating(Milestone, "due_on"),
        late=LateRule(Subject.MILESTONE, late_duty),
    )


MILESTONES = (
    _source(DueKind.MILESTONE, MilestoneKind.MILESTONE, ReminderRule((10, 5, 1, 0), late_every=2)),
    _source(DueKind.DELIVERABLE, MilestoneKind.DELIVERABLE, ReminderRule((10, 5, 1, 0), late_every=2)),
    to_confirm(DueKind.MILESTONE_TO_CONFIRM, Milestone, Subject.MILESTONE),
)
