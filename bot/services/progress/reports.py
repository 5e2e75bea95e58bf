"""Monthly reports: opened when a period has ended, prompted for, received and rated."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlmodel import col

from bot.access import Action
from bot.domain.calendar import Nation, working_days_between
from bot.domain.london import london, london_instant
from bot.domain.outlook import UNSAID, Outlook
from bot.domain.parts import NOTHING, Given
from bot.domain.periods import Month, report_due, report_opens
from bot.domain.wording import format_instant, nearest, quoted
from bot.errors import UserError
from bot.models import Audience, Contract, Kpi, Person, Reading, Report, ReportState, Stage
from bot.services.contracts import register
from bot.services.progress.awaited import is_awaited
from bot.services.progress.kept_figures import reading_of, told, told_changes
from bot.services.progress.rated_figures import RatedFigure, given_in, rated
from bot.services.progress.received_reports import ReceivedReport, decider, tell_received
from bot.services.texts import kept_deliberately, optional_text
from bot.services.work import Act, Work

log = logging.getLogger(__name__)

REPORTING_STAGES = (Stage.TRANSITION, Stage.LIVE, Stage.CHANGE, Stage.EXIT)
OPENS_AT_HOUR = 9


class NoReportDue(UserError):
    """Every report that has been asked for is in."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(
            f"No report is due on {contract.reference}. The next one, for {Month.parse(contract.next_period)}, "
            f"opens on {format_instant(contract.next_report_at)}."
        )


class NoSuchReport(UserError):
    """The button belongs to nothing in the record."""

    def __init__(self) -> None:
        super().__init__("This report is no longer in the record, so nothing was done. Ask the contract manager.")


class AlreadyReported(UserError):
    """The report is in already."""

    def __init__(self, period: str, who: str, at: datetime | None) -> None:
        on = f" on {format_instant(at)}" if at else ""
        super().__init__(f"The report for {period} came from {who}{on}, so nothing was changed.")


class AlreadyAccepted(UserError):
    """The report is accepted, and stays as it is."""

    def __init__(self, period: str, who: str, at: datetime | None) -> None:
        on = f" on {format_instant(at)}" if at else ""
        super().__init__(
            f"{who} accepted the report for {period}{on}, so it cannot be changed any more. "
            "If a figure is wrong, tell the contract manager."
        )


class NoSuchKpi(UserError):
    """A figure names no KPI of the contract."""

    def __init__(self, typed: str, kpis: Sequence[Kpi]) -> None:
        codes = [kpi.code for kpi in kpis]
        close = nearest(typed, [*codes, *(kpi.name for kpi in kpis)])
        meant = f"Did you mean {close}?" if close else f"Its KPIs are {', '.join(codes)}."
        super().__init__(f"There is no KPI {quoted(typed)} on this contract. {meant}")


class NoFigures(UserError):
    """A report came with no figure and no reason for that."""

    def __init__(self) -> None:
        super().__init__("Give at least one figure, or say in your own words why there is none.")


@dataclass(frozen=True)
class DueReport:
    """A report that is awaited, or queried, with what it asks for; `figures` are those it had, by KPI id."""

    report: Report
    contract: Contract
    partner: str
    kpis: Sequence[Kpi]
    days_late: int
    figures: Mapping[int, Given] = field(default_factory=dict)

    @property
    def period(self) -> str:
        """The period in words: December 2026."""
        return str(Month.parse(self.report.period))

    @property
    def outlook(self) -> Outlook:
        """The red, amber or green that it had."""
        return Outlook(self.report.rag, self.report.rag_reason, self.report.path_to_green)


def first_report_at(month: Month, nation: Nation) -> datetime:
    """The instant at which a period's report is asked for: 9am on the first working day after it ends."""
    return london_instant(report_opens(month, nation), OPENS_AT_HOUR)


def open_reports(work: Work) -> list[Report]:
    """Make the expected report of every period that has ended, so that late and missing are facts.

    Looks only at contracts whose next report is due to open; one that missed several periods opens them all.
    """
    due = work.session.scalars(
        select(Contract)
        .where(
            col(Contract.next_report_at) <= work.now,
            col(Contract.stage).in_(REPORTING_STAGES),
            exists().where(col(Kpi.contract_id) == col(Contract.id)),
        )
        # Whoever runs this at the same instant waits, and then finds them opened: to pass over what another has would
        # leave its prompts to the next run. In one order, so that two never wait for each other; the keys stay free
        # for what refers to them.
        .order_by(col(Contract.id))
        .with_for_update(key_share=True)
    )
    opened: list[Report] = []
    for contract in due.all():
        try:
            with work.session.begin_nested():
                opened += _open_reports_of(work, contract)
        except Exception:  # whatever is wrong with one (no calendar so far ahead, say), the others are opened
            log.exception("no report was opened for %s", contract.reference)
    return opened


def _open_reports_of(work: Work, contract: Contract) -> list[Report]:
    opened: list[Report] = []
    while contract.stage in REPORTING_STAGES and contract.next_report_at <= work.now:
        month = Month.parse(contract.next_period)
        if month.start > contract.end_date:
            break
        report = expect_report(contract, month, prompt_at=contract.next_report_at)
        work.session.add(report)
        opened.append(report)
        contract.next_period = month.next().key
        contract.next_report_at = first_report_at(month.next(), contract.nation)
    work.session.flush()
    return opened


