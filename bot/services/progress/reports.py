"""Monthly reports: opened when a period has ended, prompted for once, and open until they are accepted."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select
from sqlmodel import col

from bot.access import Permission
from bot.db import by_key
from bot.domain.asking import Asking
from bot.domain.calendar import NationCalendar
from bot.domain.due_kinds import DueKind
from bot.domain.london import london, london_instant
from bot.domain.normalisation import name_key
from bot.domain.parts import FigureWithParts
from bot.domain.periods import Month, report_due, report_opens
from bot.domain.ratings import Outlook
from bot.domain.report_cycle import REPORT, ReportEvent
from bot.domain.stages import REPORTING
from bot.domain.wording import format_instant, nearest, quoted
from bot.errors import UserError
from bot.models import Audience, Contract, Kpi, KpiTarget, Person, Reading, Report
from bot.services.due.agreed_time import earlier_days
from bot.services.due.sources.reports import is_awaited
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.kpis import KpiInPeriod, is_measured_in, kpis_in
from bot.services.progress.rated_figures import given_in
from bot.services.progress.received_reports import decider
from bot.services.unit_of_work import ActorContext, UnitOfWork

log = logging.getLogger(__name__)

OPENS_AT_HOUR = 9


def no_such_report() -> UserError:
    """The button belongs to nothing in the record."""
    return UserError("This report is no longer in the record, so nothing was done. Ask the contract manager.")


def _already_reported(period: str, who: str, at: datetime | None) -> UserError:
    """The report is in already."""
    on = f" on {format_instant(at)}" if at else ""
    return UserError(f"The report for {period} came from {who}{on}, so nothing was changed.")


def _already_accepted(period: str, who: str, at: datetime | None) -> UserError:
    """The report is accepted, and stays as it is."""
    on = f" on {format_instant(at)}" if at else ""
    return UserError(
        f"{who} accepted the report for {period}{on}, so it cannot be changed any more. "
        "If a figure is wrong, tell the contract manager."
    )


def no_such_kpi(typed: str, kpis: Sequence[KpiInPeriod]) -> UserError:
    """A figure names no KPI of the contract."""
    codes = [kpi.code for kpi in kpis]
    close = nearest(typed, [*codes, *(kpi.name for kpi in kpis)])
    meant = f"Did you mean {close}?" if close else f"Its KPIs are {', '.join(codes)}."
    return UserError(f"There is no KPI {quoted(typed)} on this contract. {meant}")


@dataclass(frozen=True)
class DueReport:
    """A report that is not accepted, with the KPIs it asks for; `figures` are those reported so far, by KPI id, and
    `seen` is their version; `due_before` is the day before more time was agreed.
    `is_past`: it has not come, and its day has passed."""

    report: Report
    contract: Contract
    partner: str
    kpis: Sequence[KpiInPeriod]
    days_late: int
    figures: Mapping[int, FigureWithParts] = field(default_factory=dict)
    seen: str = ""
    due_before: date | None = None
    is_past: bool = False

    @property
    def period(self) -> str:
        """The period in words: December 2026."""
        return str(Month.parse(self.report.period))

    @property
    def asking(self) -> Asking:
        """When it is due, and when it was asked for."""
        return Asking(self.report.due_on, self.report.asked_on)

    @property
    def is_asked_late(self) -> bool:
        """Whether its day has passed, and nobody was asked yet."""
        return self.is_past and self.report.asked_on is None

    @property
    def outlook(self) -> Outlook:
        """The red, amber or green reported so far."""
        return Outlook(self.report.rag, self.report.rag_reason, self.report.path_to_green)


def first_report_at(month: Month, calendar: NationCalendar) -> datetime:
    """The instant at which a period's report is asked for: 9am on the first working day after it ends."""
    return london_instant(report_opens(month, calendar), OPENS_AT_HOUR)


def contracts_to_open(work: UnitOfWork) -> Sequence[int]:
    """The contracts with an ended period whose report is not opened."""
    return work.session.scalars(select(col(Contract.id)).where(*_is_to_open(work)).order_by(col(Contract.id))).all()


def open_reports(work: UnitOfWork, among: Sequence[int]) -> list[Report]:
    """Open the expected report of every ended period of these contracts, so that late and missing reports are on
    record.

    A contract that missed several periods gets a report for each.
    """
    due = work.session.scalars(
        select(Contract)
        .where(*_is_to_open(work), col(Contract.id).in_(among))
        # A second worker waits, and then finds the reports opened; skipping locked rows would delay its prompts to the
        # next run. The order prevents deadlocks, and `key_share` leaves rows that refer to a contract free to be added.
        .order_by(col(Contract.id))
        .with_for_update(key_share=True)
    )
    opened: list[Report] = []
    for contract in due.all():
        try:
            with work.session.begin_nested():
                opened += _open_reports_of(work, contract)
        except Exception:  # one that fails must not stop the others
            log.exception("no report was opened for %s", contract.reference)
    return opened


