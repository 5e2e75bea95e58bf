"""What partners write in a report's thread in answer to a query: kept with the report, and told to the manager."""

from bot.access import Action
from bot.domain.wording import shorten
from bot.models import Audience, Contract, Report, ReportAnswer, ReportState
from bot.services.progress.received_reports import received_report, tell_received
from bot.services.texts import kept_text
from bot.services.work import Act

MOST = 3000  # characters of an answer
MOST_OF_A_REASON = 300


def keep_answer(act: Act, report: Report, words: str, *, answers: bool) -> None:
    """Keep an answer to the query of a report; where it `answers` it whole, the report is to be decided on again.

    With figures in it, that waits until they are confirmed. Denied, and what kept_text refuses.
    """
    contract = act.session.get_one(Contract, report.contract_id)
    act.require(Action.REPORT_PROGRESS, contract, Audience.SHARED)
    kept = kept_text(words, what="the answer", at_most=MOST, field="narrative")
    person = act.actor.person_id
    act.session.add(ReportAnswer(report_id=report.id, query=report.queries, person_id=person, words=kept, at=act.now))
    changes = {}
    if answers:
        changes = {"state": (report.state.value, ReportState.RECEIVED.value)}
        report.decision, report.decided_at, report.decided_by_id = None, None, None
    why = shorten(kept, MOST_OF_A_REASON)
    act.record("query answered", report.reference, contract_id=contract.id, changes=changes, why=why)
    act.session.flush()
    received = received_report(act, report)
    if received is not None and answers:
        tell_received(act, received, ReportState.QUERIED)
