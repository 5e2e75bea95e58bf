"""Receiving a report: reading the fields of its form, rating its figures, storing and showing them.

A report sent again replaces the earlier figures. Its red, amber or green (RAG) is the sender's view and never changes a
rating.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.parts import NOTHING, FigureWithParts
from bot.domain.ratings import UNSAID, Outlook, Rag
from bot.domain.report_cycle import REPORT, ReportEvent, ReportState
from bot.domain.text_validation import deliberate_text, optional_text
from bot.domain.wording import quoted
from bot.errors import Checks, UserError
from bot.models import Audience, Reading, Report
from bot.services import edit_conflicts
from bot.services.lookup.kpis import KpiInPeriod
from bot.services.progress.doubts import Doubtful, doubts_about
from bot.services.progress.rated_figures import RatedFigure, changes_in_words, figures_in_words, rated, reading_of
from bot.services.progress.received_reports import ReceivedReport, announce_received, answers_to
from bot.services.progress.reports import DueReport, check_open, check_seen, no_such_report
from bot.services.unit_of_work import ActorContext


def submit_report(
    ctx: ActorContext,
    due: DueReport,
    values: Mapping[int, FigureWithParts],
    narrative: str = "",
    outlook: Outlook = UNSAID,
    evidence: str = "",
    *,
    deliberate: bool = False,
    confirmed: str = "",
) -> ReceivedReport:
    """Receive a report: rate each figure (a missing KPI is Other) and show it in the contract's channels.

    `values` maps KPI ids to figures; `deliberate` allows a personal detail; `confirmed` is the key of the doubts that
    the reporter answered. Raises `EditConflict` if another report came first, `Doubtful`, and `UserError`.
    """
    ctx.require(Permission.REPORT_PROGRESS, due.contract, Audience.SHARED)
    report = _locked(ctx, due)
    state, before = report.state, report.rag
    if not values and not narrative.strip():
        raise UserError("Give at least one figure, or say in your own words why there is none.")
    _check_doubts(ctx, due, values, confirmed)
    figures = [rated(kpi, values.get(kpi.id, NOTHING), "no figure was given") for kpi in due.kpis]
    words = _narrative(narrative, deliberate=deliberate)
    _receive(ctx, report, figures)
    report.narrative, report.rag = words, outlook.rag
    report.rag_reason, report.path_to_green = outlook.reason, outlook.path
    report.evidence = _evidence(evidence, deliberate=deliberate)
    _record(ctx, due, state, figures, before)
    received = _received(ctx, due, figures)
    announce_received(ctx, received, state)
    return received


def _received(ctx: ActorContext, due: DueReport, figures: Sequence[RatedFigure]) -> ReceivedReport:
    """The report as it came in now."""
    return ReceivedReport(
        due.report,
        due.contract,
        due.partner,
        ctx.actor.name,
        not ctx.actor.is_department,
        ctx.now,
        due.days_late,
        figures,
        answers=answers_to(ctx, due.report),
    )


def _check_doubts(ctx: ActorContext, due: DueReport, values: Mapping[int, FigureWithParts], confirmed: str) -> None:
    """Refuse figures that are far from the accepted ones and are not `confirmed`. Raises `Doubtful`."""
    doubts = doubts_about(ctx, due, values)
    if doubts.first is not None and doubts.key != confirmed:
        raise Doubtful(doubts, field_of(doubts.first))


def _record(
    ctx: ActorContext, due: DueReport, state: ReportState, figures: Sequence[RatedFigure], rag_before: Rag | None
) -> None:
    """Record the receipt in the audit trail, with the differences if the report was received before."""
    report = due.report
    changes = changes_in_words(state, due.figures, figures, rag_before, report.rag) if report.revised_at else None
    ctx.record(
        REPORT.follow(state, ReportEvent.RECEIVED).in_history,
        report.reference,
        contract_id=report.contract_id,
        changes=changes,
        figures=figures_in_words(figures),
        **({"rag": report.rag.value} if report.rag else {}),
        personal_detail=deliberate_text(report.narrative, report.rag_reason, report.path_to_green, report.evidence),
    )


def _receive(ctx: ActorContext, report: Report, figures: Sequence[RatedFigure]) -> None:
    """Store the receipt, the reporter and the figures."""
    if report.received_at is None:
        report.received_at = ctx.now
    else:  # the first receipt is never overwritten
        report.revisions += report.state is ReportState.RECEIVED
        report.revised_at, report.decision, report.decided_at, report.decided_by_id = ctx.now, None, None, None
        ctx.session.execute(delete(Reading).where(col(Reading.report_id) == report.id))
    report.reporter_id = ctx.actor.person_id
    ctx.session.add_all(reading_of(report, figure) for figure in figures)


def _locked(ctx: ActorContext, due: DueReport) -> Report:
    """The report, locked and read again, because somebody else may have changed it."""
    locked = select(Report).where(col(Report.id) == due.report.id).with_for_update()
    report = ctx.session.scalar(locked, execution_options={"populate_existing": True})
    if report is None:
        raise no_such_report()
    check_open(ctx, report)
    edit_conflicts.check(ctx, report.reference, *REPORT.history_of(ReportEvent.RECEIVED))
    check_seen(ctx, report, due.seen)
    return report


MOST = 1_000  # characters of a reason, and of a path


def outlook(rag: str, reason: str, path: str, *, deliberate: bool = False) -> Outlook:
    """The red, amber or green of a report with its reason and path; UNSAID if nothing was entered.

    `deliberate`: the sender was warned of a personal detail and keeps it. Raises `UserError`.
    """
    checks, words = Checks(), {"rag_reason": "", "path_to_green": ""}
    for text, what, field in ((reason, "the reason", "rag_reason"), (path, "the path to green", "path_to_green")):
        with checks.field():
            words[field] = optional_text(text, what=what, at_most=MOST, field=field, deliberate=deliberate)
    checks.done()
    if not rag.strip():
        if any(words.values()):
            raise UserError("Choose red, amber or green for what you say below, or leave that blank.", field="rag")
        return UNSAID
    point = next((each for each in Rag if each.casefold() == rag.strip().casefold()), None)
    if point is None:
        raise UserError(f"{quoted(rag)} is not red, amber or green. Choose one of the list.", field="rag")
    said = Outlook(point, *words.values())
    with checks.field():
        if said.needs_a_path and not said.reason:
            raise UserError(f"Say why it is {point.lower()}.", field="rag_reason")
    with checks.field():
        if said.needs_a_path and not said.path:
            raise UserError(
                f"It is {point.lower()}: say what will be done, and by when it is green.", field="path_to_green"
            )
    checks.done()
    return said


def _narrative(words: str, *, deliberate: bool) -> str:
    return optional_text(words, what="the narrative", at_most=3000, field=NARRATIVE, deliberate=deliberate)


def _evidence(words: str, *, deliberate: bool) -> str:
    return optional_text(words, what="the evidence", at_most=MOST, field=EVIDENCE, deliberate=deliberate)


NARRATIVE, EVIDENCE = "narrative", "evidence"
OUTLOOK = ("rag", "rag_reason", "path_to_green")


def figure_error(kpi: str, error: UserError, field: str | None = None) -> UserError:
    """A figure that cannot be read, with the KPI it was given for."""
    return UserError(f"{kpi}: {error.sentence}" if field is None else error.sentence, field=field)


def field_of(kpi: KpiInPeriod) -> str:
    """The name of the form field for a KPI's figure."""
    return f"kpi_{kpi.public_id}"


