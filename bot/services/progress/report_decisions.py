"""The contract manager accepts a report that came, or queries it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.domain.periods import Month
from bot.domain.wording import format_instant, shorten
from bot.errors import UserError
from bot.models import Report, ReportDecision, ReportState
from bot.services import crossing
from bot.services.contracts import register
from bot.services.progress import report_card
from bot.services.progress.received_reports import ReceivedReport, decider, notice_key, received_report, tell_decided
from bot.services.progress.report_card import ReportCard
from bot.services.progress.reports import NoSuchReport
from bot.services.texts import kept_text
from bot.services.work import Act

MOST_OF_A_QUERY = 1000
MOST_OF_A_REASON = 300


class AlreadyDecided(UserError):
    """Somebody was first."""

    def __init__(self, decision: ReportDecision, who: str, at: datetime) -> None:
        super().__init__(f"{who} {decision} this report on {format_instant(at)}, so nothing was changed.")


class CameAgain(UserError):
    """The figures are not those that were shown."""

    def __init__(self, received: ReceivedReport) -> None:
        super().__init__(
            f"{received.reporter} sent this report again on {format_instant(received.received_at)}, so nothing was "
            f"changed. To see it, type /progress show {received.contract.reference} {received.period}."
        )


class NotReceived(UserError):
    """There is nothing to decide on yet."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"The report for {Month.parse(report.period)} has not come yet, so nothing was done.")


@dataclass(frozen=True)
class Queried:
    """A report that was queried, and whether the query goes to the channel that is shared with the partner."""

    received: ReceivedReport
    asked: bool


def accept(act: Act, report_id: int, seen: str) -> ReportCard:
    """Accept a report, as it was seen: for good. NoSuchReport, Denied, AlreadyDecided, CameAgain, NotReceived."""
    report, contract = _to_decide(act, report_id, seen)
    _decide(act, report, contract, ReportDecision.ACCEPTED)
    return report_card.card_of(act, contract, report)


def report_to_query(act: Act, report_id: int, seen: str) -> ReceivedReport:
    """The report that a query would be about. As for accept."""
    report, _ = _to_query(act, report_id, seen)
    return _received(act, report)


def query(act: Act, report_id: int, seen: str, words: str) -> Queried:
    """Ask the partner about a report, as it was seen: until they answer, its form is open again. As for accept, Crossed
    in place of CameAgain, and what kept_text refuses."""
    report, contract = _to_query(act, report_id, seen)
    asked = kept_text(words, what="the query", at_most=MOST_OF_A_QUERY, field="query")
    told = _decide(act, report, contract, ReportDecision.QUERIED, asked)
    return Queried(_received(act, report), told)


def _to_decide(act: Act, report_id: int, seen: str) -> tuple[Report, ContractFacts]:
    """The report, which nobody else can decide on meanwhile, if it is as it was seen."""
    locked = select(Report).where(col(Report.id) == report_id).with_for_update()
    report = act.session.scalar(locked, execution_options={"populate_existing": True})  # another may have been first
    if report is None:
        raise NoSuchReport
    contract = register.contract_facts(act.session, report.contract_id)
    act.require(Action.ACCEPT_PROGRESS, contract)
    if report.state is ReportState.AWAITED:
        raise NotReceived(report)
    if report.state is ReportState.ACCEPTED or (act.since is None and report.version != seen):
        raise _first(act, report)
    crossing.check(act, report.reference, "report received", "report changed", "query answered")
    return report, contract


def _to_query(act: Act, report_id: int, seen: str) -> tuple[Report, ContractFacts]:
    """The same, if no query waits for its answer."""
    report, contract = _to_decide(act, report_id, seen)
    if report.state is ReportState.QUERIED:
        raise _first(act, report)
    return report, contract


def _first(act: Act, report: Report) -> UserError:
    """Who was first, and with what."""
    if report.decision is None or report.decided_at is None:
        return CameAgain(_received(act, report))
    return AlreadyDecided(report.decision, decider(act, report), report.decided_at)


def _decide(
    act: Act, report: Report, contract: ContractFacts, decision: ReportDecision, asked: str | None = None
) -> bool:
    before = report.state
    changes = {"state": (before.value, decision.value)}
    # The message that told that it came: a query since then has raised the count.
    notice = notice_key(report, report.queries - (before is ReportState.QUERIED))
    report.decision, report.decided_at, report.decided_by_id = decision, act.now, act.actor.person_id
    if asked is not None:
        changes["query"] = (report.query or "nothing", asked)
        report.query, report.queries = asked, report.queries + 1
    why = shorten(asked or "", MOST_OF_A_REASON)
    act.record(f"report {decision}", report.reference, contract_id=contract.id, changes=changes, why=why)
    act.session.flush()
    return tell_decided(act, _received(act, report), notice)


def _received(act: Act, report: Report) -> ReceivedReport:
    received = received_report(act, report)
    if received is None:
        raise NotReceived(report)
    return received
