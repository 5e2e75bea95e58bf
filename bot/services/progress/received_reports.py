"""Received reports: their rated figures, the messages that show them, and the answers to queries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, String, cast, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.access import Permission
from bot.delivery import outbox
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.ratings import Rating, worst
from bot.domain.report_cycle import REPORT, ReportEvent, ReportState
from bot.domain.text_validation import required_text
from bot.domain.wording import shorten
from bot.models import (
    Audience,
    Contract,
    Kpi,
    KpiTarget,
    Organisation,
    OutboxState,
    Person,
    Reading,
    Report,
    ReportAnswer,
)
from bot.services.due.sources.reports import answer_by
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.kpis import KpiInPeriod, holds_in
from bot.services.progress.rated_figures import RatedFigure, figure_in, sees_overrides
from bot.services.unit_of_work import ActorContext, UnitOfWork

_THREAD = re.compile(r"report-(\d+)-(?:prompt|query(?:-\d+)?)")


@dataclass(frozen=True)
class QueryAnswer:
    """An answer to the last query, written in the thread by somebody of the partner."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True)
class ReceivedReport:
    """A received report with its ratings. `received_at` is its latest receipt; `days_late` is how late it first came.

    `decided_by` is blank for a decision that came with an import; `answer_by` is the deadline for answering the query,
    and `answers` are the answers so far; `reporter_slack` is the Slack user to ask.
    """

    report: Report
    contract: Contract
    partner: str
    reporter: str
    by_partner: bool
    received_at: datetime
    days_late: int
    figures: Sequence[RatedFigure]
    decided_by: str = ""
    answer_by: date | None = None
    answers: Sequence[QueryAnswer] = ()
    reporter_slack: str = ""

    @property
    def period(self) -> str:
        """The period in words: December 2026."""
        return str(Month.parse(self.report.period))

    @property
    def answered(self) -> tuple[str, datetime]:
        """Who answered the last query, in the thread or by reporting again, and when."""
        last = self.answers[-1] if self.answers else None
        return (last.by, last.at) if last and last.at >= self.received_at else (self.reporter, self.received_at)

    @property
    def worst(self) -> Rating:
        """The most serious of its ratings."""
        return worst([figure.rating for figure in self.figures])

    @property
    def for_partner(self) -> "ReceivedReport":
        """The report as the partner sees it."""
        if sees_overrides(self.report.decision, inside=False):
            return self
        return replace(self, figures=[replace(each, rating=each.computed, override=None) for each in self.figures])


def received_report(work: UnitOfWork, report: Report) -> ReceivedReport | None:
    """A report that was received, with all that the record says about it; None for an awaited one."""
    if report.received_at is None:
        return None
    session = work.session
    contract = session.get_one(Contract, report.contract_id)
    reporter = session.get_one(Person, report.reporter_id)
    kind = session.get_one(Organisation, reporter.organisation_id).kind
    calendar = work.calendar.of(contract.nation)
    late = calendar.working_days_between(report.due_on, london(report.received_at).date())
    overrider, verifier = aliased(Person), aliased(Person)
    readings = session.execute(
        select(Reading, Kpi, KpiTarget, col(overrider.name), col(verifier.name))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(KpiTarget, holds_in(literal(report.period)))
        .outerjoin(overrider, col(overrider.id) == col(Reading.overridden_by_id))
        .outerjoin(verifier, col(verifier.id) == col(Reading.verified_by_id))
        .where(col(Reading.report_id) == report.id)
        .order_by(col(Kpi.id))
    )
    return ReceivedReport(
        report=report,
        contract=contract,
        partner=contract_lookup.contract_facts(session, contract.id).partner,
        reporter=reporter.name,
        by_partner=not kind.is_department,
        received_at=report.revised_at or report.received_at,
        days_late=max(late, 0),
        figures=[figure_in(reading, KpiInPeriod.of(kpi, target), *names) for reading, kpi, target, *names in readings],
        decided_by=session.get_one(Person, report.decided_by_id).name if report.decided_by_id else "",
        answer_by=answer_by(report, contract.report_working_day, calendar),
        answers=answers_to(work, report),
        reporter_slack=reporter.slack,
    )


def answers_to(work: UnitOfWork, report: Report) -> Sequence[QueryAnswer]:
    """The answers to a report's last query, the oldest first."""
    if not report.queries:
        return ()
    rows = work.session.execute(
        select(col(Person.name), col(ReportAnswer.at), col(ReportAnswer.words))
        .join(Person, col(Person.id) == col(ReportAnswer.person_id))
        .where(col(ReportAnswer.report_id) == report.id, col(ReportAnswer.query) == report.queries)
        .order_by(col(ReportAnswer.id))
    )
    return [QueryAnswer(*row) for row in rows]


def decider(work: UnitOfWork, report: Report) -> str:
    """Who decided on a report, as the start of a sentence: a person or an import."""
    return work.session.get_one(Person, report.decided_by_id).name if report.decided_by_id else "An import"


def announce_received(work: UnitOfWork, received: ReceivedReport, before: ReportState) -> None:
    """Show a report where it was asked for, and in the contract's internal channel with the buttons to decide on it.

    If an undecided report is sent again, this only updates the messages posted before.
    """
    report, contract = received.report, received.contract
    why = f"the report for {received.period} on {contract.reference} came in"
    shown = work.messages.message("progress/received", received=received)
    work.replace(prompt_key(report), work.next_key(f"{prompt_key(report)}-received"), shown, why)
    notice = notice_key(report, report.queries)
    notice_message = work.messages.message("progress/notice", received=received)
    if before is ReportState.RECEIVED:
        work.replace(notice, work.next_key(notice), notice_message, why)
        return
    if before is ReportState.QUERIED:
        answered = work.messages.message("progress/queried", received=received)
        for asked in (query_key(report), notice_key(report, report.queries - 1)):
            work.replace(asked, f"{asked}-answered", answered, why)
    channel = contract_lookup.channel_of(work.session, contract.id, Audience.INTERNAL)
    if channel is not None:
        work.enqueue(OutgoingMessage(notice, channel, Audience.INTERNAL, notice_message, why, contract.id))


