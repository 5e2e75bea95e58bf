"""The rectification plans that a partner still owes, and those on which the department is to decide.

The department is reminded of both, and notes what became of them.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import NationCalendar
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.plan_cycle import DECIDED_WITHIN, PLAN, PlanEvent
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import plan_missed
from bot.models import Contract, Party, RectificationPlan
from bot.services.due.selection import Selection
from bot.services.due.source import DueForm, DueItem, DueSource, LateContract, LateRule
from bot.services.unit_of_work import UnitOfWork

AWAITED = PLAN.states_with(PlanEvent.RECEIVED)  # the partner owes one
TO_DECIDE = PLAN.states_with(PlanEvent.ACCEPTED)  # the department owes its decision
FORM = DueForm("plan_open", "Update the plan", (Permission.CHANGE, Permission.DECLARE_FAILED))


def _find(work: UnitOfWork, contracts: ColumnElement[bool], which: Selection) -> Sequence[DueItem]:
    plan = RectificationPlan
    due = which.of(col(plan.id), col(plan.contract_id), col(plan.due_on))
    is_open = or_(
        and_(which.opened(col(plan.status).in_(AWAITED)), due),
        and_(col(plan.status).in_(TO_DECIDE), which.computed(col(plan.id))),
    )
    rows = work.session.execute(
        select(plan, col(Contract.nation))
        .join(Contract, col(Contract.id) == col(plan.contract_id))
        .where(contracts, is_open)
    )
    items = (_item(row, work.calendar.of(nation)) for row, nation in rows)
    return [item for item in items if which.holds(item.subject_id, item.contract_id, item.due_on)]


def _item(row: RectificationPlan, calendar: NationCalendar) -> DueItem:
    to_decide = row.status in TO_DECIDE
    is_open = to_decide or row.status in AWAITED
    return DueItem(
        kind=DueKind.PLAN,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Decide on the rectification plan: {row.title}" if to_decide else f"Rectification plan: {row.title}",
        label=f"Decision of the department on the rectification plan: {row.title}"
        if to_decide
        else f"Rectification plan, {row.status}: {row.title}",
        due_on=_decide_by(row, calendar) if to_decide else row.due_on,
        key=row.public_id,
        owed_by=Party.DEPARTMENT if to_decide else Party.PARTNER,
        done_on=None if is_open else row.status_on or row.due_on,
        is_movable=not to_decide,
    )


def _decide_by(row: RectificationPlan, calendar: NationCalendar) -> date:
    """The day by which the department decides."""
    return calendar.add_working_days(row.received_on or row.due_on, DECIDED_WITHIN)


def _move(work: UnitOfWork, subject_id: int, until: date) -> None:
    work.session.get_one(RectificationPlan, subject_id).due_on = until


def _late(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    """Only the partner's plan is escalated as missing."""
    return plan_missed(item.due_on, today) if item.owed_by is Party.PARTNER else []


PLANS = DueSource(
    kind=DueKind.PLAN,
    find=_find,
    rule=ReminderRule((5, 1, 0), late_every=2),
    is_term=True,
    form=FORM,
    move=_move,
    late=LateRule(Subject.PLAN, _late),
)
