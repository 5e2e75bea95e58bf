"""The open reports on the contracts that the actor may see: late, queried, due or waiting for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlmodel import col

from bot.access import Permission
from bot.db import table
from bot.domain.asking import Asking
from bot.domain.periods import Month
from bot.models import Audience, Contract, Organisation, Report, ReportDecision
from bot.services.paging import ON_A_PAGE, page_count, page_number
from bot.services.unit_of_work import ActorContext

_contracts, _partners, _reports = table(Contract), table(Organisation), table(Report)


class ReportStanding(StrEnum):
    """The standing of an open report today, the most pressing first."""

    LATE = "late"
    QUERIED = "queried"
    DUE = "due"
    UNDECIDED = "waiting for a decision"

    @property
    def waits_for_answer(self) -> bool:
        """Whether the partner is to answer a query."""
        return self is ReportStanding.QUERIED

    @property
    def waits_for_decision(self) -> bool:
        """Whether the report is there, and to be accepted."""
        return self is ReportStanding.UNDECIDED


@dataclass(frozen=True)
class OpenReport:
    """An expected report that is not accepted; `note` stands beside its due day. Both sides of the contract may see all
    of it."""

    reference: str
    title: str
    partner: str
    period: str
    due_on: date
    standing: ReportStanding
    days_late: int = 0
    note: str = ""


@dataclass(frozen=True)
class ReportPage:
    """A page of the open reports, with the number of reports of each standing; pages count from 1."""

    rows: Sequence[OpenReport]
    number: int
    counts: dict[ReportStanding, int]
    late_only: bool = False

    @property
    def counted(self) -> list[str]:
        """How many reports there are of each standing, in words."""
        return [f"{self.counts[each]:,} {each}" for each in ReportStanding if each in self.counts]

    @property
    def found(self) -> int:
        """The number of reports on all pages."""
        return self.counts.get(ReportStanding.LATE, 0) if self.late_only else sum(self.counts.values())

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return page_count(self.found)


def list_reports(ctx: ActorContext, *, late_only: bool = False, page: int = 1) -> ReportPage:
    """A page of the open reports of the contracts that the actor may see, the most pressing first. Two queries.

    It holds only what both sides may see, so a partner's people use it too. A page beyond the last is the last.
    """
    standing = _standing(ctx.today)
    is_open = and_(
        ctx.open_to(Permission.SEE, Audience.SHARED),
        func.coalesce(_reports.c.decision, "") != ReportDecision.ACCEPTED.value,
    )
    joined = _reports.join(_contracts, _contracts.c.id == _reports.c.contract_id)
    connection = ctx.session.connection()
    counted = connection.execute(
        select(standing, func.count()).select_from(joined).where(is_open).group_by(standing)
    ).all()
    counts = {_STANDINGS[place]: count for place, count in counted}
    empty = ReportPage([], 1, counts, late_only)
    number = page_number(page, empty.found)
    statement = (
        select(
            _contracts.c.reference,
            _contracts.c.title,
            _partners.c.name.label("partner"),
            _contracts.c.nation,
            _reports.c.period,
            _reports.c.due_on,
            _reports.c.asked_on,
            standing.label("standing"),
        )
        .select_from(joined.join(_partners, _partners.c.id == _contracts.c.partner_id))
        .where(is_open, standing == 0 if late_only else standing >= 0)
        .order_by("standing", _reports.c.due_on, _contracts.c.reference)
        .offset((number - 1) * ON_A_PAGE)
        .limit(ON_A_PAGE)
    )
    rows = [_open_report(ctx, row) for row in connection.execute(statement)]
    return ReportPage(rows, number, counts, late_only)


def _open_report(ctx: ActorContext, row: Row[Any]) -> OpenReport:
    standing = _STANDINGS[row.standing]
    calendar = ctx.calendar.of(row.nation)
    asking = Asking(row.due_on, row.asked_on)
    is_late = standing is ReportStanding.LATE
    late = calendar.working_days_between(asking.counts_from or ctx.today, ctx.today) if is_late else 0
    period = str(Month.parse(row.period))
    is_awaited = standing in (ReportStanding.LATE, ReportStanding.DUE)
    note = asking.note if is_awaited else ""
    return OpenReport(row.reference, row.title, row.partner, period, row.due_on, standing, late, note)


_STANDINGS = list(ReportStanding)


def _standing(today: date) -> ColumnElement[int]:
    """The position of a report's standing among all standings, from 0 for late."""
    place = {standing: number for number, standing in enumerate(ReportStanding)}
    return case(
        (col(Report.decision) == ReportDecision.QUERIED, place[ReportStanding.QUERIED]),
        (col(Report.received_at).is_not(None), place[ReportStanding.UNDECIDED]),
        (col(Report.due_on) < today, place[ReportStanding.LATE]),
        else_=place[ReportStanding.DUE],
    )
