"""The open items of a contract that have a day: coming or late."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, literal, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.option_cycle import OPTION
from bot.domain.plan_cycle import PLAN
from bot.models import (
    ActionItem,
    Audience,
    Contract,
    ExtensionOption,
    Memo,
    Milestone,
    Obligation,
    Party,
    Person,
    RectificationPlan,
    Report,
    ReportDecision,
)
from bot.services.due.awaited_reports import awaited, is_awaited
from bot.services.unit_of_work import ActorContext, UnitOfWork

# The condition on a record's contract and day that the query wants it.
DueFilter = Callable[[SQLColumnExpression[int], SQLColumnExpression[Any]], ColumnElement[bool]]


@dataclass(frozen=True)
class DueItem:
    """An item with a day, and whether that day has passed."""

    what: str
    on: date
    late: bool


@dataclass(frozen=True)
class OwnItem:
    """The same on one of several contracts, by its reference; `report_key` where it is a report that is awaited."""

    contract: str
    what: str
    on: date
    late: bool
    report_key: str = ""


@dataclass(frozen=True)
class _FoundItem:
    contract_id: int
    what: str
    on: date
    report_key: str = ""


def due_item(work: UnitOfWork, what: str, on: date) -> DueItem:
    """An item with a day, as of today."""
    return DueItem(what, on, on < work.today)


def due_items(
    ctx: ActorContext, contract: Contract, audience: Audience, more: Iterable[DueItem] = ()
) -> Sequence[DueItem]:
    """Reports, answers to queries, milestones, obligations, memos, plans and actions that are open, and `more`.

    They are in order of their day. Six queries. Of the actions a partner sees only those of its own people; both sides
    see all the others. Raises `Denied` unless the actor may see them for this audience.
    """
    ctx.require(Permission.SEE, contract, audience)

    def wanted(contract_id: SQLColumnExpression[int], _on: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        return contract_id == contract.id

    found = [*_known_to_both(ctx, wanted), *_actions(ctx, wanted, audience)]
    return sorted(
        [*more, *(due_item(ctx, each.what, each.on) for each in found)], key=lambda item: (item.on, item.what)
    )


def coming_items(ctx: ActorContext, until: date) -> Sequence[OwnItem]:
    """The items due from today to a day on the contracts that the actor may see, in order of their day. Eight
    queries."""
    own = select(col(Contract.id)).where(ctx.open_to(Permission.SEE))

    def wanted(contract_id: SQLColumnExpression[int], on: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        return contract_id.in_(own) & on.between(ctx.today, until)

    found = [*_known_to_both(ctx, wanted), *_actions(ctx, wanted, Audience.INTERNAL), *_options(ctx, wanted)]
    return _on_their_contracts(ctx, [each for each in found if ctx.today <= each.on <= until])


def owed_by_partner(ctx: ActorContext) -> Sequence[OwnItem]:
    """The reports, obligations and actions that the actor's side owes, for a partner's person, in order of their day.
    Four queries."""
    own = select(col(Contract.id)).where(ctx.open_to(Permission.SEE, Audience.SHARED))

    def wanted(contract_id: SQLColumnExpression[int], _on: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        return contract_id.in_(own)

    theirs = [
        *_reports(ctx, wanted),
        *_obligations(ctx, wanted, Party.PARTNER),
        *_actions(ctx, wanted, Audience.SHARED),
    ]
    return _on_their_contracts(ctx, theirs)


def _on_their_contracts(ctx: ActorContext, found: Sequence[_FoundItem]) -> Sequence[OwnItem]:
    ids = {each.contract_id for each in found}
    references = dict(
        ctx.session.execute(select(col(Contract.id), col(Contract.reference)).where(col(Contract.id).in_(ids))).all()
    )
    items = [
        OwnItem(
            references[each.contract_id],
            each.what,
            each.on,
            each.on < ctx.today,
            each.report_key,
        )
        for each in found
    ]
    return sorted(items, key=lambda item: (item.on, item.contract, item.what))


def _known_to_both(ctx: ActorContext, wanted: DueFilter) -> Iterable[_FoundItem]:
    yield from _reports(ctx, wanted)
    yield from _milestones(ctx, wanted)
    yield from _obligations(ctx, wanted)
    yield from _memos(ctx, wanted)
    yield from _plans(ctx, wanted)


def _reports(ctx: ActorContext, wanted: DueFilter) -> Iterable[_FoundItem]:
    """Reports and answers to queries. The due day of an answer is computed later, so the query treats it as today."""
    queried = col(Report.decision) == ReportDecision.QUERIED
    rows = ctx.session.execute(
        select(Report, Contract)
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(
            is_awaited(),
            wanted(col(Report.contract_id), col(Report.due_on))
            | (queried & wanted(col(Report.contract_id), literal(ctx.today))),
        )
    )
    for row, contract in rows:
        found = awaited(row, contract, ctx.calendar.of(contract.nation))
        yield _FoundItem(contract.id, found.what, found.on, row.public_id)


def _milestones(ctx: ActorContext, wanted: DueFilter) -> Iterable[_FoundItem]:
    rows = ctx.session.scalars(
        select(Milestone).where(
            col(Milestone.met_on).is_(None), wanted(col(Milestone.contract_id), col(Milestone.due_on))
        )
    )
    return (_FoundItem(row.contract_id, f"{row.kind.value.capitalize()}: {row.name}", row.due_on) for row in rows)


def _obligations(ctx: ActorContext, wanted: DueFilter, owed_by: Party | None = None) -> Iterable[_FoundItem]:
    statement = select(Obligation).where(
        col(Obligation.met_on).is_(None),
        col(Obligation.due_on).is_not(None),
        wanted(col(Obligation.contract_id), col(Obligation.due_on)),
    )
    if owed_by is not None:  # then the side need not be named
        statement = statement.where(col(Obligation.owed_by) == owed_by)
    whose = {Party.DEPARTMENT: "The department's: ", Party.PARTNER: "The partner's: "} if owed_by is None else {}
    for row in ctx.session.scalars(statement):
        if row.due_on is not None:
            yield _FoundItem(row.contract_id, f"{whose.get(row.owed_by, '')}{row.name}", row.due_on)


def _memos(ctx: ActorContext, wanted: DueFilter) -> Iterable[_FoundItem]:
    rows = ctx.session.scalars(
        select(Memo).where(col(Memo.acknowledged_on).is_(None), wanted(col(Memo.contract_id), col(Memo.acknowledge_by)))
    )
    return (
        _FoundItem(row.contract_id, f"Change memo {row.number} to be acknowledged", row.acknowledge_by) for row in rows
    )


def _plans(ctx: ActorContext, wanted: DueFilter) -> Iterable[_FoundItem]:
    plan = RectificationPlan
    rows = ctx.session.scalars(
        select(plan).where(col(plan.status).in_(PLAN.open_states), wanted(col(plan.contract_id), col(plan.due_on)))
    )
    return (_FoundItem(row.contract_id, f"Rectification plan: {row.title}", row.due_on) for row in rows)


def _options(ctx: ActorContext, wanted: DueFilter) -> Iterable[_FoundItem]:
    option = ExtensionOption
    rows = ctx.session.scalars(
        select(option).where(
            col(option.decision).in_(OPTION.open_states), wanted(col(option.contract_id), col(option.decide_by))
        )
    )
    return (_FoundItem(row.contract_id, f"Decide: {row.name[:1].lower()}{row.name[1:]}", row.decide_by) for row in rows)


def _actions(ctx: ActorContext, wanted: DueFilter, audience: Audience) -> Iterable[_FoundItem]:
    """Open actions with their owners: all of them for the department, those of its own people for a partner."""
    statement = (
        select(ActionItem, col(Person.name))
        .join(Person, col(Person.id) == col(ActionItem.owner_id))
        .join(Contract, col(Contract.id) == col(ActionItem.contract_id))
        .where(col(ActionItem.done_on).is_(None), wanted(col(ActionItem.contract_id), col(ActionItem.due_on)))
    )
    if audience is Audience.SHARED:
        statement = statement.where(col(Person.organisation_id) == col(Contract.partner_id))
    for row, owner in ctx.session.execute(statement):
        yield _FoundItem(row.contract_id, f"{row.reference} {owner}: {row.what}", row.due_on)
