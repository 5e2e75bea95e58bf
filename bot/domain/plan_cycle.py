"""The life cycle of a rectification plan: from the concern about a shortfall to the partner's plan, and to its cure or
failure."""

from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class PlanStatus(StrEnum):
    """The progress of a shortfall and of the plan to put it right."""

    NOTED = "noted"
    INFORMAL = "in informal action"
    NOTICE = "under notice"
    REQUESTED = "requested"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RESUBMITTED = "resubmitted"
    REJECTED_AGAIN = "rejected twice"
    MONITORED = "monitored"
    CURED = "cured"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class PlanEvent(StrEnum):
    """What becomes of a plan."""

    INFORMAL = "taken up informally"
    NOTICE = "given notice of"
    REQUESTED = "requested"
    RECEIVED = "received"
    SUBMITTED = "sent by the partner"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MONITORED = "monitored"
    CURED = "declared cured"
    FAILED = "declared failed"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """Why a plan is rejected."""

    DETAIL = "not enough detail"
    TIME = "takes too long"
    RECURRENCE = "does not stop it from coming back"
    STEPS = "has steps that are not acceptable"


class Served(StrEnum):
    """How a notice or request was served on the partner."""

    SLACK = "Slack message"
    EMAIL = "email"
    POST = "post"
    HAND = "by hand"
    PORTAL = "contract portal"


# The usual working days of each; a contract may have others.
SUBMITTED_WITHIN = 10  # in which a partner sends the plan that was requested
DECIDED_WITHIN = 10  # in which the department decides on a plan that came
COMES_AGAIN_WITHIN = 5  # in which a rejected plan comes again

_S, _E, _MANAGES, _FAILS = PlanStatus, PlanEvent, Permission.CHANGE, Permission.DECLARE_FAILED
_SENDS = Permission.SUBMIT_PLAN
_RECEIVED, _REJECTED, _FAILED = "plan received", "plan rejected", "plan failed"
_BEFORE_PLAN = (_S.NOTED, _S.INFORMAL, _S.NOTICE)
_CAN_FAIL = (_S.REQUESTED, _S.REJECTED, _S.REJECTED_AGAIN, _S.ACCEPTED, _S.MONITORED)
_OPEN = (*_BEFORE_PLAN, *_CAN_FAIL, _S.SUBMITTED, _S.RESUBMITTED)

# Silence never approves. The department notes a plan that it received elsewhere. A plan that came is decided on before
# it can fail, and comes again once. The figures of an accepted plan count at once: to note that it is monitored says
# that its steps are done, and counts anew from that day.
PLAN: LifeCycle[PlanStatus, PlanEvent] = LifeCycle(
    "This plan",
    _S.NOTED,
    (
        Transition(_S.NOTED, _E.INFORMAL, _S.INFORMAL, _MANAGES, "the improvement", "informal action"),
        *(
            Transition(state, _E.NOTICE, _S.NOTICE, _MANAGES, "the improvement by its day", "improvement notice")
            for state in (_S.NOTED, _S.INFORMAL)
        ),
        *(
            Transition(state, _E.REQUESTED, _S.REQUESTED, _MANAGES, "the plan", "plan requested")
            for state in _BEFORE_PLAN
        ),
        Transition(_S.REQUESTED, _E.RECEIVED, _S.SUBMITTED, _MANAGES, "the decision", _RECEIVED),
        Transition(_S.REQUESTED, _E.SUBMITTED, _S.SUBMITTED, _SENDS, "the decision", _RECEIVED),
        Transition(_S.SUBMITTED, _E.ACCEPTED, _S.ACCEPTED, _MANAGES, "the first check", "plan accepted"),
        Transition(_S.SUBMITTED, _E.REJECTED, _S.REJECTED, _MANAGES, "the plan again", _REJECTED, needs_reason=True),
        Transition(_S.REJECTED, _E.RECEIVED, _S.RESUBMITTED, _MANAGES, "the last decision", _RECEIVED),
        Transition(_S.REJECTED, _E.SUBMITTED, _S.RESUBMITTED, _SENDS, "the last decision", _RECEIVED),
        Transition(_S.RESUBMITTED, _E.ACCEPTED, _S.ACCEPTED, _MANAGES, "the first check", "plan accepted"),
        Transition(
            _S.RESUBMITTED,
            _E.REJECTED,
            _S.REJECTED_AGAIN,
            _MANAGES,
            "the decision whether it failed",
            _REJECTED,
            needs_reason=True,
        ),
        Transition(_S.ACCEPTED, _E.MONITORED, _S.MONITORED, _MANAGES, "the targets", "plan monitored"),
        *(
            Transition(state, _E.CURED, _S.CURED, _MANAGES, "", "plan cured", needs_reason=True)
            for state in (*_BEFORE_PLAN, _S.ACCEPTED, _S.MONITORED)
        ),
        *(Transition(state, _E.FAILED, _S.FAILED, _FAILS, "", _FAILED, needs_reason=True) for state in _CAN_FAIL),
        *(
            Transition(state, _E.WITHDRAWN, _S.WITHDRAWN, _MANAGES, "", "plan withdrawn", needs_reason=True)
            for state in _OPEN
        ),
    ),
)
IN_FORCE = frozenset(_OPEN) - frozenset(_BEFORE_PLAN)
"""Where a plan was requested, and is not over: a shortfall that it is about is answered by it, within its days."""
BEFORE_PLAN = frozenset(_BEFORE_PLAN)
"""Where a shortfall is dealt with, and no plan was requested yet."""
