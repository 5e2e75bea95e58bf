"""The next visit to each contract in delivery, while none is planned."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.audit_cycle import TO_HOLD, months_between_visits, visit_due
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule
from bot.models import Audience, Audit, Contract
from bot.services.audits.visits import counted_from, is_visited
from bot.services.due.selection import Column, Selection
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.unit_of_work import UnitOfWork

FORM = DueForm("audit_new", "Plan a visit", (Permission.AUDIT,))


def _find(work: UnitOfWork, contracts: ColumnElement[bool], which: Selection) -> Sequence[DueItem]:
    here, since = and_(contracts, is_visited(work.today)), counted_from()
    planned = exists().where(col(Audit.contract_id) == col(Contract.id), col(Audit.state).in_(TO_HOLD))
    rows = work.session.execute(
        select(col(Contract.id), col(Contract.public_id), col(Contract.tier), col(Contract.visit_months), since)
        .where(here, ~planned)
        .where(_within_its_months(work, here, which, since))
    )
    items = [
        _item(key, public_id, visit_due(day, months_between_visits(tier, own)))
        for key, public_id, tier, own, day in rows
    ]
    return [item for item in items if which.holds(item.subject_id, item.contract_id, item.due_on)]


def _within_its_months(
    work: UnitOfWork, here: ColumnElement[bool], which: Selection, since: Column
) -> ColumnElement[bool]:
    """The condition of a selection, for each tier and number of months that contracts have. One query."""
    tier, own, key = func.lower(col(Contract.tier)), col(Contract.visit_months), col(Contract.id)
    months = work.session.execute(select(tier, own).where(here).distinct())
    return or_(
        false(),
        *(
            and_(
                tier == name,
                own.is_not_distinct_from(number),
                which.months_after(key, key, since, months_between_visits(name, number)),
            )
            for name, number in months
        ),
    )


def _item(contract_id: int, key: str, due_on: date) -> DueItem:
    return DueItem(
        kind=DueKind.VISIT,
        subject_id=contract_id,
        contract_id=contract_id,
        what="Plan the next visit",
        due_on=due_on,
        key=key,
        audience=Audience.INTERNAL,
    )


VISITS = DueSource(
    kind=DueKind.VISIT,
    find=_find,
    rule=ReminderRule((20, 10, 0), late_every=10),  # the partner usually has 10 working days of notice
    audience=Audience.INTERNAL,
    is_personal=True,
    form=FORM,
)
