"""The life cycle of a report: it is awaited, received, and accepted or queried until it is accepted."""

from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class ReportState(StrEnum):
    """The state of a report."""

    AWAITED = "awaited"
    RECEIVED = "received"
    QUERIED = "queried"
    ACCEPTED = "accepted"


class ReportDecision(StrEnum):
    """The contract manager's decision on a received report."""

    ACCEPTED = "accepted"
    QUERIED = "queried"


class ReportEvent(StrEnum):
    """What becomes of a report: it comes or comes again, its query is answered in words, it is decided on."""

    RECEIVED = "received"
    ANSWERED = "answered"
    QUERIED = "queried"
    ACCEPTED = "accepted"


_S, _E, _SENDS, _DECIDES = ReportState, ReportEvent, Permission.REPORT_PROGRESS, Permission.ACCEPT_PROGRESS
_DECISION, _ANSWER = "the decision", "the answer to the query"

REPORT: LifeCycle[ReportState, ReportEvent] = LifeCycle(
    "This report",
    _S.AWAITED,
    (
        Transition(_S.AWAITED, _E.RECEIVED, _S.RECEIVED, _SENDS, _DECISION, "report received"),
        Transition(_S.RECEIVED, _E.RECEIVED, _S.RECEIVED, _SENDS, _DECISION, "report changed"),
        Transition(_S.RECEIVED, _E.ACCEPTED, _S.ACCEPTED, _DECIDES, "", "report accepted"),
        Transition(_S.RECEIVED, _E.QUERIED, _S.QUERIED, _DECIDES, _ANSWER, "report queried"),
        Transition(_S.QUERIED, _E.RECEIVED, _S.RECEIVED, _SENDS, _DECISION, "report received"),
        Transition(_S.QUERIED, _E.ANSWERED, _S.RECEIVED, _SENDS, _DECISION, "query answered"),
        Transition(_S.QUERIED, _E.ACCEPTED, _S.ACCEPTED, _DECIDES, "", "report accepted"),
    ),
)