def values_of(due: DueReport) -> dict[str, str]:
    """The values with which the form opens: the report as it is."""
    report = due.report
    figures = {field_of(kpi): due.figures.get(kpi.id, NOTHING).written(kpi.unit) for kpi in due.kpis}
    outlook = {"rag": report.rag or "", "rag_reason": report.rag_reason, "path_to_green": report.path_to_green}
    return {**figures, NARRATIVE: report.narrative, **outlook, EVIDENCE: report.evidence}


def figures_of(due: DueReport, values: Mapping[str, str]) -> dict[int, FigureWithParts]:
    """The figures by KPI id, each read in its KPI's unit, without blank fields. Raises `UserError`."""
    figures, checks = dict[int, FigureWithParts](), Checks()
    for kpi in due.kpis:
        typed = values.get(field_of(kpi), "")
        if not typed.strip():
            continue
        with checks.field():
            try:
                figures[kpi.id] = kpi.given(typed)
            except UserError as error:
                raise figure_error(kpi.name, error, field_of(kpi)) from error
    checks.done()
    return figures


def submit_values(
    ctx: ActorContext, due: DueReport, values: Mapping[str, str], *, deliberate: bool = False, confirmed: str = ""
) -> ReceivedReport:
    """Receive a report from the values of its form, whose fields are all checked first. Raises `UserErrors`, and the
    errors of `submit_report`."""
    figures, said, checks = dict[int, FigureWithParts](), UNSAID, Checks()
    narrative, evidence = values.get(NARRATIVE, ""), values.get(EVIDENCE, "")
    with checks.field():
        figures = figures_of(due, values)
    with checks.field():
        _narrative(narrative, deliberate=deliberate)
    with checks.field():
        said = outlook(*(values.get(name, "") for name in OUTLOOK), deliberate=deliberate)
    with checks.field():
        _evidence(evidence, deliberate=deliberate)
    checks.done()
    return submit_report(ctx, due, figures, narrative, said, evidence, deliberate=deliberate, confirmed=confirmed)
