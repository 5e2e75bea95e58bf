"""Poor ratings in the last accepted report of each contract. They count from the acceptance, with the manager's
overrides, and where no rectification plan is in force about them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.escalation_triggers import Subject
from bot.domain.figures import format_figure
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.plan_cycle import IN_FORCE
from bot.domain.ratings import Rating
from bot.domain.shortfalls import LOOKS_BACK, Rated, ratings_short
from bot.models import Contract, Kpi, KpiTarget, Reading, RectificationPlan, Report, ReportDecision
from bot.services.due.candidate import Candidate
from bot.services.lookup.kpis import holds_in
from bot.services.unit_of_work import UnitOfWork


def ratings(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    """Reports with ratings to escalate: one candidate for each report, however many of its KPIs fall short.

    A report that an import brought as accepted starts no escalation, because its ratings were dealt with before.
    """
    accepted = (
        select(Report)
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(col(Report.decision) == ReportDecision.ACCEPTED, col(Contract.end_date) >= work.today)
    )
    if ids is None:
        accepted = accepted.where(
            col(Report.decided_at) >= work.now - LOOKS_BACK, col(Report.decided_by_id).is_not(None)
        )
    else:
        accepted = accepted.where(col(Report.id).in_(ids))
    reports = work.session.scalars(accepted.order_by(col(Report.id))).all()
    if not reports:
        return []
    contracts = {report.contract_id for report in reports}
    figures, planned = _last_figures(work, contracts), plans_in_force(work, contracts)
    return [
        Candidate(
            Subject.RATINGS,
            report.id,
            report.contract_id,
            f"Ratings in the report for {Month.parse(report.period)}",
            london(report.decided_at).date(),
            reasons,
        )
        for report in reports
        if report.decided_at is not None
        and (reasons := ratings_short(_unanswered(figures[report.id], planned[report.contract_id])))
    ]


def plans_in_force(work: UnitOfWork, contract_ids: Collection[int]) -> Mapping[int, Set[int | None]]:
    """The KPIs about which a rectification plan is in force on each contract; None for all of them. One query."""
    plan = RectificationPlan
    found: dict[int, set[int | None]] = defaultdict(set)
    rows = work.session.execute(
        select(col(plan.contract_id), col(plan.kpi_id)).where(
            col(plan.contract_id).in_(contract_ids), col(plan.status).in_(IN_FORCE)
        )
    )
    for contract_id, kpi_id in rows:
        found[contract_id].add(kpi_id)
    return found


def _unanswered(figures: Sequence[tuple[int, Rated]], planned: Set[int | None]) -> list[Rated]:
    """The figures about which no plan is in force: only the next ones can settle the others."""
    return [rated for kpi_id, rated in figures if not planned & {kpi_id, None}]


def _last_figures(work: UnitOfWork, contract_ids: Collection[int]) -> dict[int, list[tuple[int, Rated]]]:
    """The figures of the last accepted report of each contract, each with its KPI's id, and the previous ratings. One
    query."""
    place = func.row_number().over(partition_by=col(Report.contract_id), order_by=col(Report.period).desc())
    last = (
        select(col(Report.id), col(Report.period), place.label("place"))
        .where(col(Report.decision) == ReportDecision.ACCEPTED, col(Report.contract_id).in_(contract_ids))
        .subquery()
    )
    rows = work.session.execute(
        select(last.c.id, last.c.place, Reading, Kpi, KpiTarget)
        .join(Reading, col(Reading.report_id) == last.c.id)
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(KpiTarget, holds_in(last.c.period))
        .where(last.c.place <= 2)
        .order_by(last.c.place.desc(), col(Kpi.id))
    )
    before: dict[int, Rating] = {}
    figures: dict[int, list[tuple[int, Rated]]] = defaultdict(list)
    for report_id, at, reading, kpi, target in rows:
        if at == 1:
            rated = Rated(kpi.name, reading.rating, before.get(kpi.id), figure_in_words(reading, kpi, target))
            figures[report_id].append((kpi.id, rated))
        else:
            before[kpi.id] = reading.rating
    return figures


def figure_in_words(reading: Reading, kpi: Kpi, target: KpiTarget) -> str:
    """The figure with its target, and whether a manager overrode the rating by the cut-offs."""
    value = "no figure" if reading.value is None else format_figure(reading.value, kpi.unit)
    told = f"{value} against {format_figure(target.good, kpi.unit)}"
    return told if reading.overridden_at is None else f"{told}, rated by the contract manager"
