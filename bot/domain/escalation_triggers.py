"""When a risk is escalated, with the sentence that says why, and when the reason is gone. The triggers of reports,
ratings, plans and duties are in bot.domain.shortfalls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.risk_rules import RiskCategory, RiskRules
from bot.domain.scores import Band, Grade
from bot.domain.wording import format_date

NEAR = timedelta(days=30)


class Subject(StrEnum):
    """The kind of record that is escalated. The ratings of a report are one subject, however many of its KPIs fall
    short."""

    RISK = "risk"
    REPORT = "report"
    QUERY = "query"
    RATINGS = "ratings"
    PLAN = "plan"
    MILESTONE = "milestone"
    OBLIGATION = "obligation"
    OPTION = "option to extend"
    CERTIFICATE = "certificate"
    DOCUMENT = "memo or policy"
    POLICY_REVIEW = "policy review"
    FINDING = "finding"
    INVOICE = "invoice"


class Trigger(StrEnum):
    """The reason for an escalation."""

    VERY_HIGH = "very high"
    ABOVE_APPETITE = "above appetite"
    WORSE = "worse than at the last review"
    REVIEW_OVERDUE = "review overdue"
    ACTION_OVERDUE = "action overdue"
    NEAR = "near with no action"
    BY_HAND = "by hand"
    REPORT_LATE = "report late"
    UNANSWERED = "query not answered"
    INADEQUATE = "rated inadequate"
    TWICE_SHORT = "requires improvement twice in a row"
    PLAN_LATE = "plan late"
    PLAN_FAILED = "plan failed"
    DUTY_MISSED = "duty missed"
    OPTION_NEAR = "option to decide"
    OPTION_LAPSED = "option not decided"
    CERTIFICATE_LAPSED = "certificate lapsed"
    NOT_ACKNOWLEDGED = "not acknowledged"
    FINDING_CRITICAL = "critical finding"
    FINDING_OVERDUE = "finding overdue"
    FINDING_DISPUTED = "finding disputed"


DATE_TRIGGERS = frozenset({Trigger.REVIEW_OVERDUE, Trigger.ACTION_OVERDUE, Trigger.NEAR})  # these follow from its dates
GRADE_TRIGGERS = frozenset({Trigger.VERY_HIGH, Trigger.ABOVE_APPETITE})  # these hold while the grade stays

# What nobody can settle any more once its contract has ended; what a side still owes then, as the last report, can be.
OVER_WITH_CONTRACT = frozenset({Subject.OPTION, Subject.CERTIFICATE, Subject.DOCUMENT, Subject.RISK, Subject.RATINGS})
# A record that is escalated for the second is escalated again for the first: what was near or late came to a worse end.
OVERTAKES = {Trigger.OPTION_LAPSED: Trigger.OPTION_NEAR, Trigger.PLAN_FAILED: Trigger.PLAN_LATE}


@dataclass(frozen=True, slots=True)
class Reason:
    """A trigger, and its sentence for people to read. `since` is the day it began, None for the record's own day."""

    trigger: Trigger
    sentence: str
    since: date | None = None


def grade_reasons(rules: RiskRules, category: RiskCategory, grade: Grade) -> list[Reason]:
    """Why a risk with this grade goes to the senior owner, whatever its history."""
    reasons = []
    if grade.band is Band.VERY_HIGH:
        reasons.append(Reason(Trigger.VERY_HIGH, f"It is very high, with a score of {grade.points}."))
    if rules.is_above_appetite(grade.band, category):
        accepted = rules.accepted(category).value.lower()
        begins = "That is" if reasons else f"It is {grade.band.value.lower()},"
        sentence = f"{begins} above the appetite for {category} risks, which is {accepted}."
        reasons.append(Reason(Trigger.ABOVE_APPETITE, sentence))
    return reasons


def assessment_reasons(rules: RiskRules, category: RiskCategory, grade: Grade, before: Grade | None) -> list[Reason]:
    """Why an assessment escalates a risk: its grade now, or a grade worse than `before`.

    A low risk is never escalated for having been even lower.
    """
    reasons = grade_reasons(rules, category, grade)
    if before is not None and grade.points > before.points and grade.band is not Band.LOW:
        sentence = f"It is worse than at the last review: a score of {grade.points}, from {before.points}."
        reasons.append(Reason(Trigger.WORSE, sentence))
    return reasons


def date_reasons(today: date, review_on: date, actions: Sequence[date], proximity: date | None) -> list[Reason]:
    """Why the date escalates an open risk; `actions` are the due days of its open actions."""
    reasons = []
    if review_on < today:
        reasons.append(Reason(Trigger.REVIEW_OVERDUE, f"Its review was due on {format_date(review_on)}."))
    if late := sorted(day for day in actions if day < today):
        due = "1 of its actions was due" if len(late) == 1 else f"{len(late)} of its actions were due, the first"
        sentence = f"{due} on {format_date(late[0])}."
        reasons.append(Reason(Trigger.ACTION_OVERDUE, sentence))
    if proximity is not None and proximity - today < NEAR and not actions:
        sentence = f"It could happen on {format_date(proximity)}, within {NEAR.days} days, and has no open action."
        reasons.append(Reason(Trigger.NEAR, sentence))
    return reasons


def manual_reason(who: str, why: str) -> Reason:
    """The reason of a person who escalates a record by hand."""
    return Reason(Trigger.BY_HAND, f"{who} escalated it: {why}")


def has_fallen(trigger: Trigger, rules: RiskRules, category: RiskCategory, grade: Grade, before: Grade | None) -> bool:
    """Whether this assessment removes the reason for an escalation: the risk fell, and its grade gives no other reason.

    A lower grade does not end an escalation made by hand.
    """
    fell = before is not None and grade.points < before.points
    return trigger is not Trigger.BY_HAND and fell and not grade_reasons(rules, category, grade)