def _is_to_open(work: UnitOfWork) -> Sequence[ColumnElement[bool]]:
    return (
        col(Contract.next_report_at) <= work.now,
        col(Contract.stage).in_(REPORTING),
        exists().where(
            col(Kpi.contract_id) == col(Contract.id),
            is_measured_in(col(Contract.next_period)),
            col(KpiTarget.kpi_id) == col(Kpi.id),
            col(KpiTarget.from_period) <= col(Contract.next_period),
        ),
    )


def _open_reports_of(work: UnitOfWork, contract: Contract) -> list[Report]:
    calendar = work.calendar.of(contract.nation)
    opened: list[Report] = []
    while contract.stage in REPORTING and contract.next_report_at <= work.now:
        month = Month.parse(contract.next_period)
        if month.start > contract.end_date:
            break
        report = expect_report(contract, month, calendar, prompt_at=contract.next_report_at)
        work.session.add(report)
        opened.append(report)
        contract.next_period = month.next().key
        contract.next_report_at = first_report_at(month.next(), calendar)
    work.session.flush()
    return opened


def expect_report(contract: Contract, month: Month, calendar: NationCalendar, prompt_at: datetime) -> Report:
    """The expected report of one period, not received."""
    due_on = report_due(month, contract.report_working_day, calendar)
    return Report(contract_id=contract.id, period=month.key, due_on=due_on, prompt_at=prompt_at)


def report_of_button(ctx: ActorContext, key: str) -> DueReport:
    """The report that a button names, if it is not accepted. Raises `UserError` or `Denied`."""
    report = by_key(ctx.session, Report, key)
    if report is None:
        raise no_such_report()
    contract = ctx.session.get_one(Contract, report.contract_id)
    ctx.require(Permission.REPORT_PROGRESS, contract, Audience.SHARED)
    check_open(ctx, report)
    return due_report(ctx, report, contract)


def next_due(ctx: ActorContext, reference: str) -> DueReport:
    """The oldest awaited or queried report of a contract. Raises `UserError` or `Denied`."""
    facts = contract_lookup.contract_for(ctx, reference, Permission.REPORT_PROGRESS, Audience.SHARED)
    contract = ctx.session.get_one(Contract, facts.id)
    _open_reports_of(ctx, contract)
    report = ctx.session.scalar(
        select(Report)
        .where(
            col(Report.contract_id) == contract.id,
            is_awaited(),
        )
        .order_by(col(Report.period))
        .limit(1)
    )
    if report is None:
        raise UserError(
            f"No report is due on {contract.reference}. The next one, for {Month.parse(contract.next_period)}, "
            f"opens on {format_instant(contract.next_report_at)}."
        )
    return due_report(ctx, report, contract)


def due_report(work: UnitOfWork, report: Report, contract: Contract) -> DueReport:
    """A report with the KPIs it asks for, and its working days late: so far, or at its receipt (0 if it is on time)."""
    day = work.today if report.received_at is None else london(report.received_at).date()
    asking = Asking(report.due_on, report.asked_on)
    late = work.calendar.of(contract.nation).working_days_between(asking.counts_from or day, day)
    readings = work.session.scalars(select(Reading).where(col(Reading.report_id) == report.id))
    return DueReport(
        report,
        contract,
        contract_lookup.contract_facts(work.session, contract.id).partner,
        kpis_in(work.session, contract.id, Month.parse(report.period)),
        max(late, 0),
        {each.kpi_id: given for each in readings if not (given := given_in(each)).is_empty},
        report.figures_version,
        earlier_days(work, [(DueKind.REPORT, report.id, report.due_on)]).get((DueKind.REPORT, report.id)),
        report.received_at is None and report.due_on < work.today,
    )


def find_kpi(typed: str, kpis: Sequence[KpiInPeriod]) -> KpiInPeriod:
    """The KPI with this code or name, in any case. Raises `UserError`."""
    wanted = name_key(typed)
    for kpi in kpis:
        if wanted in (name_key(kpi.code), name_key(kpi.name)):
            return kpi
    raise no_such_kpi(typed, kpis)


def check_open(work: UnitOfWork, report: Report) -> None:
    """Refuse a report that is accepted; until then the reporter may change it. Raises `UserError`."""
    if not REPORT.allows(report.state, ReportEvent.RECEIVED):
        raise _already_accepted(str(Month.parse(report.period)), decider(work, report), report.decided_at)


def check_seen(work: UnitOfWork, report: Report, seen: str) -> None:
    """Refuse a report whose figures changed after they were seen. Raises `UserError`."""
    if report.received_at is not None and report.figures_version != seen:
        reporter = work.session.get_one(Person, report.reporter_id)
        raise _already_reported(str(Month.parse(report.period)), reporter.name, report.revised_at or report.received_at)
