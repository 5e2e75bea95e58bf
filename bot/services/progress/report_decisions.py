"""The contract manager's decisions on a report: accept, query, verify figures, override a rating with a reason."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.domain.report_cycle import REPORT, ReportDecision, ReportEvent, ReportState
from bot.domain.text_validation import required_text
from bot.domain.wording import format_instant, shorten
from bot.errors import UserError
from bot.models import Kpi, Reading, Report, Source
from bot.services import edit_conflicts
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.kpis import KpiInPeriod
from bot.services.money.proposals import propose
from bot.services.progress import report_card
from bot.services.progress.received_reports import (
    ReceivedReport,
    announce_decision,
    announce_judgement,
    decider,
    notice_key,
    received_report,
)
from bot.services.progress.report_card import ReportCard
from bot.services.progress.reports import no_such_report
from bot.services.unit_of_work import ActorContext

LONGEST_QUERY = 1000
LONGEST_SUMMARY = 300


def _came_again(received: ReceivedReport) -> UserError:
    """The figures are not those that were shown."""
    return UserError(
        f"{received.reporter} sent this report again on {format_instant(received.received_at)}, so nothing was "
        f"changed. To see it, type /progress show {received.contract.reference} {received.period}."
    )


def _not_received(report: Report) -> UserError:
    """There is nothing to decide on yet."""
    return UserError(f"The report for {Month.parse(report.period)} has not come yet, so nothing was done.")


@dataclass(frozen=True)
class Queried:
    """A report that was queried, and whether its query goes to the channel shared with the partner."""

    received: ReceivedReport
    was_posted: bool


def accept(ctx: ActorContext, key: str, seen: str) -> ReportCard:
    """Accept a report for good, unless it changed after the actor saw it. Raises `UserError` or `Denied`."""
    report, contract = _to_decide(ctx, key, seen, ReportEvent.ACCEPTED)
    _decide(ctx, report, contract, ReportEvent.ACCEPTED)
    propose(ctx, contract)
    return report_card.card_of(ctx, contract, report)


def report_to_query(ctx: ActorContext, key: str, seen: str) -> ReceivedReport:
    """The report that the actor is about to query. Raises the errors of `accept`."""
    report, _ = _to_decide(ctx, key, seen, ReportEvent.QUERIED)
    return _received(ctx, report)


def query(ctx: ActorContext, key: str, seen: str, words: str) -> Queried:
    """Send the partner a query about a report; the form of the report is open again until they answer.

    Raises the errors of `accept`, and `EditConflict` if the report changed while the form was open.
    """
    report, contract = _to_decide(ctx, key, seen, ReportEvent.QUERIED)
    asked = required_text(words, what="the query", at_most=LONGEST_QUERY, field="query")
    was_posted = _decide(ctx, report, contract, ReportEvent.QUERIED, asked)
    return Queried(_received(ctx, report), was_posted)


def _to_decide(ctx: ActorContext, key: str, seen: str, event: ReportEvent) -> tuple[Report, ContractRef]:
    """The report, locked, if its state allows the decision, and it has not changed after the actor saw it."""
    report = by_key(ctx.session, Report, key, locked=True)  # another may have been first
    if report is None:
        raise no_such_report()
    contract = contract_lookup.contract_facts(ctx.session, report.contract_id)
    ctx.require(Permission.ACCEPT_PROGRESS, contract)
    if report.received_at is None:
        raise _not_received(report)
    if not REPORT.allows(report.state, event) or (ctx.since is None and report.version != seen):
        raise _first(ctx, report)
    edit_conflicts.check(ctx, report.reference, *REPORT.history_of(ReportEvent.RECEIVED, ReportEvent.ANSWERED))
    return report, contract


def _first(ctx: ActorContext, report: Report) -> UserError:
    """The error that says who decided first, or that the report was sent again."""
    if report.decision is None or report.decided_at is None:
        return _came_again(_received(ctx, report))
    who, at = decider(ctx, report), format_instant(report.decided_at)
    return UserError(f"{who} {report.decision} this report on {at}, so nothing was changed.")


def _decide(
    ctx: ActorContext, report: Report, contract: ContractRef, event: ReportEvent, asked: str | None = None
) -> bool:
    before = report.state
    decided = REPORT.follow(before, event)
    changes = {"state": (before.value, decided.to.value)}
    # The notice of its receipt was posted before a query raised the count.
    notice = notice_key(report, report.queries - (before is ReportState.QUERIED))
    report.decision, report.decided_at = ReportDecision(decided.to.value), ctx.now
    report.decided_by_id = ctx.actor.person_id
    if asked is not None:
        changes["query"] = (report.query or "nothing", asked)
        report.query, report.queries, report.query_asked_on = asked, report.queries + 1, None
    why = shorten(asked or "", LONGEST_SUMMARY)
    ctx.record(decided.in_history, report.reference, contract_id=contract.id, changes=changes, why=why)
    ctx.session.flush()
    return announce_decision(ctx, _received(ctx, report), notice)


def _received(ctx: ActorContext, report: Report) -> ReceivedReport:
    received = received_report(ctx, report)
    if received is None:
        raise _not_received(report)
    return received


LONGEST_REASON = 300
VERIFIES, OVERRIDES = "figures verified", "rating overridden"
VERIFIED, SELF_REPORTED = Source.VERIFIED.value, Source.SELF_REPORTED.value

Readings = Mapping[str, tuple[Reading, Kpi]]
"""The readings of a report, by their KPI's key, each with its KPI."""


