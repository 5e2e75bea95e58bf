"""Reports that are in: their rated figures, and the messages that show them and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.domain.calendar import working_days_between
from bot.domain.london import london
from bot.domain.parts import Given
from bot.domain.periods import Month
from bot.domain.ratings import CutOffs, Rating, rate, worst
from bot.models import Audience, Contract, Kpi, Organisation, OrganisationKind, Person, Reading, Report, ReportState
from bot.outbox import Draft
from bot.services.contracts import register
from bot.services.work import Work

NOTHING_TO_COUNT = "there was nothing to count"


@dataclass(frozen=True)
class RatedFigure:
    """One KPI's figure and rating."""

    kpi: Kpi
    given: Given
    rating: Rating
    why: str = ""

    @property
    def value(self) -> Decimal | None:
        """The figure itself."""
        return self.given.value


@dataclass(frozen=True)
class ReceivedReport:
    """A report that is in, rated. `received_at` is when it came last, `days_late` how late it came first."""

    report: Report
    contract: Contract
    partner: str
    reporter: str
    by_partner: bool
    received_at: datetime
    days_late: int
    figures: Sequence[RatedFigure]
    decided_by: str = ""

    @property
    def period(self) -> str:
        """The period in words: December 2026."""
        return str(Month.parse(self.report.period))

    @property
    def worst(self) -> Rating:
        """The most serious of its ratings."""
        return worst([figure.rating for figure in self.figures])


def rated(kpi: Kpi, given: Given, why: str = "") -> RatedFigure:
    """A figure with its rating by the KPI's cut-offs; `why` says why there is none."""
    cut_offs = CutOffs(kpi.good, kpi.approaching, kpi.requires_improvement)
    reason = NOTHING_TO_COUNT if given.whole == 0 else why
    return RatedFigure(kpi, given, rate(given.value, cut_offs, kpi.direction), reason if given.value is None else "")


def given_in(reading: Reading) -> Given:
    """The figure of a reading, as it was given."""
    return Given(reading.value, reading.part, reading.whole)


def received_report(work: Work, report: Report) -> ReceivedReport | None:
    """What the record says of a report that came; None of one that is awaited."""
    if report.received_at is None:
        return None
    session = work.session
    contract = session.get_one(Contract, report.contract_id)
    reporter = session.get_one(Person, report.reporter_id)
    kind = session.get_one(Organisation, reporter.organisation_id).kind
    late = working_days_between(report.due_on, london(report.received_at).date(), contract.nation)
    readings = session.execute(
        select(Reading, Kpi)
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .where(col(Reading.report_id) == report.id)
        .order_by(col(Kpi.id))
    )
    return ReceivedReport(
        report=report,
        contract=contract,
        partner=register.contract_facts(session, contract.id).partner,
        reporter=reporter.name,
        by_partner=kind is not OrganisationKind.DEPARTMENT,
        received_at=report.revised_at or report.received_at,
        days_late=max(late, 0),
        figures=[RatedFigure(kpi, given_in(reading), reading.rating, reading.why) for reading, kpi in readings],
        decided_by=session.get_one(Person, report.decided_by_id).name if report.decided_by_id else "",
    )


def tell_received(work: Work, received: ReceivedReport) -> None:
    """Show a report where it was asked for, and tell the contract's internal channel, where it can be decided on."""
    report, contract = received.report, received.contract
    why = f"the report for {received.period} on {contract.reference} came in"
    shown = work.messages.message("report_received", received=received)
    work.replace(prompt_key(report), f"{prompt_key(report)}-received{_again(report.queries)}", shown, why)
    if report.queries:
        answered = work.messages.message("report_queried", received=received)
        for asked in (query_key(report), notice_key(report, report.queries - 1)):
            work.replace(asked, f"{asked}-answered", answered, why)
    channel = register.channel_of(work.session, contract.id, Audience.INTERNAL)
    if channel is not None:
        notice = work.messages.message("report_notice", received=received)
        key = notice_key(report, report.queries)
        work.enqueue(Draft(key, channel, Audience.INTERNAL, notice, why, contract.id))


def tell_decided(work: Work, received: ReceivedReport, notice: str) -> bool:
    """Update every message about a report with what was decided, and ask a query in the shared channel; whether the
    partner can read there what was decided. `notice` is the key of the message that told that it came."""
    report, contract, state = received.report, received.contract, received.report.state
    why = f"the report for {received.period} on {contract.reference} was {state}"
    shown, told = (work.messages.message(name, received=received) for name in ("report_received", "report_notice"))
    once = f"{state}{_again(report.queries)}"
    stands = work.replace(prompt_key(report), f"{prompt_key(report)}-{once}", shown, why)
    work.replace(notice, f"{notice}-{once}", told, why)
    if not report.queries:
        return stands
    asked = work.messages.message("report_queried", received=received)
    if state is not ReportState.QUERIED:
        return work.replace(query_key(report), f"{query_key(report)}-{state}", asked, why) or stands
    channel = register.channel_of(work.session, contract.id, Audience.SHARED)
    if channel is not None:
        work.enqueue(Draft(query_key(report), channel, Audience.SHARED, asked, why, contract.id))
    return channel is not None


def prompt_key(report: Report) -> str:
    """The key of a report's prompt in the outbox."""
    return f"report-{report.id}-prompt"


def notice_key(report: Report, queries: int) -> str:
    """The key of the message that told that a report came, after so many queries."""
    return f"report-{report.id}-received{_again(queries)}"


def query_key(report: Report) -> str:
    """The key of the message that asks the last query."""
    return f"report-{report.id}-query{_again(report.queries)}"


def _again(queries: int) -> str:
    return f"-{queries}" if queries else ""
