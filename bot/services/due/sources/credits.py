"""The service credits on which a partner may comment, and those on which the department is to decide.

A credit is in one of the two at a time. Silence until the last day for a comment leaves the decision to the department.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import Nation, NationCalendar
from bot.domain.credit_cycle import COMMENT_WITHIN, DECIDED_WITHIN, CreditState
from bot.domain.due_kinds import DueKind
from bot.domain.periods import Month
from bot.domain.reminders import ReminderRule
from bot.domain.wording import format_money
from bot.models import Audience, Contract, Party, ServiceCredit
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.unit_of_work import UnitOfWork

_WAITS = (CreditState.PROPOSED, CreditState.SENT, CreditState.COMMENTED)


def _comments(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    found = [_item(row, due_on) for row, _, due_on in _open(work, scope, which) if due_on and due_on >= work.today]
    return [each for each in found if which.holds(each.subject_id, each.contract_id, each.due_on)]


def _decisions(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    found = []
    for row, calendar, comment_by in _open(work, scope, which):
        since = _waits_since(row, comment_by, work.today)
        if since is not None and row.worth:
            found.append(_decision(row, calendar.add_working_days(since, DECIDED_WITHIN)))
    return [each for each in found if which.holds(each.subject_id, each.contract_id, each.due_on)]


@built_once
def _statement(contracts: ColumnElement[bool], which: Selection) -> Select[ServiceCredit, Nation]:
    return (
        select(ServiceCredit, col(Contract.nation))
        .join(Contract, col(Contract.id) == col(ServiceCredit.contract_id))
        .where(contracts, col(ServiceCredit.state).in_(_WAITS), which.computed(col(ServiceCredit.id)))
    )


def _open(
    work: UnitOfWork, scope: ContractScope, which: Selection
) -> Sequence[tuple[ServiceCredit, NationCalendar, date | None]]:
    """The credits that wait for one of the sides, each with the last day for a comment, while one may come."""
    rows = work.session.execute(_statement(scope.contracts, which), parameters(scope, which))
    found = []
    for row, nation in rows:
        calendar = work.calendar.of(nation)
        may_come = row.state is CreditState.SENT and row.reached_on is not None
        comment_by = calendar.add_working_days(row.reached_on, COMMENT_WITHIN) if may_come else None
        found.append((row, calendar, comment_by))
    return found


def _waits_since(row: ServiceCredit, comment_by: date | None, today: date) -> date | None:
    """The day since which the department can decide; None while it cannot."""
    if row.state is CreditState.PROPOSED:
        return row.proposed_on
    if row.state is CreditState.COMMENTED:
        return row.commented_on
    return comment_by if comment_by and comment_by < today else None


def _item(row: ServiceCredit, due_on: date) -> DueItem:
    return DueItem(
        kind=DueKind.CREDIT,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Comment on the service credit for {Month.parse(row.period)}, if you wish: {format_money(row.amount)}",
        label=f"Comment of the partner on the service credit for {Month.parse(row.period)}",
        due_on=due_on,
        key=row.public_id,
        owed_by=Party.PARTNER,
        reminded=Party.PARTNER,
        is_movable=False,
    )


def _decision(row: ServiceCredit, due_on: date) -> DueItem:
    return DueItem(
        kind=DueKind.CREDIT_DECISION,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Decide on the service credit for {Month.parse(row.period)}: {format_money(row.worth)}",
        due_on=due_on,
        key=row.public_id,
        audience=Audience.INTERNAL,
        is_movable=False,
    )


_WAIT = select(col(ServiceCredit.contract_id)).where(col(ServiceCredit.state).in_(_WAITS))
CREDITS = DueSource(
    kind=DueKind.CREDIT,
    find=_comments,
    among=_WAIT,
    rule=ReminderRule((1, 0)),
    reminded=Party.PARTNER,
    form=DueForm("credit_comment", "Comment", (Permission.COMMENT_CREDIT,), Audience.SHARED),
)
CREDIT_DECISIONS = DueSource(
    kind=DueKind.CREDIT_DECISION,
    find=_decisions,
    among=_WAIT,
    rule=ReminderRule((1, 0), late_every=2),
    audience=Audience.INTERNAL,
    form=DueForm("credit_decide", "Decide", (Permission.CHANGE, Permission.WAIVE_CREDIT)),
)
