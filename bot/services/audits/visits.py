"""When contracts are visited next, and the plan of the year.

It is so many months after the last visit; without one, after the start, or after the day the contract came into the
register: what was visited before that, nobody has recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.audit_cycle import TO_HOLD, months_between_visits, visit_due
from bot.domain.stages import TALKED_WITH
from bot.models import Audit, Contract
from bot.services.unit_of_work import ActorContext

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class VisitDue:
    """A contract that is due a visit: the last one, the day by which the next is due, and the one that is planned.
    `months` are those between two visits, where they are its own and not those of its tier."""

    contract: str
    title: str
    tier: str
    last: date | None
    due_on: date
    planned: date | None
    is_overdue: bool
    months: int | None = None


@dataclass(frozen=True)
class YearPlan:
    """The visits that are due within a year, by tier; `months` are those between two visits of each tier."""

    tiers: Sequence[tuple[str, int, Sequence[VisitDue]]]

    @property
    def overdue(self) -> int:
        """How many are overdue, with none planned."""
        return sum(each.is_overdue for _, _, lines in self.tiers for each in lines)


def known_from() -> SQLColumnExpression[Any]:
    """The day from which the months to the first visit of a contract count."""
    started, known = col(Contract.start_date), col(Contract.registered_on)
    return case((started >= known, started), else_=known)


def is_visited(today: date) -> ColumnElement[bool]:
    """The condition that a contract is in delivery, and so is visited."""
    return and_(col(Contract.stage).in_(TALKED_WITH), col(Contract.end_date) >= today)


def year_plan(ctx: ActorContext) -> YearPlan:
    """The contracts that are due a visit within a year, by tier. Two queries."""
    last = (
        select(col(Audit.contract_id), func.max(col(Audit.held_on)).label("held"))
        .group_by(col(Audit.contract_id))
        .subquery()
    )
    planned = (
        select(col(Audit.contract_id), func.min(col(Audit.day)).label("day"))
        .where(col(Audit.state).in_(TO_HOLD))
        .group_by(col(Audit.contract_id))
        .subquery()
    )
    rows = ctx.session.execute(
        select(Contract, last.c.held, planned.c.day, func.coalesce(last.c.held, known_from()))
        .outerjoin(last, last.c.contract_id == col(Contract.id))
        .outerjoin(planned, planned.c.contract_id == col(Contract.id))
        .where(ctx.open_to(Permission.SEE), is_visited(ctx.today))
    )
    lines = [_visit(ctx, contract, held, day, since) for contract, held, day, since in rows]
    due = sorted((each for each in lines if each.due_on <= ctx.today + YEAR), key=lambda each: each.due_on)
    tiers = sorted({each.tier for each in due}, key=lambda tier: (months_between_visits(tier), tier))
    return YearPlan([(tier, months_between_visits(tier), [e for e in due if e.tier == tier]) for tier in tiers])


def _visit(ctx: ActorContext, contract: Contract, held: date | None, planned: date | None, since: date) -> VisitDue:
    due_on = visit_due(since, months_between_visits(contract.tier, contract.visit_months))
    overdue = due_on < ctx.today and planned is None
    own = contract.visit_months
    return VisitDue(contract.reference, contract.title, contract.tier, held, due_on, planned, overdue, own)
