"""Receiving a report: its figures rated, kept and shown; what comes again takes the place of what was there."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlmodel import col

from bot.access import Action
from bot.domain.outlook import UNSAID, Outlook, Rag
from bot.domain.parts import NOTHING, Given
from bot.errors import UserError
from bot.models import Audience, Reading, Report, ReportState
from bot.services import crossing
from bot.services.progress.kept_figures import reading_of, told, told_changes
from bot.services.progress.rated_figures import RatedFigure, rated
from bot.services.progress.received_reports import ReceivedReport, answers_to, tell_received
from bot.services.progress.reports import DueReport, NoSuchReport, check_open, check_seen
from bot.services.texts import kept_deliberately, optional_text
from bot.services.work import Act


class NoFigures(UserError):
    """A report came with no figure and no reason for that."""

    def __init__(self) -> None:
        super().__init__("Give at least one figure, or say in your own words why there is none.")


def submit_report(
    act: Act,
    due: DueReport,
    values: Mapping[int, Given],
    narrative: str = "",
    outlook: Outlook = UNSAID,
    *,
    deliberate: bool = False,
) -> ReceivedReport:
    """Receive a report: rate each figure (a KPI left out is Other) and show it in the contract's channels.

    `values` maps KPI ids to figures; `outlook` is the reporter's own red, amber or green; `deliberate` keeps a personal
    detail. NoFigures if there are none and nothing says why; Crossed or AlreadyReported if another came first;
    AlreadyAccepted.
    """
    act.require(Action.REPORT_PROGRESS, due.contract, Audience.SHARED)
    report = _locked(act, due)
    state = report.state
    if not values and not narrative.strip():
        raise NoFigures
    figures = [rated(kpi, values.get(kpi.id, NOTHING), "no figure was given") for kpi in due.kpis]
    words = optional_text(narrative, what="the narrative", at_most=3000, field="narrative", deliberate=deliberate)
    before = report.rag
    _receive(act, report, figures)
    report.rag, report.rag_reason, report.path_to_green = outlook.rag, outlook.reason, outlook.path
    report.narrative = words
    _record(act, due, state, figures, before)
    received = ReceivedReport(
        report,
        due.contract,
        due.partner,
        act.actor.name,
        not act.actor.is_department,
        act.now,
        due.days_late,
        figures,
        answers=answers_to(act, report),
    )
    tell_received(act, received, state)
    return received


def _record(
    act: Act, due: DueReport, state: ReportState, figures: Sequence[RatedFigure], rag_before: Rag | None
) -> None:
    """Write down what came, and of what came again what it says otherwise than before."""
    report = due.report
    changes = told_changes(state, due.figures, figures, rag_before, report.rag) if report.revised_at else None
    act.record(
        "report changed" if state is ReportState.RECEIVED else "report received",
        report.reference,
        contract_id=report.contract_id,
        changes=changes,
        figures=told(figures),
        **({"rag": report.rag.value} if report.rag else {}),
        personal_detail=kept_deliberately(report.narrative, report.rag_reason, report.path_to_green),
    )


def _receive(act: Act, report: Report, figures: Sequence[RatedFigure]) -> None:
    """Note that the report came, from whom, and its figures."""
    if report.received_at is None:
        report.received_at = act.now
    else:  # that the report came, and when, stays a fact
        report.revisions += report.state is ReportState.RECEIVED
        report.revised_at, report.decision, report.decided_at, report.decided_by_id = act.now, None, None, None
        act.session.execute(delete(Reading).where(col(Reading.report_id) == report.id))
    report.reporter_id = act.actor.person_id
    act.session.add_all(reading_of(report, figure) for figure in figures)


def _locked(act: Act, due: DueReport) -> Report:
    """The report as it stands now: another may have been first."""
    locked = select(Report).where(col(Report.id) == due.report.id).with_for_update()
    report = act.session.scalar(locked, execution_options={"populate_existing": True})
    if report is None:
        raise NoSuchReport
    check_open(act, report)
    crossing.check(act, report.reference, "report received", "report changed")
    check_seen(act, report, due.seen)
    return report
