"""A contract's figures over time: in a month, over 3 and 12 months, and since the contract's start."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain import periods
from bot.domain.parts import FigureWithParts, round_to_worse
from bot.domain.periods import Month
from bot.domain.rolling import RollingFigure, first_month, rolling_figure
from bot.models import Contract, Reading, Report
from bot.services.lookup.kpis import KpiInPeriod
from bot.services.progress.rated_figures import given_in
from bot.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Span:
    """A figure over some months, or the months that lack a figure or its parts; without any of these there was nothing
    to count."""

    first: str
    value: Decimal | None
    no_figure: str = ""
    no_parts: str = ""


@dataclass(frozen=True)
class OverTime:
    """A KPI's figures over the months up to one, with the figure's own decimal places. They have no rating, because
    cut-offs are for a single month."""

    kpi: KpiInPeriod
    month: Span
    three: Span
    twelve: Span
    since: Span


@dataclass(frozen=True)
class FiguresOverTime:
    """The figures over time of a contract's KPIs up to a month. `later`: the record begins later than the contract."""

    last: str
    since: str
    later: bool
    kpis: Sequence[OverTime]


def over_time(work: UnitOfWork, contract: Contract, kpis: Sequence[KpiInPeriod], last: Month) -> FiguresOverTime:
    """The figures of these KPIs over the months up to and including the last. Two queries.

    A cumulative figure starts with the contract, or with its first report in the record if that is later.
    """
    start = Month.of(contract.start_date)
    first = work.session.scalar(select(func.min(Report.period)).where(col(Report.contract_id) == contract.id))
    since = min(max(start, Month.parse(first)), last) if first else min(start, last)
    given = _given(work, contract.id, last)
    return FiguresOverTime(
        str(last), str(since), since > start, [_of_kpi(kpi, given[kpi.id], start, since, last) for kpi in kpis]
    )


def _given(work: UnitOfWork, contract_id: int, last: Month) -> Mapping[int, dict[Month, FigureWithParts]]:
    """The figures of each KPI by month, from the reports received."""
    rows = work.session.execute(
        select(Reading, col(Report.period))
        .join(Report, col(Report.id) == col(Reading.report_id))
        .where(
            col(Report.contract_id) == contract_id,
            col(Report.period) <= last.key,
            col(Report.received_at).is_not(None),
        )
    )
    given: dict[int, dict[Month, FigureWithParts]] = defaultdict(dict)
    for reading, period in rows:
        given[reading.kpi_id][Month.parse(period)] = given_in(reading)
    return given


def _of_kpi(
    kpi: KpiInPeriod, given: Mapping[Month, FigureWithParts], start: Month, since: Month, last: Month
) -> OverTime:
    def span(first: Month) -> Span:
        return _span(kpi, rolling_figure(given, first, last, kpi.combines, kpi.unit))

    figure = given.get(last)
    in_month = Span(str(last), figure.value) if figure and not figure.is_empty else Span(str(last), None, str(last))
    return OverTime(kpi, in_month, span(first_month(last, 3, start)), span(first_month(last, 12, start)), span(since))


def _span(kpi: KpiInPeriod, figure: RollingFigure) -> Span:
    value = None if figure.exact is None else round_to_worse(figure.exact, kpi.direction)
    return Span(str(figure.first), value, periods.in_words(figure.no_figure), periods.in_words(figure.no_parts))