def announce_decision(work: UnitOfWork, received: ReceivedReport, notice: str) -> bool:
    """Update every message about a report with the decision, and send a query to the partner.

    `notice` is the key of the internal message about its receipt. Returns whether the partner can read the decision
    there.
    """
    report, contract, state = received.report, received.contract, received.report.state
    why = f"the report for {received.period} on {contract.reference} was {state}"
    shown = work.messages.message("progress/received", received=received.for_partner)
    notice_message = work.messages.message("progress/notice", received=received)
    once = f"{state}{_suffix(report.queries)}"
    stands = work.replace(prompt_key(report), f"{prompt_key(report)}-{once}", shown, why)
    work.replace(notice, f"{notice}-{once}", notice_message, why)
    if not report.queries:
        return stands
    asked = work.messages.message("progress/queried", received=received)
    if state is not ReportState.QUERIED:
        return work.replace(query_key(report), f"{query_key(report)}-{state}", asked, why) or stands
    return _post_query(work, report, asked, why)


def _post_query(work: UnitOfWork, report: Report, asked: Message, why: str) -> bool:
    """Post a query in the thread of the report's prompt, or without a prompt in the shared channel itself. A prompt
    that has not left by now is dropped, because the report has come."""
    prompt = outbox.find(work.session, prompt_key(report))
    if prompt is not None and prompt.state is OutboxState.SENT:
        return work.reply(prompt_key(report), query_key(report), asked, why)
    channel = contract_lookup.channel_of(work.session, report.contract_id, Audience.SHARED)
    if channel is not None:
        work.enqueue(OutgoingMessage(query_key(report), channel, Audience.SHARED, asked, why, report.contract_id))
    return channel is not None


def announce_judgement(work: UnitOfWork, received: ReceivedReport) -> None:
    """Update the internal message about a report whose figures were judged, and the shared one if the report is
    accepted."""
    report, contract = received.report, received.contract
    why = f"figures of the report for {received.period} on {contract.reference} were judged"
    asked_since = report.state is ReportState.QUERIED  # the notice was posted under the previous count
    notice, once = notice_key(report, report.queries - asked_since), f"judged-{report.judgements}"
    work.replace(notice, f"{notice}-{once}", work.messages.message("progress/notice", received=received), why)
    if report.state is ReportState.ACCEPTED:
        shown = work.messages.message("progress/received", received=received.for_partner)
        work.replace(prompt_key(report), f"{prompt_key(report)}-{once}", shown, why)


def prompt_key(report: Report) -> str:
    """The key of a report's prompt in the outbox."""
    return f"report-{report.id}-prompt"


def key_of_prompt(report_id: SQLColumnExpression[int]) -> ColumnElement[str]:
    """The same in a query, of a column of reports' ids."""
    return literal("report-") + cast(report_id, String) + literal("-prompt")


def notice_key(report: Report, queries: int) -> str:
    """The key of the internal message about a report's receipt after this many queries."""
    return f"report-{report.id}-received{_suffix(queries)}"


def query_key(report: Report) -> str:
    """The key of the message with the last query."""
    return f"report-{report.id}-query{_suffix(report.queries)}"


def report_of_thread(key: str) -> int | None:
    """The id of the report to whose prompt or query this message key belongs."""
    found = _THREAD.fullmatch(key)
    return int(found[1]) if found else None


def note_asked(session: Session, key: str, on: date) -> None:
    """Note the day on which a prompt or a query reached the partner, when the message with this key has. Lateness
    counts from then."""
    report_id = report_of_thread(key)
    report = None if report_id is None else session.get(Report, report_id)
    if report is None:
        return
    if key == prompt_key(report):
        report.asked_on = report.asked_on or on
    elif key == query_key(report):
        report.query_asked_on = on


def _suffix(queries: int) -> str:
    return f"-{queries}" if queries else ""


LONGEST_ANSWER = 3000  # characters of an answer
LONGEST_REASON = 300


def store_answer(ctx: ActorContext, report: Report, words: str, *, answers: bool) -> None:
    """Store an answer to a report's query. If it `answers` the query in full, the report waits for a decision again.

    An answer with figures waits until they are confirmed. Raises `UserError` or `Denied`.
    """
    contract = ctx.session.get_one(Contract, report.contract_id)
    ctx.require(Permission.REPORT_PROGRESS, contract, Audience.SHARED)
    kept = required_text(words, what="the answer", at_most=LONGEST_ANSWER, field="narrative")
    person = ctx.actor.person_id
    ctx.session.add(ReportAnswer(report_id=report.id, query=report.queries, person_id=person, words=kept, at=ctx.now))
    changes = {}
    if answers:
        answered = REPORT.follow(report.state, ReportEvent.ANSWERED)
        changes = {"state": (report.state.value, answered.to.value)}
        report.decision, report.decided_at, report.decided_by_id = None, None, None
    why = shorten(kept, LONGEST_REASON)
    ctx.record("query answered", report.reference, contract_id=contract.id, changes=changes, why=why)
    ctx.session.flush()
    received = received_report(ctx, report)
    if received is not None and answers:
        announce_received(ctx, received, ReportState.QUERIED)
