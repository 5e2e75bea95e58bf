"""The life cycle of a visit or audit, from its plan to its final report, and how often contracts are visited."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from bot.domain.calendar import extended
from bot.domain.life_cycle import LifeCycle, Transition
from bot.domain.permissions import Permission


class AuditKind(StrEnum):
    """What is looked at, and how."""

    SITE_VISIT = "site visit"
    COMPLIANCE_SAMPLE = "compliance sample"
    ASSURANCE_REVIEW = "assurance review"
    FINANCIAL = "financial audit"
    SECURITY = "security audit"
    FOLLOW_UP = "follow-up visit"


class Opinion(StrEnum):
    """What its report says of the partner's controls as a whole."""

    STRONG = "strong"
    REASONABLE = "reasonable"
    LIMITED = "limited"
    WEAK = "weak"


class AuditState(StrEnum):
    """How far a visit or audit has come."""

    PLANNED = "planned"
    TOLD = "told to the partner"
    HELD = "held"
    DRAFT = "drafted"
    CHECK = "with the partner for the factual check"
    CHECKED = "checked by the partner"
    FINAL = "final"
    CANCELLED = "cancelled"


class AuditEvent(StrEnum):
    """What becomes of a visit or audit."""

    TOLD = "told to the partner"
    ASKED = "asked to be on another day"
    MOVED = "moved to another day"
    HELD = "held"
    DRAFTED = "drafted"
    SENT = "sent for the factual check"
    CHECKED = "checked by the partner"
    FINAL = "made final"
    CANCELLED = "cancelled"


# The usual working days of each; a contract may have others.
NOTICE = 10  # before its day, at which the partner is told
DRAFTED_WITHIN = 10  # after its day, in which the draft report is written
CHECKED_WITHIN = 5  # in which the partner checks the facts
FINAL_WITHIN = 5  # after the partner's check, in which the report is final

# The usual months within which a contract is visited again, by its tier in small letters.
VISITED_EVERY: Mapping[str, int] = {"gold": 6, "silver": 12, "bronze": 24}
VISITED_EVERY_ELSE = 12

_S, _E, _AUDITS, _ANSWERS = AuditState, AuditEvent, Permission.AUDIT, Permission.ANSWER_FINDINGS
_DAY, _DRAFT, _SENDING, _FINAL = "the visit", "the draft report", "the factual check by the partner", "the final report"

# One that is not announced is held without the partner being told. The partner's silence does not hold up a report:
# once the day of the check has passed, it can be made final.
AUDIT: LifeCycle[AuditState, AuditEvent] = LifeCycle(
    "This visit or audit",
    _S.PLANNED,
    (
        Transition(_S.PLANNED, _E.TOLD, _S.TOLD, _AUDITS, _DAY, "partner told of the audit"),
        Transition(_S.PLANNED, _E.HELD, _S.HELD, _AUDITS, _DRAFT, "audit held"),
        Transition(_S.PLANNED, _E.MOVED, _S.PLANNED, _AUDITS, _DAY, "audit moved"),
        Transition(_S.PLANNED, _E.CANCELLED, _S.CANCELLED, _AUDITS, "", "audit cancelled", needs_reason=True),
        Transition(_S.TOLD, _E.ASKED, _S.TOLD, _ANSWERS, _DAY, "another day asked for", needs_reason=True),
        Transition(_S.TOLD, _E.HELD, _S.HELD, _AUDITS, _DRAFT, "audit held"),
        Transition(_S.TOLD, _E.MOVED, _S.TOLD, _AUDITS, _DAY, "audit moved"),
        Transition(_S.TOLD, _E.CANCELLED, _S.CANCELLED, _AUDITS, "", "audit cancelled", needs_reason=True),
        Transition(_S.HELD, _E.DRAFTED, _S.DRAFT, _AUDITS, _SENDING, "audit report drafted"),
        Transition(_S.DRAFT, _E.DRAFTED, _S.DRAFT, _AUDITS, _SENDING, "audit report drafted"),
        Transition(_S.DRAFT, _E.SENT, _S.CHECK, _AUDITS, "the answer of the partner", "audit report sent"),
        Transition(_S.CHECK, _E.CHECKED, _S.CHECKED, _ANSWERS, _FINAL, "facts checked"),
        Transition(_S.CHECK, _E.FINAL, _S.FINAL, _AUDITS, "", "audit report final"),
        Transition(_S.CHECKED, _E.FINAL, _S.FINAL, _AUDITS, "", "audit report final"),
    ),
)
TO_HOLD = (AuditState.PLANNED, AuditState.TOLD)
TO_REPORT = (AuditState.HELD, AuditState.DRAFT)  # its findings are the department's alone
SEEN_BY_PARTNER = (AuditState.TOLD, AuditState.HELD, AuditState.DRAFT)  # that it takes place, and no more
REPORTED = (AuditState.CHECK, AuditState.CHECKED, AuditState.FINAL)  # its findings are the partner's as well


def months_between_visits(tier: str, own: int | None = None) -> int:
    """The months within which a contract is visited again: its own, or those of its tier."""
    return own or VISITED_EVERY.get(tier.lower(), VISITED_EVERY_ELSE)


def visit_due(last: date, months: int) -> date:
    """The day by which a contract is visited again, so many months after `last`."""
    return extended(last, months)
