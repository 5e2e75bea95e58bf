"""The life cycle of a rectification plan, a partner's plan to put right a shortfall."""

from enum import StrEnum

from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class PlanStatus(StrEnum):
    """The progress of a rectification plan."""

    REQUESTED = "requested"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MONITORED = "monitored"
    CURED = "cured"
    FAILED = "failed"


class PlanEvent(StrEnum):
    """What becomes of a plan."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MONITORED = "monitored"
    CURED = "declared cured"
    FAILED = "declared failed"


COMES_AGAIN_WITHIN = 5  # working days in which a rejected plan usually comes again
DECIDED_WITHIN = 10  # working days in which the department decides on a plan that came

_S, _E, _MANAGES, _FAILS = PlanStatus, PlanEvent, Permission.CHANGE, Permission.DECLARE_FAILED
_RECEIVED, _REJECTED, _FAILED = "plan received", "plan rejected", "plan failed"

# Silence never approves. A plan that came is decided on before it can fail.
PLAN: LifeCycle[PlanStatus, PlanEvent] = LifeCycle(
    "This plan",
    _S.REQUESTED,
    (
        Transition(_S.REQUESTED, _E.RECEIVED, _S.SUBMITTED, _MANAGES, "the decision", _RECEIVED),
        Transition(_S.REQUESTED, _E.FAILED, _S.FAILED, _FAILS, "", _FAILED, needs_reason=True),
        Transition(_S.SUBMITTED, _E.ACCEPTED, _S.ACCEPTED, _MANAGES, "the first check", "plan accepted"),
        Transition(_S.SUBMITTED, _E.REJECTED, _S.REJECTED, _MANAGES, "the plan again", _REJECTED, needs_reason=True),
        Transition(_S.REJECTED, _E.RECEIVED, _S.SUBMITTED, _MANAGES, "the decision", _RECEIVED),
        Transition(_S.REJECTED, _E.FAILED, _S.FAILED, _FAILS, "", _FAILED, needs_reason=True),
        Transition(_S.ACCEPTED, _E.MONITORED, _S.MONITORED, _MANAGES, "the targets", "plan monitored"),
        Transition(_S.ACCEPTED, _E.FAILED, _S.FAILED, _FAILS, "", _FAILED, needs_reason=True),
        Transition(_S.MONITORED, _E.CURED, _S.CURED, _MANAGES, "", "plan cured", needs_reason=True),
        Transition(_S.MONITORED, _E.FAILED, _S.FAILED, _FAILS, "", _FAILED, needs_reason=True),
    ),
)
