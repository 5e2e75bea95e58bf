"""The items that wait for a person: escalations, reports, reviews and actions, the most urgent first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from bot.access import Permission, holds_role
from bot.domain.ladder import Step
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.waiting import Waiting
from bot.models import (
    ActionItem,
    Contract,
    Escalation,
    Report,
    ReportDecision,
    ReportState,
    Risk,
    RiskStatus,
    RoleName,
)
from bot.services.escalations.escalation_card import is_waiting
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class WaitingItem:
    """An item that waits: its contract, the record's number, its subject and its day.

    `by_another` for an action that somebody other than its owner closes; `others` is how many more reports of
    the contract wait for the same; `why` says why something was escalated, `version` is what its button carries,
    `key` what that of anything else does.
    """

    kind: Waiting
    contract: str
    number: int
    title: str
    on: date
    late: bool = False
    by_another: bool = False
    others: int = 0
    why: str = ""
    version: str = ""
    key: str = ""


def waiting_on(ctx: ActorContext) -> Sequence[WaitingItem]:
    """Everything that waits for the actor, on their contracts. Four queries."""
    found = [*_escalations(ctx), *_reports(ctx), *_reviews(ctx), *_actions(ctx)]
    order = list(Waiting)
    return sorted(found, key=lambda item: (order.index(item.kind), item.on, item.contract, item.number))


def _escalations(ctx: ActorContext) -> Iterable[WaitingItem]:
    """The escalations that are with the actor, whatever their present roles; a paused one waits from its day on."""
    rows = ctx.session.execute(
        select(Escalation, col(Contract.reference))
        .join(Contract, col(Contract.id) == col(Escalation.contract_id))
        .where(
            col(Escalation.owner_id) == ctx.actor.person_id,
            is_waiting(),
            (col(Escalation.standing) != Step.PAUSED) | (col(Escalation.until) <= ctx.today),
        )
    )
    for row, contract in rows:
        on = london(row.raised_at).date()
        yield WaitingItem(Waiting.ESCALATION, contract, row.id, row.what, on, why=row.why, version=row.version)


def _reports(ctx: ActorContext) -> Iterable[WaitingItem]:
    """The reports of the contracts that the actor manages. Of several reports of one contract that wait for the same,
    it shows one: the oldest to be sent, the latest that came."""
    rows = ctx.session.execute(
        select(Report, col(Contract.reference))
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(
            ctx.open_to(Permission.ACCEPT_PROGRESS),
            holds_role(ctx.actor, ctx.today, [RoleName.CONTRACT_MANAGER]),
            func.coalesce(col(Report.decision), "") != ReportDecision.ACCEPTED.value,
            col(Report.received_at).is_not(None) | (col(Report.due_on) < ctx.today),
        )
        .order_by(col(Report.period))
    ).all()
    kinds = {
        ReportState.AWAITED: Waiting.LATE_REPORT,
        ReportState.RECEIVED: Waiting.UNDECIDED_REPORT,
        ReportState.QUERIED: Waiting.QUERIED_REPORT,
    }
    found: dict[tuple[str, Waiting], WaitingItem] = {}
    for row, contract in rows:
        kind, came = kinds[row.state], row.revised_at or row.received_at
        before = found.get((contract, kind))
        if before is not None and came is None:
            found[contract, kind] = replace(before, others=before.others + 1)
            continue
        found[contract, kind] = WaitingItem(
            kind,
            contract,
            row.id,
            title=str(Month.parse(row.period)),
            on=london(came).date() if came else row.due_on,
            late=came is None,
            others=before.others + 1 if before else 0,
            key=row.public_id,
        )
    return found.values()


def _reviews(ctx: ActorContext) -> Iterable[WaitingItem]:
    rows = ctx.session.execute(
        select(Risk, col(Contract.reference))
        .join(Contract, col(Contract.id) == col(Risk.contract_id))
        .where(
            ctx.open_to(Permission.MANAGE_RISK),
            col(Risk.owner_id) == ctx.actor.person_id,
            col(Risk.status) == RiskStatus.OPEN,
            col(Risk.review_on) <= ctx.today,
        )
    )
    for row, contract in rows:
        late = row.review_on < ctx.today
        yield WaitingItem(Waiting.REVIEW, contract, row.id, row.title, row.review_on, late, key=row.public_id)


def _actions(ctx: ActorContext) -> Iterable[WaitingItem]:
    rows = ctx.session.execute(
        select(ActionItem, col(Contract.reference))
        .join(Contract, col(Contract.id) == col(ActionItem.contract_id))
        .where(
            ctx.open_to(Permission.SEE),
            col(ActionItem.owner_id) == ctx.actor.person_id,
            col(ActionItem.done_on).is_(None),
        )
    )
    for row, contract in rows:
        late = row.due_on < ctx.today
        by_another, key = row.closed_by_another, row.public_id
        yield WaitingItem(Waiting.ACTION, contract, row.id, row.what, row.due_on, late, by_another, key=key)
