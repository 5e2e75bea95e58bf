"""The detail of a summary, for its thread: the figures and charts of the contracts with the worst ratings."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.charts import Cell, GridChart, LineChart, Tone, carried_on, level_of
from bot.domain.periods import Month
from bot.domain.ratings import CutOffs, Rating, worst
from bot.domain.wording import MONTHS
from bot.models import Kpi, KpiTarget, Reading, Report, ReportDecision
from bot.services.digest.comparison import RatingLine
from bot.services.digest.summary import Summary
from bot.services.lookup.kpis import CUT_OFFS, KpiInPeriod, holds_in
from bot.services.progress.rated_figures import JUDGED, Judged
from bot.services.progress.standings import ReportedFigure
from bot.services.unit_of_work import UnitOfWork

MOST_CHARTS = 5  # in a thread: one grid, and a line chart for each contract in it
MOST_CONTRACTS = MOST_CHARTS - 1
MOST_IN_GRID = 12
MONTHS_IN_GRID = 6
MONTHS_IN_COURSE = 12
AS_REPORTED = "as reported"
TONES = {
    Rating.GOOD: Tone.GOOD,
    Rating.APPROACHING_TARGET: Tone.FAIR,
    Rating.REQUIRES_IMPROVEMENT: Tone.POOR,
    Rating.INADEQUATE: Tone.BAD,
    Rating.OTHER: Tone.NONE,
}


@dataclass(frozen=True)
class KpiResult:
    """A KPI's figure in one report, and whether the report is accepted."""

    figure: ReportedFigure
    accepted: bool


# The figures of each contract, by the period's key and then by KPI.
History = Mapping[int, Mapping[str, Mapping[int, KpiResult]]]


@dataclass(frozen=True)
class ContractDetail:
    """One contract: its last figures, and the chart of its worst KPI."""

    line: RatingLine
    figures: Sequence[KpiResult]
    course: LineChart


@dataclass(frozen=True)
class SummaryDetail:
    """The content of a summary's thread; `more` contracts are left out."""

    summary: Summary
    grid: GridChart
    contracts: Sequence[ContractDetail]
    more: int


def detail_of(work: UnitOfWork, summary: Summary) -> SummaryDetail | None:
    """The detail of a summary, the worst contracts first; None if no report has come. One query."""
    rated_lines = [line for line in summary.lines if line.standing.reports][:MOST_IN_GRID]
    if not rated_lines:
        return None
    is_shared = summary.scope.is_shared
    history = _history(work, [line.standing.contract.id for line in rated_lines], inside=not is_shared)
    contracts = [_of_contract(line, history[line.standing.contract.id]) for line in rated_lines[:MOST_CONTRACTS]]
    of_one = summary.scope.contract is not None
    grid = _kpi_grid(rated_lines[0], history, is_shared=is_shared) if of_one else _contract_grid(rated_lines, history)
    return SummaryDetail(summary, grid, contracts, len(summary.lines) - len(contracts))


def _history(work: UnitOfWork, contracts: Collection[int], *, inside: bool) -> History:
    place = func.row_number().over(partition_by=col(Report.contract_id), order_by=col(Report.period).desc())
    last = (
        select(
            col(Report.id),
            col(Report.contract_id),
            col(Report.period),
            col(Report.decision),
            place.label("place"),
        )
        .where(col(Report.received_at).is_not(None), col(Report.contract_id).in_(contracts))
        .subquery()
    )
    rows = work.session.execute(
        select(last.c.contract_id, last.c.period, last.c.decision, Kpi, *CUT_OFFS, *JUDGED)
        .join(Reading, col(Reading.report_id) == last.c.id)
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(KpiTarget, holds_in(last.c.period))
        .where(last.c.place <= MONTHS_IN_COURSE)
        .order_by(last.c.period, col(Kpi.id))
    )
    found: dict[int, dict[str, dict[int, KpiResult]]] = defaultdict(lambda: defaultdict(dict))
    for contract_id, period, decision, kpi, good, approaching, improvement, *judged in rows:
        in_period = KpiInPeriod(kpi, CutOffs(good, approaching, improvement))
        found[contract_id][period][kpi.id] = KpiResult(
            ReportedFigure.seen(Judged(*judged), in_period, decision, inside=inside),
            decision is ReportDecision.ACCEPTED,
        )
    return found


def _of_contract(line: RatingLine, history: Mapping[str, Mapping[int, KpiResult]]) -> ContractDetail:
    periods = sorted(history)
    figures = list(history[periods[-1]].values())
    kpi = max(figures, key=lambda told: told.figure.rating.severity).figure.kpi
    given = [told.figure if (told := history[period].get(kpi.id)) else None for period in periods]
    values = [None if each is None or each.value is None else each.kpi.rounded(each.value) for each in given]
    target = level_of("Target", [each.kpi.good for each in carried_on(given)])
    title = f"{line.standing.contract.reference}: {kpi.name}"
    course = LineChart(title, kpi.unit.value, [_short(period) for period in periods], values, [target])
    return ContractDetail(line, figures, course)


def _contract_grid(rated_lines: Sequence[RatingLine], history: History) -> GridChart:
    """A grid of the rating of each contract in each of the last months."""
    ids = [line.standing.contract.id for line in rated_lines]
    periods = sorted({period for each in ids for period in history[each]})[-MONTHS_IN_GRID:]
    cells = [[_cell(list(history[each].get(period, {}).values())) for period in periods] for each in ids]
    names = [line.standing.contract.reference for line in rated_lines]
    return GridChart("Ratings by contract and month", names, [_short(period) for period in periods], cells)


def _kpi_grid(line: RatingLine, history: History, *, is_shared: bool) -> GridChart:
    """A grid of the rating of each KPI of one contract in each of the last months."""
    own = history[line.standing.contract.id]
    periods = sorted(own)[-MONTHS_IN_GRID:]
    kpis = {told.figure.kpi.id: told.figure.kpi for period in periods for told in own[period].values()}
    kpis = dict(sorted(kpis.items())[:MOST_IN_GRID])
    cells = [
        [_cell([own[period][kpi]] if kpi in own[period] else [], is_shared=is_shared) for period in periods]
        for kpi in kpis
    ]
    title = f"Ratings of {line.standing.contract.reference} by month"
    return GridChart(title, [kpi.name for kpi in kpis.values()], [_short(period) for period in periods], cells)


def _cell(told: Sequence[KpiResult], *, is_shared: bool = False) -> Cell:
    if not told:
        return Cell("No report")
    rating = worst([each.figure.rating for each in told])
    is_final = not is_shared or all(each.accepted for each in told)
    return Cell(rating.value if is_final else f"{rating.value}, {AS_REPORTED}", TONES[rating])


def _short(period: str) -> str:
    month = Month.parse(period)
    return f"{MONTHS[month.month - 1][:3]} {month.year}"
