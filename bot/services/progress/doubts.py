"""Figures that are asked about before they are taken, because they are far from the last accepted ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.domain import plausibility
from bot.domain.parts import FigureWithParts
from bot.errors import UserError
from bot.models import Reading, Report, ReportDecision
from bot.services.lookup.kpis import KpiInPeriod
from bot.services.progress.reports import DueReport
from bot.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Doubts:
    """The questions about the figures of a report; `key` is of these figures alone, and `first` is the KPI that the
    first one is about."""

    questions: Sequence[str] = ()
    key: str = ""
    first: KpiInPeriod | None = None


class Doubtful(UserError):
    """Figures of a report are far from the last accepted ones. A form asks about them; a line opens that form."""

    doubts: Doubts

    def __init__(self, doubts: Doubts, field: str | None) -> None:
        super().__init__(f"{' '.join(doubts.questions)} Nothing is recorded yet.", field=field)
        self.doubts = doubts


def doubts_about(work: UnitOfWork, due: DueReport, figures: Mapping[int, FigureWithParts]) -> Doubts:
    """The doubts about the figures of a report by KPI id. What the report has already is not asked about again."""
    new = {
        number: given.value
        for number, given in figures.items()
        if given.value is not None and given != due.figures.get(number)
    }
    accepted = _accepted(work, due, new) if new else {}
    found = {number: doubt for number, value in new.items() if (doubt := plausibility.doubt(value, accepted[number]))}
    if not found:
        return Doubts()
    doubted = [kpi for kpi in due.kpis if kpi.id in found]
    questions = [found[kpi.id].in_words(kpi.name, kpi.unit) for kpi in doubted]
    return Doubts(questions, plausibility.key_of({number: new[number] for number in found}), doubted[0])


def _accepted(work: UnitOfWork, due: DueReport, among: Mapping[int, Decimal]) -> Mapping[int, Sequence[Decimal]]:
    """The figures of the last accepted reports of the contract, the newest first, by KPI id."""
    last = (
        select(col(Report.id))
        .where(
            col(Report.contract_id) == due.report.contract_id,
            col(Report.decision) == ReportDecision.ACCEPTED,
            col(Report.id) != due.report.id,
        )
        .order_by(col(Report.period).desc())
        .limit(plausibility.COMPARED)
    )
    rows = work.session.execute(
        select(col(Reading.kpi_id), col(Reading.value))
        .join(Report, col(Report.id) == col(Reading.report_id))
        .where(col(Reading.report_id).in_(last), col(Reading.kpi_id).in_(list(among)), col(Reading.value).is_not(None))
        .order_by(col(Report.period).desc())
    )
    found = defaultdict[int, list[Decimal]](list)
    for number, value in rows:
        found[number].append(value)
    return found
