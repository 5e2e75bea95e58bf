"""What either side owes the other: whose it is in words, when the department's is escalated, and what it is to confirm
once somebody has said that it is done."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import Nation
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.owed_cycle import CONFIRMED_WITHIN, OwedState
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import duty_missed
from bot.models import Audience, Contract, Milestone, Obligation, Party
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import Among, DueForm, DueItem, DueSource, LateContract, LateRule
from bot.services.unit_of_work import UnitOfWork

OwedModel = type[Milestone] | type[Obligation]

FORM = DueForm("owed_open", "Done", (Permission.REPORT_PROGRESS,), Audience.SHARED, says_done=True)
TO_CONFIRM = DueForm("owed_open", "Confirm", (Permission.CHANGE,))


def is_owed(source: DueSource) -> bool:
    """Whether its records are what one side owes the other, open or to be confirmed."""
    return source.form in (FORM, TO_CONFIRM)


def of_side(party: Party) -> str:
    """Whose it is, in words that both sides can read."""
    return f"of the {party}"


def is_open(model: OwedModel) -> ColumnElement[bool]:
    """The condition that it is not met, and nobody has said that it is done."""
    return and_(col(model.met_on).is_(None), col(model.said_on).is_(None))


def among(model: OwedModel) -> Among:
    """The contracts on which some of them are not met."""
    return select(col(model.contract_id)).where(col(model.met_on).is_(None))


def said_on(row: Milestone | Obligation) -> date | None:
    """The day on which somebody said that it is done, while that is not confirmed."""
    return row.said_on if row.state is OwedState.SAID_DONE else None


def late_duty(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    """Only what the department owes is escalated."""
    if item.owed_by is not Party.DEPARTMENT:
        return []
    return duty_missed(item.due_on, today, contract.calendar)


def to_confirm(kind: DueKind, model: OwedModel, subject: Subject) -> DueSource:
    """What somebody said to be done: the department owes its answer some working days after they said so."""

    @built_once
    def statement(contracts: ColumnElement[bool], which: Selection) -> Select[Any, Nation]:
        return (
            select(model, col(Contract.nation))
            .join(Contract, col(Contract.id) == col(model.contract_id))
            .where(contracts, col(model.said_on).is_not(None), col(model.met_on).is_(None))
            .where(col(model.ended_on).is_(None), which.computed(col(model.id)))
        )

    def find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
        rows = work.session.execute(statement(scope.contracts, which), parameters(scope, which))
        items = [
            _to_confirm(kind, row, work.calendar.of(nation).add_working_days(row.said_on, CONFIRMED_WITHIN))
            for row, nation in rows
        ]
        return [item for item in items if which.holds(item.subject_id, item.contract_id, item.due_on)]

    return DueSource(
        kind=kind,
        find=find,
        among=among(model),
        rule=ReminderRule((1, 0), late_every=2),
        form=TO_CONFIRM,
        late=LateRule(subject, late_duty),
    )


def _to_confirm(kind: DueKind, row: Milestone | Obligation, confirm_by: date) -> DueItem:
    return DueItem(
        kind=kind,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Confirm that it is done: {row.name}",
        label=f"For the department to confirm: {row.name}",
        due_on=confirm_by,
        key=row.public_id,
        since=row.said_on,
    )
