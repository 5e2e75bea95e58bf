"""The rectification plans that a partner still owes, those on which the department is to decide, the shortfalls that
are to be put right by a day without a plan, and the notices of plans that failed.

The department is reminded of all, and notes what became of them.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import NationCalendar
from bot.domain.due_kinds import DueKind
from bot.domain.duties import NOTICE_WITHIN
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.plan_cycle import BEFORE_PLAN, PLAN, PlanEvent, PlanStatus
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import duty_missed, plan_missed
from bot.models import Audience, Contract, Party, RectificationPlan
from bot.scopes import ContractScope, built_once
from bot.services.due.contract_duties import has_act_duties
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource, LateContract, LateRule
from bot.services.unit_of_work import UnitOfWork

AWAITED = PLAN.states_with(PlanEvent.RECEIVED)  # the partner owes one
TO_DECIDE = PLAN.states_with(PlanEvent.ACCEPTED)  # the department owes its decision
SEND = DueForm("plan_send", "Send the plan", (Permission.SUBMIT_PLAN,), Audience.SHARED)
FORM = DueForm("plan_open", "Update the plan", (Permission.CHANGE, Permission.DECLARE_FAILED))


@built_once
def _open(contracts: ColumnElement[bool], which: Selection) -> Select[RectificationPlan, Contract]:
    plan = RectificationPlan
    due = which.of(col(plan.id), col(plan.contract_id), col(plan.due_on))
    is_open = or_(
        and_(which.opened(col(plan.status).in_(AWAITED | BEFORE_PLAN)), col(plan.due_on).is_not(None), due),
        and_(col(plan.status).in_(TO_DECIDE), which.computed(col(plan.id))),
    )
    return select(plan, Contract).join(Contract, col(Contract.id) == col(plan.contract_id)).where(contracts, is_open)


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.execute(_open(scope.contracts, which), parameters(scope, which))
    items = [
        _item(row, due_on, contract, work.calendar.of(contract.nation))
        for row, contract in rows
        if (due_on := row.due_on) is not None
    ]
    return [item for item in items if which.holds(item.subject_id, item.contract_id, item.due_on)]


def _item(row: RectificationPlan, due_on: date, contract: Contract, calendar: NationCalendar) -> DueItem:
    if row.status in BEFORE_PLAN:
        return _improvement(row, due_on)
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
        due_on=calendar.add_working_days(row.received_on or due_on, contract.plan_decide_days) if to_decide else due_on,
        key=row.public_id,
        owed_by=Party.DEPARTMENT if to_decide else Party.PARTNER,
        done_on=None if is_open else row.status_on or due_on,
        is_movable=not to_decide,
    )


def _improvement(row: RectificationPlan, due_on: date) -> DueItem:
    """A shortfall to be put right by a day, without a plan; the partner knows of it once it was given notice."""
    return DueItem(
        kind=DueKind.PLAN,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Check whether it is put right: {row.title}",
        label=f"Check of the department whether it is put right: {row.title}",
        due_on=due_on,
        key=row.public_id,
        audience=Audience.SHARED if row.status is PlanStatus.NOTICE else Audience.INTERNAL,
    )


@built_once
def _failed(contracts: ColumnElement[bool], which: Selection) -> Select[RectificationPlan, Contract]:
    plan = RectificationPlan
    return (
        select(plan, Contract)
        .join(Contract, col(Contract.id) == col(plan.contract_id))
        .where(contracts, col(plan.status) == PlanStatus.FAILED, col(plan.status_on).is_not(None))
        .where(which.opened(col(plan.notice_on).is_(None)))
        .where(which.of(col(plan.id), col(plan.contract_id), col(plan.status_on), NOTICE_WITHIN.days))
    )


def _notices(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    """The notices of plans that failed on a known day, on contracts on which the Act asks for one."""
    rows = work.session.execute(_failed(scope.contracts, which), parameters(scope, which))
    return [
        _notice(row, row.status_on + NOTICE_WITHIN)
        for row, contract in rows
        if row.status_on is not None and has_act_duties(contract)
    ]


def _notice(row: RectificationPlan, due_on: date) -> DueItem:
    what = f"Publish the performance notice (UK9) of the failed plan: {row.title}"
    return DueItem(
        kind=DueKind.PLAN_NOTICE,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=what,
        due_on=due_on,
        key=row.public_id,
        audience=Audience.INTERNAL,
        done_on=row.notice_on,
    )


def _move(work: UnitOfWork, subject_id: int, until: date) -> None:
    work.session.get_one(RectificationPlan, subject_id).due_on = until


def _late(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    """The partner's plan is escalated as missing, and what the department is to decide or check as a duty of its own:
    silence never approves."""
    if item.owed_by is Party.PARTNER:
        return plan_missed(item.due_on, today)
    return duty_missed(item.due_on, today, contract.calendar)


PLANS = DueSource(
    kind=DueKind.PLAN,
    find=_find,
    among=select(col(RectificationPlan.contract_id)),
    rule=ReminderRule((5, 1, 0), late_every=2),
    is_term=True,
    form=FORM,
    act=SEND,
    move=_move,
    late=LateRule(Subject.PLAN, _late),
)
PLAN_NOTICES = DueSource(
    kind=DueKind.PLAN_NOTICE,
    find=_notices,
    among=select(col(RectificationPlan.contract_id)).where(col(RectificationPlan.notice_on).is_(None)),
    rule=ReminderRule((10, 5, 1, 0), late_every=2),
    audience=Audience.INTERNAL,
    ahead=NOTICE_WITHIN,
    form=DueForm("plan_notice_open", "Notice dealt with", (Permission.CHANGE,)),
)
