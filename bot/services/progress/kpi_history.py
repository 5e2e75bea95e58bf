"""A contract's KPIs with their last figures, and the history of one KPI, period by period."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.charts import LineChart, carried_on, level_of
from bot.domain.parts import FigureWithParts
from bot.domain.periods import Month, months
from bot.domain.ratings import CutOffs, Movement, Rating, movement
from bot.domain.search import search_by
from bot.domain.wording import format_number
from bot.errors import UserError
from bot.models import Audience, Contract, Kpi, KpiTarget, Reading, Report, ReportDecision
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.lookup.kpis import KpiInPeriod, holds_in, kpis_of
from bot.services.progress.over_time import FiguresOverTime, over_time
from bot.services.progress.rated_figures import given_in, rating_seen, sees_overrides
from bot.services.progress.reports import no_such_kpi
from bot.services.unit_of_work import ActorContext, UnitOfWork

REPORTS_SHOWN = 6  # of a KPI's trend


@dataclass(frozen=True)
class KpiFigure:
    """One KPI's figure in one report, with the KPI as it stood then; `overridden` if the contract manager set the
    rating."""

    kpi: KpiInPeriod
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
    """A KPI as it stands, with its figures, the newest first."""

    kpi: KpiInPeriod
    figures: Sequence[KpiFigure]

    @property
    def last(self) -> KpiFigure | None:
        """The figure of the last report that contains the KPI."""
        return self.figures[0] if self.figures else None

    @property
    def movement(self) -> Movement | None:
        """The movement from the rating before the last to the last."""
        return movement(self.figures[1].rating, self.figures[0].rating) if len(self.figures) > 1 else None


def figure_seen(
    kpi: KpiInPeriod, reading: Reading, period: str, decision: ReportDecision | None, *, inside: bool
) -> KpiFigure:
    """A reading of a report, as a reader inside or outside the department sees it."""
    is_overridden = sees_overrides(decision, inside=inside) and reading.overridden_at is not None
    rating = rating_seen(reading, decision, inside=inside)
    return KpiFigure(kpi, str(Month.parse(period)), given_in(reading), rating, is_overridden)


def kpi_lines(work: UnitOfWork, contract_id: int, *, inside: bool) -> list[KpiLine]:
    """The KPIs of a contract in the agreed order, as a reader inside or outside the department sees them: those that
    have not ended, or of which the last report is awaited. Two queries."""
    last = (
        select(col(Report.id), col(Report.period), col(Report.decision))
        .where(col(Report.contract_id) == contract_id, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(REPORTS_SHOWN)
        .subquery()
    )
    figures: dict[int, list[KpiFigure]] = defaultdict(list)
    readings = work.session.execute(
        select(Kpi, KpiTarget, Reading, last.c.period, last.c.decision)
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(last, last.c.id == col(Reading.report_id))
        .join(KpiTarget, holds_in(last.c.period))
        .order_by(last.c.period.desc())
    )
    for kpi, target, reading, period, decision in readings:
        then = KpiInPeriod.of(kpi, target)
        figures[kpi.id].append(figure_seen(then, reading, period, decision, inside=inside))
    this = Month.of(work.today)
    kpis = kpis_of(work.session, contract_id, this)
    return [KpiLine(kpi, figures[kpi.id]) for kpi in kpis if not kpi.has_ended(this.previous())]


PERIODS = 24


def _which_kpi(contract: ContractRef, kpis: Sequence[KpiInPeriod]) -> UserError:
    """No KPI is named, and there is more than one, or none."""
    named = f"Name one of its KPIs: {', '.join(kpi.code for kpi in kpis)}." if kpis else "It has no KPIs yet."
    return UserError(f"Nothing says which KPI of {contract.reference} you mean. {named}")


@dataclass(frozen=True)
class TargetFrom:
    """The KPI with the cut-offs that hold from a month on; `is_ahead` if that month is still to come."""

    since: str
    kpi: KpiInPeriod
    is_ahead: bool = False


@dataclass(frozen=True)
class KpiHistory:
    """A KPI with its figures, the newest first, its figures over time, and their chart. Both sides may see all of
    it. `targets` are its cut-offs, each with the month from which they hold, the newest first."""

    contract: ContractRef
    kpi: KpiInPeriod
    figures: Sequence[KpiFigure]
    over_time: FiguresOverTime | None = None
    course: LineChart | None = None
    targets: Sequence[TargetFrom] = ()


def kpi_history(ctx: ActorContext, typed: str, words: str) -> KpiHistory:
    """The last figures of the KPI that the words name, on a contract that the actor may see.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE, Audience.SHARED)
    contract = ctx.session.get_one(Contract, facts.id)
    kpi = _kpi(facts, kpis_of(ctx.session, contract.id, Month.of(ctx.today)), words)
    rows = ctx.session.execute(
        select(KpiTarget, Reading, col(Report.period), col(Report.decision))
        .join(Report, col(Report.id) == col(Reading.report_id))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(KpiTarget, holds_in(col(Report.period)))
        .where(col(Reading.kpi_id) == kpi.id, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(PERIODS)
    ).all()
    inside = ctx.may(Permission.SEE, facts)
    by_month = {
        Month.parse(period): figure_seen(KpiInPeriod.of(kpi.kpi, target), reading, period, decision, inside=inside)
        for target, reading, period, decision in rows
    }
    figures = list(by_month.values())
    together = over_time(ctx, contract, [figures[0].kpi], max(by_month)) if figures else None
    course = _course(facts, by_month) if figures else None
    return KpiHistory(facts, kpi, figures, together, course, _targets(ctx, kpi))


def _targets(ctx: ActorContext, kpi: KpiInPeriod) -> Sequence[TargetFrom]:
    """The cut-offs of a KPI, the newest first."""
    rows = ctx.session.scalars(
        select(KpiTarget)
        .where(col(KpiTarget.kpi_id) == kpi.id)
        .order_by(col(KpiTarget.from_period).desc())
        .limit(PERIODS)
    )
    this = Month.of(ctx.today).key
    return [
        TargetFrom(str(Month.parse(row.from_period)), KpiInPeriod.of(kpi.kpi, row), row.from_period > this)
        for row in rows
    ]


def _course(contract: ContractRef, given: Mapping[Month, KpiFigure]) -> LineChart:
    """The figures as a chart with the cut-offs of their time, and a gap for a month without a figure."""
    span = list(months(min(given), max(given)))
    last = given[max(given)].kpi
    then = [figure.kpi.cut_offs for figure in carried_on([given.get(month) for month in span])]
    levels = [
        level_of(f"{name} {format_number(at(last.cut_offs))}", [at(each) for each in then])
        for name, at in _CUT_OFFS.items()
    ]
    return LineChart(
        title=f"{contract.reference}: {last.name}",
        unit=last.unit,
        points=[month.short for month in span],
        values=[_rounded(given.get(month)) for month in span],
        levels=levels,
    )


_CUT_OFFS: Mapping[str, Callable[[CutOffs], Decimal]] = {
    "Target": lambda cut_offs: cut_offs.good,
    "Approaching": lambda cut_offs: cut_offs.approaching,
    "Requires improvement": lambda cut_offs: cut_offs.requires_improvement,
}


def _rounded(figure: KpiFigure | None) -> Decimal | None:
    return None if figure is None or figure.value is None else figure.kpi.rounded(figure.value)


def _kpi(contract: ContractRef, kpis: Sequence[KpiInPeriod], words: str) -> KpiInPeriod:
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
