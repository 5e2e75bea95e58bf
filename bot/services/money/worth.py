"""What the months of a contract earn in service credits, by its terms, its charges and its accepted figures."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.credits import (
    NOTHING,
    AcceptedMonth,
    CreditLine,
    CreditTerms,
    MonthlyCredit,
    alert_reached,
    work_out,
    year_of,
)
from bot.domain.figures import format_figure
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.models import Contract, CreditTermsRow, Kpi, Reading, Report, ReportDecision, Spend


@dataclass(frozen=True)
class FigureInMonth:
    """A KPI's accepted figure in words, "" for none, with the reason for that."""

    name: str
    figure: str
    why: str


@dataclass(frozen=True)
class WorkedLine:
    """A line of the working: a KPI with its figure, and its points."""

    line: CreditLine
    figure: FigureInMonth


@dataclass(frozen=True)
class YearTotal:
    """What the credits of a financial year come to, and the cap, None if there is none."""

    year: int
    total: Decimal
    cap: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """The total as a percentage of the cap."""
        return self.total * 100 / self.cap if self.cap else None

    def alert(self, before: Decimal) -> int | None:
        """The share of the cap that the year has reached since it was at the sum `before`."""
        return None if self.cap is None else alert_reached(before, self.total, self.cap)


@dataclass(frozen=True)
class CreditsOfContract:
    """The terms of a contract, and what each of its accepted months earns."""

    terms: CreditTerms
    months: Mapping[Month, MonthlyCredit]
    figures: Mapping[Month, Mapping[str, FigureInMonth]]

    def working(self, month: Month) -> list[WorkedLine]:
        """The working of a month, line by line."""
        return [WorkedLine(line, self.figures[month][line.kpi]) for line in self.months[month].lines]

    def of_year(self, year: int) -> YearTotal:
        """What the months of a financial year earn together."""
        total = sum((each.amount for month, each in self.months.items() if year_of(month) == year), NOTHING)
        return YearTotal(year, total, self.terms.year_cap)


def credits_of(session: Session, contract_id: int) -> CreditsOfContract | None:
    """What a contract earns by its figures as they are now; None if it has no terms of service credits. Four
    queries."""
    terms = session.scalar(select(CreditTermsRow).where(col(CreditTermsRow.contract_id) == contract_id))
    if terms is None:
        return None
    ratings: dict[Month, dict[str, Rating]] = defaultdict(dict)
    figures: dict[Month, dict[str, FigureInMonth]] = defaultdict(dict)
    rows = session.execute(
        select(col(Report.period), Reading, Kpi)
        .join(Reading, col(Reading.report_id) == col(Report.id))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .where(col(Report.contract_id) == contract_id, col(Report.decision) == ReportDecision.ACCEPTED)
        .where(col(Report.period) >= Month.parse(terms.since).previous().key)
        .order_by(col(Report.period), col(Kpi.id))
    )
    for period, reading, kpi in rows:
        month = Month.parse(period)
        figure = "" if reading.value is None else format_figure(reading.value, kpi.unit)
        ratings[month][kpi.code] = reading.rating
        figures[month][kpi.code] = FigureInMonth(kpi.name, figure, reading.why)
    of_months = _charges(session, contract_id)
    accepted = [AcceptedMonth(month, each, of_months.get(month)) for month, each in ratings.items()]
    agreed = _terms(terms, session.get_one(Contract, contract_id).service_credit_cap)
    return CreditsOfContract(agreed, {each.month: each for each in work_out(agreed, accepted)}, figures)


def _charges(session: Session, contract_id: int) -> dict[Month, Decimal | None]:
    rows = session.execute(select(col(Spend.period), col(Spend.charges)).where(col(Spend.contract_id) == contract_id))
    return {Month.parse(period): charges for period, charges in rows}


def _terms(row: CreditTermsRow, month_cap: Decimal | None) -> CreditTerms:
    points = {
        Rating.APPROACHING_TARGET: row.approaching,
        Rating.REQUIRES_IMPROVEMENT: row.requires_improvement,
        Rating.INADEQUATE: row.inadequate,
    }
    return CreditTerms(Month.parse(row.since), points, row.percent_per_point, row.doubles, month_cap, row.year_cap)
