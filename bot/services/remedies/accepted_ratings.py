"""The accepted ratings of contracts, month by month, with the manager's overrides."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from bot.domain.monitoring import MonthRating
from bot.domain.periods import Month
from bot.domain.ratings import worst
from bot.models import Kpi, KpiTarget, Reading, Report, ReportDecision
from bot.services.due.rating_triggers import figure_in_words
from bot.services.lookup.kpis import holds_in
from bot.services.unit_of_work import UnitOfWork

LOOKS_BACK = 18  # months, within which every plan in force or in its watch has its figures


@dataclass
class ContractRatings:
    """The rated months of each KPI of a contract, the oldest first, by the KPI's id; and the KPIs' names and keys."""

    months: dict[int, list[MonthRating]] = field(default_factory=lambda: defaultdict(list))
    names: dict[int, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)

    def of(self, kpi_id: int | None) -> Sequence[MonthRating]:
        """The months of a KPI; with None, each month with the worst rating of all KPIs."""
        if kpi_id is not None:
            return self.months[kpi_id]
        by_month: dict[Month, list[MonthRating]] = defaultdict(list)
        for rated in self.months.values():
            for each in rated:
                by_month[each.month].append(each)
        return [MonthRating(month, worst(each.rating for each in by_month[month])) for month in sorted(by_month)]


def accepted_ratings(
    work: UnitOfWork, contract_ids: Collection[int], last: int = LOOKS_BACK
) -> Mapping[int, ContractRatings]:
    """The accepted ratings of these contracts in the last months. One query, none without contracts."""
    found: dict[int, ContractRatings] = defaultdict(ContractRatings)
    if not contract_ids:
        return found
    first = Month.of(work.today)
    for _ in range(last):
        first = first.previous()
    rows = work.session.execute(
        select(col(Report.contract_id), col(Report.period), Reading, Kpi, KpiTarget)
        .join(Reading, col(Reading.report_id) == col(Report.id))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(KpiTarget, holds_in(col(Report.period)))
        .where(col(Report.decision) == ReportDecision.ACCEPTED, col(Report.contract_id).in_(contract_ids))
        .where(col(Report.period) >= first.key)
        .order_by(col(Report.period), col(Kpi.id))
    )
    for contract_id, period, reading, kpi, target in rows:
        ratings = found[contract_id]
        ratings.names[kpi.id], ratings.keys[kpi.id] = kpi.name, kpi.public_id
        figure = figure_in_words(reading, kpi, target)
        ratings.months[kpi.id].append(MonthRating(Month.parse(period), reading.rating, figure))
    return found