def report_to_judge(ctx: ActorContext, key: str, seen: str) -> ReceivedReport:
    """A report whose figures the actor may judge, unless they changed after the actor saw them. Raises `UserError` or
    `Denied`."""
    return _to_judge(ctx, key, seen)[1]


def report_to_verify(ctx: ActorContext, key: str, seen: str) -> ReceivedReport:
    """A report with figures that only the partner vouches for, for the actor to verify. Raises `UserError` or
    `Denied`."""
    received = report_to_judge(ctx, key, seen)
    if not any(verifiable(each.value is not None, each.kpi) for each in received.figures):
        raise UserError("This report has no figure to verify: each comes from a verified source, or is missing.")
    return received


def verifiable(has_value: bool, kpi: Kpi | KpiInPeriod) -> bool:  # two facts of one figure
    """Whether only the partner vouches for a figure."""
    return has_value and kpi.source is Source.SELF_REPORTED


def verify(ctx: ActorContext, key: str, seen: str, kpi_keys: Collection[str]) -> ReceivedReport:
    """Mark the figures of these KPIs as verified and all others as self-reported. Raises `EditConflict` and the errors
    of `report_to_judge`."""
    report, _ = _to_judge(ctx, key, seen, VERIFIES)
    changes = {}
    for kpi_key, (reading, kpi) in _readings(ctx, report).items():
        before, after = reading.verified_at is not None, kpi_key in kpi_keys
        if before != after and verifiable(reading.value is not None, kpi):
            reading.verified_at, reading.verified_by_id = (ctx.now, ctx.actor.person_id) if after else (None, None)
            changes[kpi.code] = (VERIFIED, SELF_REPORTED) if before else (SELF_REPORTED, VERIFIED)
    return _record_judgement(ctx, report, VERIFIES, changes)


def override(ctx: ActorContext, key: str, seen: str, kpi_key: str, rating: Rating, reason: str) -> ReceivedReport:
    """Set the rating of a KPI in a report, with a reason; the computed rating stays beside it.

    To choose the computed rating removes an override. Raises `EditConflict` and the errors of `report_to_judge`.
    """
    report, _ = _to_judge(ctx, key, seen, OVERRIDES)
    found = _readings(ctx, report).get(kpi_key)
    if found is None:
        raise UserError("Choose one of the KPIs of this report.", field="kpi")
    reading, kpi = found
    if rating is reading.computed and reading.overridden_at is None:
        raise UserError(f"{kpi.name} is rated {rating} by its cut-offs already. Choose another.", field="rating")
    words = required_text(reason, what="the reason", at_most=LONGEST_REASON, field="reason")
    changes = {kpi.code: (reading.rating.value, rating.value)}
    reading.rating = rating
    if rating is reading.computed:
        reading.override_reason, reading.overridden_at, reading.overridden_by_id = "", None, None
    else:
        reading.override_reason, reading.overridden_at, reading.overridden_by_id = words, ctx.now, ctx.actor.person_id
    return _record_judgement(ctx, report, OVERRIDES, changes, words)


def _to_judge(ctx: ActorContext, key: str, seen: str, *judged: str) -> tuple[Report, ReceivedReport]:
    """The report, locked. Raises `EditConflict` if it changed, or if one of the `judged` actions was done to it."""
    report = by_key(ctx.session, Report, key, locked=True)  # another may have been first
    if report is None:
        raise no_such_report()
    ctx.require(Permission.ACCEPT_PROGRESS, contract_lookup.contract_facts(ctx.session, report.contract_id))
    received = received_report(ctx, report)
    if received is None:
        raise _not_received(report)
    if ctx.since is None and report.figures_version != seen:
        raise _came_again(received)
    edit_conflicts.check(ctx, report.reference, *REPORT.history_of(ReportEvent.RECEIVED), *judged)
    return report, received


def _readings(ctx: ActorContext, report: Report) -> Readings:
    rows = ctx.session.execute(
        select(Reading, Kpi)
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .where(col(Reading.report_id) == report.id)
        .order_by(col(Kpi.id))
    )
    return {kpi.public_id: (reading, kpi) for reading, kpi in rows}


def _record_judgement(
    ctx: ActorContext, report: Report, done: str, changes: Mapping[str, tuple[str, str]], reason: str = ""
) -> ReceivedReport:
    """Record a judgement and update the messages; returns the report with it."""
    if changes:
        report.judgements += 1
        ctx.record(done, report.reference, contract_id=report.contract_id, changes=changes, why=reason)
        ctx.session.flush()
    received = received_report(ctx, report)
    if received is None:
        raise _not_received(report)
    if changes:
        announce_judgement(ctx, received)
        propose(ctx, contract_lookup.contract_facts(ctx.session, report.contract_id))
    return received
