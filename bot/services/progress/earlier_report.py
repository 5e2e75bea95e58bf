"""What was reported before: the last figures and the open points that stand beside the fields of a report's form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.periods import Month
from bot.models import Audience, Reading, Report, ReportDecision
from bot.services.lookup.kpis import kpis_of
from bot.services.progress.kpi_history import KpiFigure, figure_seen
from bot.services.progress.reports import DueReport
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class OpenQuery:
    """A query about an earlier report that has no answer."""

    period: str
    words: str


@dataclass(frozen=True)
class ReportedBefore:
    """The last report before one that is due, of `period` ("" for none): its figures by KPI id, what it said besides
    them, and the queries about earlier reports that are open."""

    period: str = ""
    figures: Mapping[int, KpiFigure] = field(default_factory=dict)
    narrative: str = ""
    rag_reason: str = ""
    path_to_green: str = ""
    queries: Sequence[OpenQuery] = ()


def reported_before(ctx: ActorContext, due: DueReport) -> ReportedBefore:
    """What was reported before a report that the actor may send, as its partner may see it. Raises `Denied`."""
    ctx.require(Permission.REPORT_PROGRESS, due.contract, Audience.SHARED)
    earlier = (col(Report.contract_id) == due.contract.id, col(Report.period) < due.report.period)
    last = ctx.session.scalar(
        select(Report)
        .where(*earlier, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(1)
    )
    if last is None:
        return ReportedBefore()
    queried = select(col(Report.period), col(Report.query)).where(
        *earlier, col(Report.decision) == ReportDecision.QUERIED
    )
    month = Month.parse(last.period)
    kpis = {kpi.id: kpi for kpi in kpis_of(ctx.session, due.contract.id, month)}
    readings = ctx.session.scalars(select(Reading).where(col(Reading.report_id) == last.id))
    return ReportedBefore(
        str(month),
        {
            each.kpi_id: figure_seen(kpis[each.kpi_id], each, last.period, last.decision, inside=False)
            for each in readings
        },
        last.narrative,
        last.rag_reason,
        last.path_to_green,
        [OpenQuery(str(Month.parse(period)), words) for period, words in ctx.session.execute(queried)],
    )