def expect_report(contract: Contract, month: Month, prompt_at: datetime) -> Report:
    """The expected report of one period, not yet received."""
    due_on = report_due(month, contract.report_working_day, contract.nation)
    return Report(contract_id=contract.id, period=month.key, due_on=due_on, prompt_at=prompt_at)


def report_of_button(act: Act, report_id: int) -> DueReport:
    """The awaited, or queried, report of a button. NoSuchReport, Denied, AlreadyReported, AlreadyAccepted."""
    report = act.session.get(Report, report_id)
    if report is None:
        raise NoSuchReport
    contract = act.session.get_one(Contract, report.contract_id)
    act.require(Action.REPORT_PROGRESS, contract, Audience.SHARED)
    _check_awaited(act, report)
    return due_report(act, report, contract)


def next_due(act: Act, reference: str) -> DueReport:
    """The oldest awaited, or queried, report of a contract. NoSuchContract, Denied, NoReportDue."""
    facts = register.contract_for(act, reference, Action.REPORT_PROGRESS, Audience.SHARED)
    contract = act.session.get_one(Contract, facts.id)
    _open_reports_of(act, contract)
    report = act.session.scalar(
        select(Report)
        .where(
            col(Report.contract_id) == contract.id,
            is_awaited(),
        )
        .order_by(col(Report.period))
        .limit(1)
    )
    if report is None:
        raise NoReportDue(contract)
    return due_report(act, report, contract)


def due_report(work: Work, report: Report, contract: Contract) -> DueReport:
    """What an awaited report asks for, and how late it is, or came, in working days (0 when it is not)."""
    day = work.today if report.received_at is None else london(report.received_at).date()
    late = working_days_between(report.due_on, day, contract.nation)
    readings = work.session.scalars(select(Reading).where(col(Reading.report_id) == report.id))
    return DueReport(
        report,
        contract,
        register.contract_facts(work.session, contract.id).partner,
        kpis_of(work, contract),
        max(late, 0),
        {each.kpi_id: given for each in readings if not (given := given_in(each)).is_empty},
    )


def kpis_of(work: Work, contract: Contract) -> Sequence[Kpi]:
    """A contract's KPIs, in the order they were agreed."""
    return work.session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract.id).order_by(col(Kpi.id))).all()


def find_kpi(typed: str, kpis: Sequence[Kpi]) -> Kpi:
    """The KPI of this code or name, in any case. NoSuchKpi."""
    wanted = typed.strip().casefold()
    for kpi in kpis:
        if wanted in (kpi.code.casefold(), kpi.name.casefold()):
            return kpi
    raise NoSuchKpi(typed, kpis)


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
    detail. NoFigures if there are none and nothing says why; AlreadyReported if another came first, AlreadyAccepted.
    """
    act.require(Action.REPORT_PROGRESS, due.contract, Audience.SHARED)
    report = _locked(act, due.report.id)
    if not values and not narrative.strip():
        raise NoFigures
    figures = [rated(kpi, values.get(kpi.id, NOTHING), "no figure was given") for kpi in due.kpis]
    _receive(act, report, figures)
    before = report.rag
    report.rag, report.rag_reason, report.path_to_green = outlook.rag, outlook.reason, outlook.path
    report.narrative = optional_text(
        narrative, what="the narrative", at_most=3000, field="narrative", deliberate=deliberate
    )
    act.record(
        "report received",
        report.reference,
        contract_id=due.contract.id,
        changes=told_changes(due.figures, figures, before, outlook.rag) if report.revised_at else None,
        figures=told(figures),
        **({"rag": outlook.rag.value} if outlook.rag else {}),
        personal_detail=kept_deliberately(report.narrative, report.rag_reason, report.path_to_green),
    )
    received = ReceivedReport(
        report, due.contract, due.partner, act.actor.name, not act.actor.is_department, act.now, due.days_late, figures
    )
    tell_received(act, received)
    return received


def _receive(act: Act, report: Report, figures: Sequence[RatedFigure]) -> None:
    """Note that the report came, from whom, and its figures."""
    if report.received_at is None:
        report.received_at = act.now
    else:  # the answer to a query: that the report came, and when, stays a fact
        report.revised_at, report.decision, report.decided_at, report.decided_by_id = act.now, None, None, None
        act.session.execute(delete(Reading).where(col(Reading.report_id) == report.id))
    report.reporter_id = act.actor.person_id
    act.session.add_all(reading_of(report, figure) for figure in figures)


def _locked(act: Act, report_id: int) -> Report:
    """The report that is awaited as it stands now: another may have been first."""
    locked = select(Report).where(col(Report.id) == report_id).with_for_update()
    report = act.session.scalar(locked, execution_options={"populate_existing": True})
    if report is None:
        raise NoSuchReport
    _check_awaited(act, report)
    return report


def _check_awaited(act: Act, report: Report) -> None:
    period = str(Month.parse(report.period))
    if report.state is ReportState.ACCEPTED:
        raise AlreadyAccepted(period, decider(act, report), report.decided_at)
    if report.state is ReportState.RECEIVED:
        reporter = act.session.get_one(Person, report.reporter_id)
        raise AlreadyReported(period, reporter.name, report.revised_at or report.received_at)
