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
from bot.models import Kpi, Reading, Report
from bot.services.progress.received_reports import given_in
from bot.services.work import Work

REPORTS_SHOWN = 6  # of a KPI's trend


@dataclass(frozen=True)
class Figure:
    """One KPI's figure in one report."""

    period: str
    given: Given
    rating: Rating

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


def kpi_lines(work: Work, contract_id: int) -> list[KpiLine]:
    """The KPIs of a contract, in the order they were agreed. Two queries."""
    last = (
        select(col(Report.id), col(Report.period))
        .where(col(Report.contract_id) == contract_id, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(REPORTS_SHOWN)
        .subquery()
    )
    figures: dict[int, list[Figure]] = defaultdict(list)
    readings = work.session.execute(
        select(Reading, last.c.period).join(last, last.c.id == col(Reading.report_id)).order_by(last.c.period.desc())
    )
    for reading, period in readings:
        figures[reading.kpi_id].append(Figure(str(Month.parse(period)), given_in(reading), reading.rating))
    kpis = work.session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract_id).order_by(col(Kpi.id)))
    return [KpiLine(kpi, figures[kpi.id]) for kpi in kpis]
