"""A contract's KPIs with their last figures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.domain.parts import Given
from bot.domain.periods import Month
from bot.domain.ratings import Movement, Rating, movement
from bot.models import Kpi, Reading, Report, ReportDecision
from bot.services.progress.rated_figures import given_in, rating_seen, sees_overrides
from bot.services.work import Work

REPORTS_SHOWN = 6  # of a KPI's trend


@dataclass(frozen=True)
class Figure:
    """One KPI's figure in one report; `overridden` where the contract manager set the rating."""

    period: str
    given: Given
    rating: Rating
    overridden: bool = False

    @property
    def value(self) -> Decimal | None:
        """The figure itself."""
        return self.given.value


@dataclass(frozen=True)
class KpiLine:
    """A KPI with its figures, the newest first."""

    kpi: Kpi
    figures: Sequence[Figure]

    @property
    def last(self) -> Figure | None:
        """The figure of the last report that has the KPI."""
        return self.figures[0] if self.figures else None

    @property
    def movement(self) -> Movement | None:
        """How the last rating compares with the one before."""
        return movement(self.figures[1].rating, self.figures[0].rating) if len(self.figures) > 1 else None


def figure_seen(reading: Reading, period: str, decision: ReportDecision | None, *, inside: bool) -> Figure:
    """The figure of a report's reading, as a reader sees it."""
    seen = sees_overrides(decision, inside=inside)
    rating = rating_seen(reading, decision, inside=inside)
    return Figure(str(Month.parse(period)), given_in(reading), rating, seen and reading.overridden_at is not None)


def kpi_lines(work: Work, contract_id: int, *, inside: bool) -> list[KpiLine]:
    """The KPIs of a contract, in the order they were agreed, as seen inside the department or outside. Two queries."""
    last = (
        select(col(Report.id), col(Report.period), col(Report.decision))
        .where(col(Report.contract_id) == contract_id, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(REPORTS_SHOWN)
        .subquery()
    )
    figures: dict[int, list[Figure]] = defaultdict(list)
    readings = work.session.execute(
        select(Reading, last.c.period, last.c.decision)
        .join(last, last.c.id == col(Reading.report_id))
        .order_by(last.c.period.desc())
    )
    for reading, period, decision in readings:
        figures[reading.kpi_id].append(figure_seen(reading, period, decision, inside=inside))
    kpis = work.session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract_id).order_by(col(Kpi.id)))
    return [KpiLine(kpi, figures[kpi.id]) for kpi in kpis]
