"""What has a day on a contract and is still to come, or late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action
from bot.models import (
    Audience,
    Contract,
    Memo,
    Milestone,
    Obligation,
    Party,
    PlanStatus,
    RectificationPlan,
    Report,
)
from bot.services.progress.awaited import awaited, is_awaited
from bot.services.work import Act, Work

DONE_PLANS = (PlanStatus.CURED, PlanStatus.FAILED)


@dataclass(frozen=True)
class DueItem:
    """Something with a day, and whether that day has gone."""

    what: str
    on: date
    late: bool


def due_item(work: Work, what: str, on: date) -> DueItem:
    """Something with a day, as it stands today."""
    return DueItem(what, on, on < work.today)


def due_items(act: Act, contract: Contract, audience: Audience, more: Iterable[DueItem] = ()) -> Sequence[DueItem]:
    """Reports, answers to queries, milestones, obligations, memos and plans that are open, and `more`, by their day.

    Five queries. Denied unless the actor may see them, for these readers: nothing here is the department's alone.
    """
    act.require(Action.SEE, contract, audience)
    found = [
        *more,
        *(due_item(act, each.what, each.on) for row in _reports(act, contract) for each in [awaited(row, contract)]),
        *(
            due_item(act, f"{row.kind.value.capitalize()}: {row.name}", row.due_on)
            for row in _milestones(act, contract)
        ),
        *(due_item(act, _owed(row), row.due_on) for row in _obligations(act, contract) if row.due_on),
        *(
            due_item(act, f"Change memo {row.number} to be acknowledged", row.acknowledge_by)
            for row in _memos(act, contract)
        ),
        *(due_item(act, f"Rectification plan: {row.title}", row.due_on) for row in _plans(act, contract)),
    ]
    return sorted(found, key=lambda item: (item.on, item.what))


def _owed(row: Obligation) -> str:
    whose = "The department's" if row.owed_by is Party.DEPARTMENT else "The partner's"
    return f"{whose}: {row.name}"


def _reports(act: Act, contract: Contract) -> Iterable[Report]:
    return act.session.scalars(select(Report).where(col(Report.contract_id) == contract.id, is_awaited()))


def _milestones(act: Act, contract: Contract) -> Iterable[Milestone]:
    return act.session.scalars(
        select(Milestone).where(col(Milestone.contract_id) == contract.id, col(Milestone.met_on).is_(None))
    )


def _obligations(act: Act, contract: Contract) -> Iterable[Obligation]:
    return act.session.scalars(
        select(Obligation).where(
            col(Obligation.contract_id) == contract.id,
            col(Obligation.met_on).is_(None),
            col(Obligation.due_on).is_not(None),
        )
    )


def _memos(act: Act, contract: Contract) -> Iterable[Memo]:
    return act.session.scalars(
        select(Memo).where(col(Memo.contract_id) == contract.id, col(Memo.acknowledged_on).is_(None))
    )


def _plans(act: Act, contract: Contract) -> Iterable[RectificationPlan]:
    return act.session.scalars(
        select(RectificationPlan).where(
            col(RectificationPlan.contract_id) == contract.id, col(RectificationPlan.status).not_in(DONE_PLANS)
        )
    )
