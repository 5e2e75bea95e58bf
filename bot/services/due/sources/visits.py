"""The next visit to each contract in delivery, while none is planned."""

from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.access import Permission
from bot.domain.audit_cycle import TO_HOLD, VISITED_EVERY, VISITED_EVERY_ELSE, months_between_visits, visit_due
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule
from bot.models import Audience, Audit, Contract
from bot.scopes import ContractScope, built_once
from bot.services.audits.visits import is_visited, known_from
from bot.services.due.selection import Column, Selection, on_the_later, parameters
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.unit_of_work import UnitOfWork

FORM = DueForm("audit_new", "Plan a visit", (Permission.AUDIT,))


@built_once
def _statements(
    contracts: ColumnElement[bool], which: Selection, own_months: tuple[int, ...], today: date
) -> Sequence[Select[*tuple[Any, ...]]]:
    """Of the contracts that were visited, the last time; and of the others, the day from which it counts."""
    held, other = col(Audit.held_on), aliased(Audit)
    of_it, others = (col(each.contract_id) == col(Contract.id) for each in (Audit, other))
    columns = (col(Contract.id), col(Contract.public_id), col(Contract.tier), col(Contract.visit_months))
    here = and_(contracts, is_visited(today), ~exists().where(others, col(other.state).in_(TO_HOLD)))
    within = partial(_within_its_months, which, _months(own_months))
    last = ~exists().where(others, col(other.held_on) > held)
    was_held = held.is_not(None)
    visited = select(*columns, held).join(Audit, of_it).where(here, was_held, last, within(held)).distinct()
    never = (
        select(*columns, known_from())
        .where(here, ~exists().where(others, col(other.held_on).is_not(None)))
        .where(on_the_later(col(Contract.start_date), col(Contract.registered_on), within))
    )
    return visited, never


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    items = [
        _item(key, public_id, visit_due(day, months_between_visits(tier, own)))
        for statement in _statements(scope.contracts, which, _own_months(work), work.today)
        for key, public_id, tier, own, day in work.session.execute(statement, parameters(scope, which))
    ]
    return [item for item in items if which.holds(item.subject_id, item.contract_id, item.due_on)]


def _months(own_months: Sequence[int]) -> Sequence[tuple[ColumnElement[bool], int]]:
    """Which contracts are visited within how many months: those of a tier, and those with months of their own."""
    tier, own = func.lower(col(Contract.tier)), col(Contract.visit_months)
    others = and_(own.is_(None), tier.not_in(VISITED_EVERY)), VISITED_EVERY_ELSE
    of_tiers = [(and_(own.is_(None), tier == name), months) for name, months in VISITED_EVERY.items()]
    return [others, *of_tiers, *((own == months, months) for months in own_months)]


@cache
def _each_once() -> Select[int]:
    own = col(Contract.visit_months)
    found = select(func.min(own).label("months")).where(own.is_not(None)).cte("found", recursive=True)
    following = select(func.min(own)).where(own.is_not(None), own > found.c.months).scalar_subquery()
    each = found.union_all(select(following).where(found.c.months.is_not(None)))
    return select(each.c.months).where(each.c.months.is_not(None))


def _own_months(work: UnitOfWork) -> tuple[int, ...]:
    """The months that contracts have of their own, each once: from one to the next in the index, past the contracts
    that have the same. One query."""
    return tuple(work.session.scalars(_each_once()))


def _within_its_months(
    which: Selection, months: Sequence[tuple[ColumnElement[bool], int]], since: Column
) -> ColumnElement[bool]:
    key = col(Contract.id)
    return or_(*(and_(some, which.months_after(key, key, since, number)) for some, number in months))


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
