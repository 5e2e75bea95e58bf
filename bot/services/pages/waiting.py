"""The items that wait for a person: escalations, reports, and what else is due, the most urgent first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, func, select, union_all
from sqlmodel import col

from bot.access import Permission
from bot.db import table
from bot.domain.asking import Asking
from bot.domain.ladder import Step
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.waiting import Waiting
from bot.models import (
    Contract,
    Escalation,
    Report,
    ReportDecision,
    RoleName,
)
from bot.scopes import built_once
from bot.services.due import due_lines
from bot.services.due.source import DueForm, DueItem
from bot.services.escalations.escalation_card import is_waiting
from bot.services.unit_of_work import ActorContext

_contracts, _reports = table(Contract), table(Report)


@dataclass(frozen=True)
class WaitingItem:
    """An item that waits: its contract, the record's number, its subject and its day.

    `by_another` for an action that somebody other than its owner closes; `others` is how many more reports of
    the contract wait for the same; `why` says why something was escalated, `version` is what its button carries,
    `key` what that of anything else does; `note` stands beside the day; `form` is the form or act that settles
    something due, if the reader may.
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
    form: DueForm | None = None
    key: str = ""
    note: str = ""


_ORDER = {kind: place for place, kind in enumerate(Waiting)}


def waiting_on(ctx: ActorContext, due: Sequence[DueItem], most: int) -> tuple[Sequence[WaitingItem], int]:
    """What waits for the actor on their contracts, with what is `due`: the first items, so many at `most`, and how many
    more there are. A constant number of queries."""
    reports = _waiting_reports(ctx)
    first = [_report_item(row) for row in reports[:most]]
    found = [*_escalations(ctx), *first, *_due(ctx, due[:most])]
    more = len(reports) - len(first) + len(due) - len(due[:most]) + max(len(found) - most, 0)
    found = sorted(found, key=lambda item: (_ORDER[item.kind], item.on, item.contract, item.number))
    return _with_others(ctx, found[:most]), more


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


def _waiting_reports(ctx: ActorContext) -> Sequence[Row[Any]]:
    """The reports of the contracts that the actor manages, the most urgent first. Of several reports of one contract
    that wait for the same, it finds one: the oldest to be sent, the latest that came."""
    managed = ctx.scope(Permission.ACCEPT_PROGRESS, holding={RoleName.CONTRACT_MANAGER})
    rows = ctx.session.connection().execute(_first_reports(managed.contracts, ctx.today), managed.values).all()
    return sorted(rows, key=lambda row: (_ORDER[_report_kind(row)], _report_day(row), row.reference, row.id))


@built_once
def _first_reports(contracts: ColumnElement[bool], today: date) -> Select[*tuple[Any, ...]]:
    managed = select(_contracts.c.id).where(contracts).cte("managed")
    firsts = (
        select(_first(waits, managed.c.id, latest=kind is not Waiting.LATE_REPORT)).select_from(managed)
        for kind, waits in _report_waits(today).items()
    )
    return (
        select(
            _contracts.c.reference,
            _reports.c.id,
            _reports.c.public_id,
            _reports.c.period,
            _reports.c.due_on,
            _reports.c.asked_on,
            _reports.c.decision,
            func.coalesce(_reports.c.revised_at, _reports.c.received_at).label("came_at"),
        )
        .join_from(_reports, _contracts, _contracts.c.id == _reports.c.contract_id)
        .where(_reports.c.id.in_(union_all(*firsts)))
    )


def _report_kind(row: Row[Any]) -> Waiting:
    if row.came_at is None:
        return Waiting.LATE_REPORT
    return Waiting.UNDECIDED_REPORT if row.decision is None else Waiting.QUERIED_REPORT


def _report_day(row: Row[Any]) -> date:
    """The day a report was due, or the day it came."""
    day: date = london(row.came_at).date() if row.came_at else row.due_on
    return day


def _report_item(row: Row[Any]) -> WaitingItem:
    return WaitingItem(
        _report_kind(row),
        row.reference,
        row.id,
        title=str(Month.parse(row.period)),
        on=_report_day(row),
        late=row.came_at is None,
        key=row.public_id,
        note=Asking(row.due_on, row.asked_on).note if row.came_at is None else "",
    )


def _report_waits(today: date) -> dict[Waiting, ColumnElement[bool]]:
    """The condition on a report that it waits for each thing."""
    came, decision = _reports.c.received_at.is_not(None), _reports.c.decision
    return {
        Waiting.LATE_REPORT: and_(_reports.c.received_at.is_(None), _reports.c.due_on < today),
        Waiting.UNDECIDED_REPORT: and_(came, decision.is_(None)),
        Waiting.QUERIED_REPORT: decision == ReportDecision.QUERIED,
    }


def _first(waits: ColumnElement[bool], contract_id: ColumnElement[int], *, latest: bool) -> ScalarSelect[Any]:
    """The id of the first report that waits, of a contract in the enclosing query."""
    period = _reports.c.period
    return (
        select(_reports.c.id)
        .where(_reports.c.contract_id == contract_id, waits)
        .order_by(period.desc() if latest else period)
        .limit(1)
        .correlate_except(_reports)
        .scalar_subquery()
    )


def _with_others(ctx: ActorContext, items: Sequence[WaitingItem]) -> Sequence[WaitingItem]:
    """The items, with the number of other reports that wait for the same as each report does. One query."""
    waits = _report_waits(ctx.today)
    contracts = {item.contract for item in items if item.kind in waits}
    counts = [
        select(func.count())
        .where(_reports.c.contract_id == _contracts.c.id, each)
        .correlate(_contracts)
        .scalar_subquery()
        for each in waits.values()
    ]
    rows = ctx.session.connection().execute(
        select(_contracts.c.reference, *counts).where(_contracts.c.reference.in_(contracts))
    )
    waiting = {(row[0], kind): count for row in rows for kind, count in zip(waits, row[1:], strict=True)}
    return [replace(item, others=waiting.get((item.contract, item.kind), 1) - 1) for item in items]


def _due(ctx: ActorContext, items: Sequence[DueItem]) -> Iterable[WaitingItem]:
    for item, line in zip(items, due_lines.lines(ctx, items), strict=True):
        yield WaitingItem(
            Waiting.DUE,
            line.contract,
            item.subject_id,
            item.what,
            item.due_on,
            line.late,
            by_another=item.closed_by_another,
            form=line.form,
            key=item.key,
            note=item.note,
        )
