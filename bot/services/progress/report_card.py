"""One report as both sides of a contract see it, with what the actor may do about it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.periods import Month, parse_month
from bot.domain.report_cycle import REPORT, ReportEvent
from bot.errors import UserError
from bot.models import Audience, Contract, Report
from bot.services.lookup import contracts as contract_lookup
from bot.services.progress import reports
from bot.services.progress.over_time import FiguresOverTime, over_time
from bot.services.progress.received_reports import ReceivedReport, prompt_key, received_report
from bot.services.progress.reports import DueReport, no_such_report
from bot.services.unit_of_work import ActorContext


def _no_report_for(contract: ContractRef, month: Month | None, last: str | None) -> UserError:
    """The contract has no report for a month."""
    which = f" for {month}" if month else ""
    latest = f" The latest is for {Month.parse(last)}." if last else " The first is asked for when a month has ended."
    return UserError(f"{contract.reference} has no report{which}.{latest}")


@dataclass(frozen=True)
class ReportCard:
    """A report: `received` holds its figures if it was received, `due` what it asks for if it is awaited.

    `link` leads to its message in Slack, if that is known.
    """

    contract: ContractRef
    report: Report
    due: DueReport
    received: ReceivedReport | None
    may_decide: bool
    may_report: bool
    may_judge: bool = False
    over_time: FiguresOverTime | None = None
    link: str = ""

    @property
    def period(self) -> str:
        """The period in words: December 2026."""
        return str(Month.parse(self.report.period))

    @property
    def message(self) -> str:
        """The outbox key of its message."""
        return prompt_key(self.report)


def report_card(ctx: ActorContext, typed: str, month: str = "") -> ReportCard:
    """The report for a month on a contract that the actor may see, or the latest one if no month is typed.

    It holds only what both sides may see. Raises `UserError`, `AmbiguousMatch`, `Denied` or `NotAMonth`.
    """
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE, Audience.SHARED)
    wanted = parse_month(month, ctx.today) if month else None
    of_contract = select(Report).where(col(Report.contract_id) == contract.id).order_by(col(Report.period).desc())
    last = ctx.session.scalar(of_contract.limit(1))
    report = last
    if wanted is not None:
        report = ctx.session.scalar(of_contract.where(col(Report.period) == wanted.key))
    if report is None:
        raise _no_report_for(contract, wanted, last.period if last else None)
    return card_of(ctx, contract, report)


def report_card_by_key(ctx: ActorContext, key: str) -> ReportCard:
    """The same for the report of a button. UserError, Denied."""
    report = by_key(ctx.session, Report, key)
    if report is None:
        raise no_such_report()
    return card_of(ctx, contract_lookup.contract_facts(ctx.session, report.contract_id), report)


def card_of(ctx: ActorContext, contract: ContractRef, report: Report) -> ReportCard:
    """The card of a report. Raises `Denied`."""
    ctx.require(Permission.SEE, contract, Audience.SHARED)
    row = ctx.session.get_one(Contract, contract.id)
    may_accept = ctx.may(Permission.ACCEPT_PROGRESS, contract)
    open_to_report = REPORT.allows(report.state, ReportEvent.RECEIVED)
    open_to_decide = REPORT.allows(report.state, ReportEvent.ACCEPTED)
    due, received = reports.due_report(ctx, report, row), received_report(ctx, report)
    return ReportCard(
        contract,
        report,
        due,
        received.for_partner if received and not ctx.may(Permission.SEE, contract) else received,
        may_decide=open_to_decide and may_accept,
        may_report=open_to_report and ctx.may(Permission.REPORT_PROGRESS, contract, Audience.SHARED),
        may_judge=received is not None and may_accept,
        over_time=over_time(ctx, row, due.kpis, Month.parse(report.period)) if received else None,
    )
