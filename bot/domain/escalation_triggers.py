"""What is escalated and why: the triggers, those of a risk each with the sentence that says why, and when that is
over. Those of reports, ratings, plans and duties are in bot.domain.shortfalls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.risk_rules import RiskCategory, RiskRules
from bot.domain.scores import Band, Grade
from bot.domain.wording import format_date

NEAR = timedelta(days=30)


class Subject(StrEnum):
    """What is escalated. The ratings of a report are one subject, however many of its KPIs fall short."""

    RISK = "risk"
    REPORT = "report"
    QUERY = "query"
    RATINGS = "ratings"
    PLAN = "plan"
    MILESTONE = "milestone"
    OBLIGATION = "obligation"


class Trigger(StrEnum):
    """What sends something up."""

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


OF_TIME = frozenset({Trigger.REVIEW_OVERDUE, Trigger.ACTION_OVERDUE, Trigger.NEAR})  # of a risk, by its days
STANDING = frozenset({Trigger.VERY_HIGH, Trigger.ABOVE_APPETITE})  # they hold for as long as the risk is where it is


@dataclass(frozen=True, slots=True)
class Reason:
    """A trigger, and the sentence that people read."""

    trigger: Trigger
    sentence: str


def standing_reasons(rules: RiskRules, category: RiskCategory, grade: Grade) -> list[Reason]:
    """Why a risk that stands there is a senior owner's affair, however it came there."""
    reasons = []
    if grade.band is Band.VERY_HIGH:
        reasons.append(Reason(Trigger.VERY_HIGH, f"It is very high, with a score of {grade.points}."))
    if rules.is_above_appetite(grade.band, category):
        accepted = rules.accepted(category).value.lower()
        begins = "That is" if reasons else f"It is {grade.band.value.lower()},"
        sentence = f"{begins} above the appetite for {category} risks, which is {accepted}."
        reasons.append(Reason(Trigger.ABOVE_APPETITE, sentence))
    return reasons


def reasons_of_assessment(rules: RiskRules, category: RiskCategory, grade: Grade, before: Grade | None) -> list[Reason]:
    """Why an assessment sends a risk up: where it stands now, or that it is worse than it was `before`.

    A low risk is nobody's worry: that it was even lower sends nothing up.
    """
    reasons = standing_reasons(rules, category, grade)
    if before is not None and grade.points > before.points and grade.band is not Band.LOW:
        sentence = f"It is worse than at the last review: a score of {grade.points}, from {before.points}."
        reasons.append(Reason(Trigger.WORSE, sentence))
    return reasons


def reasons_of_time(today: date, review_on: date, actions: Sequence[date], proximity: date | None) -> list[Reason]:
    """Why the day sends an open risk up; `actions` are the days by which its open actions are due."""
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


def reason_by_hand(who: str, why: str) -> Reason:
    """Somebody sends it up, and says why."""
    return Reason(Trigger.BY_HAND, f"{who} escalated it: {why}")


def has_fallen(trigger: Trigger, rules: RiskRules, category: RiskCategory, grade: Grade, before: Grade | None) -> bool:
    """Whether what sent a risk up is over with this assessment: it fell, and nothing about where it stands remains.

    What somebody asked for by hand is not over because a figure fell.
    """
    fell = before is not None and grade.points < before.points
    return trigger is not Trigger.BY_HAND and fell and not standing_reasons(rules, category, grade)
