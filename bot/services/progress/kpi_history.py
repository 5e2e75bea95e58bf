"""A contract's KPIs with their last figures, and the history of one KPI, period by period."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.charts import Level, LineChart
from bot.domain.parts import FigureWithParts
from bot.domain.periods import Month, months
from bot.domain.ratings import Movement, Rating, movement
from bot.domain.search import search_by
from bot.domain.wording import format_number
from bot.errors import UserError
from bot.models import Audience, Contract, Kpi, Reading, Report, ReportDecision
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.progress.over_time import FiguresOverTime, over_time
from bot.services.progress.rated_figures import given_in, rating_seen, sees_overrides
from bot.services.progress.reports import kpis_of, no_such_kpi
from bot.services.unit_of_work import ActorContext, UnitOfWork

REPORTS_SHOWN = 6  # of a KPI's trend


@dataclass(frozen=True)
class KpiFigure:
    """One KPI's figure in one report; `overridden` if the contract manager set the rating."""

    period: str
    given: FigureWithParts
    rating: Rating
    overridden: bool = False

    @property
    def value(self) -> Decimal | None:
        """The figure without its parts."""
        return self.given.value


@dataclass(frozen=True)
class KpiLine:
    """A KPI with its figures, the newest first."""

    kpi: Kpi
    figures: Sequence[KpiFigure]

    @property
    def last(self) -> KpiFigure | None:
        """The figure of the last report that contains the KPI."""
        return self.figures[0] if self.figures else None

    @property
    def movement(self) -> Movement | None:
        """The movement from the rating before the last to the last."""
        return movement(self.figures[1].rating, self.figures[0].rating) if len(self.figures) > 1 else None


def figure_seen(reading: Reading, period: str, decision: ReportDecision | None, *, inside: bool) -> KpiFigure:
    """A reading of a report, as a reader inside or outside the department sees it."""
    seen = sees_overrides(decision, inside=inside)
    rating = rating_seen(reading, decision, inside=inside)
    return KpiFigure(str(Month.parse(period)), given_in(reading), rating, seen and reading.overridden_at is not None)


def kpi_lines(work: UnitOfWork, contract_id: int, *, inside: bool) -> list[KpiLine]:
    """The KPIs of a contract in the agreed order, as a reader inside or outside the department sees them. Two
    queries."""
    last = (
        select(col(Report.id), col(Report.period), col(Report.decision))
        .where(col(Report.contract_id) == contract_id, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(REPORTS_SHOWN)
        .subquery()
    )
    figures: dict[int, list[KpiFigure]] = defaultdict(list)
    readings = work.session.execute(
        select(Reading, last.c.period, last.c.decision)
        .join(last, last.c.id == col(Reading.report_id))
        .order_by(last.c.period.desc())
    )
    for reading, period, decision in readings:
        figures[reading.kpi_id].append(figure_seen(reading, period, decision, inside=inside))
    kpis = work.session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract_id).order_by(col(Kpi.id)))
    return [KpiLine(kpi, figures[kpi.id]) for kpi in kpis]


PERIODS = 24


def _which_kpi(contract: ContractRef, kpis: Sequence[Kpi]) -> UserError:
    """No KPI is named, and there is more than one, or none."""
    named = f"Name one of its KPIs: {', '.join(kpi.code for kpi in kpis)}." if kpis else "It has no KPIs yet."
    return UserError(f"Nothing says which KPI of {contract.reference} you mean. {named}")


@dataclass(frozen=True)
class KpiHistory:
    """A KPI with its figures, the newest first, its figures over time, and their chart. Both sides may see all of
    it."""

    contract: ContractRef
    kpi: Kpi
    figures: Sequence[KpiFigure]
    over_time: FiguresOverTime | None = None
    course: LineChart | None = None


def kpi_history(ctx: ActorContext, typed: str, words: str) -> KpiHistory:
    """The last figures of the KPI that the words name, on a contract that the actor may see.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE, Audience.SHARED)
    contract = ctx.session.get_one(Contract, facts.id)
    kpi = _kpi(facts, kpis_of(ctx, contract), words)
    rows = ctx.session.execute(
        select(Reading, col(Report.period), col(Report.decision))
        .join(Report, col(Report.id) == col(Reading.report_id))
        .where(col(Reading.kpi_id) == kpi.id, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(PERIODS)
    ).all()
    inside = ctx.may(Permission.SEE, facts)
    figures = [figure_seen(*row, inside=inside) for row in rows]
    together = over_time(ctx, contract, [kpi], Month.parse(rows[0][1])) if rows else None
    given = {Month.parse(period): figure.value for (_, period, _), figure in zip(rows, figures, strict=True)}
    return KpiHistory(facts, kpi, figures, together, _course(facts, kpi, given) if rows else None)


def _course(contract: ContractRef, kpi: Kpi, given: Mapping[Month, Decimal | None]) -> LineChart:
    """The figures as a chart, with a gap for a month without a figure."""
    span = list(months(min(given), max(given)))
    cut_offs = {"Target": kpi.good, "Approaching": kpi.approaching, "Requires improvement": kpi.requires_improvement}
    return LineChart(
        title=f"{contract.reference}: {kpi.name}",
        unit=kpi.unit,
        points=[month.short for month in span],
        values=[None if (value := given.get(month)) is None else kpi.rounded(value) for month in span],
        levels=[Level(f"{name} {format_number(at)}", at) for name, at in cut_offs.items()],
    )


def _kpi(contract: ContractRef, kpis: Sequence[Kpi], words: str) -> Kpi:
    """The KPI with this code, or the only one whose code or name fits the words."""
    if not kpis or not words.strip():
        if len(kpis) == 1:
            return kpis[0]
        raise _which_kpi(contract, kpis)
    found = search_by(words, kpis, lambda kpi: kpi.code, lambda kpi: kpi.name)
    if not found:
        raise no_such_kpi(words, kpis)
    if len(found) > 1:
        raise AmbiguousMatch(words, "KPI", [Option(kpi.code, kpi.code, kpi.name) for kpi in found])
    return found[0]
