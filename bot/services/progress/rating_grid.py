"""The ratings of contracts month by month, as a grid, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, select
from sqlmodel import col

from bot.access import Permission
from bot.db import table
from bot.domain.charts import Cell, GridChart, Tone
from bot.domain.periods import Month, months, report_due
from bot.domain.ratings import Rating
from bot.domain.rolling import first_month
from bot.domain.stages import REPORTING
from bot.domain.wording import MONTHS as MONTHS_OF_A_YEAR
from bot.models import Audience, Contract, Reading, Report, ReportDecision
from bot.services.progress.standings import rating_of, severity_of
from bot.services.unit_of_work import ActorContext, UnitOfWork

MONTHS = 6
MOST = 40  # contracts on one chart
TONES = {
    Rating.GOOD: Tone.GOOD,
    Rating.APPROACHING_TARGET: Tone.FAIR,
    Rating.REQUIRES_IMPROVEMENT: Tone.POOR,
    Rating.INADEQUATE: Tone.BAD,
    Rating.OTHER: Tone.NONE,
}

_contracts, _reports, _readings = table(Contract), table(Report), table(Reading)


@dataclass(frozen=True)
class RatingRow:
    """A contract with its cell for each month."""

    reference: str
    title: str
    cells: Sequence[Cell]
    sample: bool


@dataclass(frozen=True)
class RatingGrid:
    """The months, the oldest first, and the contracts that had to report in one of them; `left_out` counts the
    contracts that do not fit."""

    months: Sequence[Month]
    rows: Sequence[RatingRow]
    left_out: int

    @property
    def first(self) -> str:
        """The first month in words."""
        return str(self.months[0])

    @property
    def last(self) -> str:
        """The last month in words."""
        return str(self.months[-1])

    @property
    def names(self) -> list[str]:
        """The months as column headings."""
        return [month.short for month in self.months]

    @property
    def chart(self) -> GridChart:
        """The grid as a chart."""
        return GridChart(
            title=f"The worst rating of each month, {self.first} to {self.last}",
            rows=[f"{row.reference} {row.title}" for row in self.rows],
            columns=self.names,
            cells=[row.cells for row in self.rows],
        )


def rating_grid(ctx: ActorContext) -> RatingGrid:
    """The ratings of the contracts that the actor may see, in the last months that have ended. One query in all.

    People outside the department see overridden ratings only in accepted reports, and the ratings by the cut-offs
    elsewhere.
    """
    last = Month.of(ctx.today).previous()
    span = list(months(first_month(last, MONTHS, Month(1, 1)), last))
    found = ctx.session.connection().execute(_months_of_contracts(ctx, span)).all()
    rows = [
        RatingRow(row.reference, row.title, [_cell(ctx, row, n, month) for n, month in enumerate(span)], row.sample)
        for row in found
    ]
    return RatingGrid(span, rows, found[0].found - len(found) if found else 0)


def _months_of_contracts(ctx: ActorContext, span: Sequence[Month]) -> Select[Any]:
    """A row for each contract, the worst first, with the severity and the due day of each month."""
    severities = [_of_month(month, severity_of(_rating(ctx))) for month in span]
    standing = func.coalesce(*reversed(severities), -2)  # the severity of the last month with a rating
    altogether: ColumnElement[int] = literal(0)
    for severity in severities:
        altogether = altogether + func.coalesce(severity, 0)
    return (
        select(
            _contracts.c.reference,
            _contracts.c.title,
            _contracts.c.sample,
            _contracts.c.nation,
            _contracts.c.stage,
            _contracts.c.next_period,
            _contracts.c.report_working_day,
            func.count().over().label("found"),
            *(severity.label(f"severity_{n}") for n, severity in enumerate(severities)),
            *(_of_month(month, _reports.c.due_on).label(f"due_{n}") for n, month in enumerate(span)),
        )
        .select_from(
            _contracts.join(_reports, _reports.c.contract_id == _contracts.c.id).outerjoin(
                _readings, _readings.c.report_id == _reports.c.id
            )
        )
        .where(ctx.open_to(Permission.SEE, Audience.SHARED), _reports.c.period.in_([month.key for month in span]))
        .group_by(_contracts.c.id)
        .order_by(standing.desc(), altogether.desc(), _contracts.c.reference)
        .limit(MOST)
    )


def _rating(ctx: ActorContext) -> ColumnElement[Any]:
    if ctx.actor.is_department:
        return _readings.c.rating
    accepted = col(Report.decision) == ReportDecision.ACCEPTED
    return case((accepted, _readings.c.rating), else_=_readings.c.computed)


def _of_month(month: Month, value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.max(case((_reports.c.period == month.key, value)))


def _cell(work: UnitOfWork, row: Row[Any], number: int, month: Month) -> Cell:
    severity, due = getattr(row, f"severity_{number}"), getattr(row, f"due_{number}")
    if severity is not None:
        rating = rating_of(severity)
        return Cell(rating.value, TONES[rating])
    if due is None and month.key >= row.next_period and row.stage in REPORTING:  # it opens in the next days
        due = report_due(month, row.report_working_day, work.calendar.of(row.nation))
    if due is None:
        return Cell("none due")
    return Cell("late" if due < work.today else f"due {due.day} {MONTHS_OF_A_YEAR[due.month - 1]}")
