"""What was owed and did not come, or fell short: reports, answers, ratings, plans and duties of ours. Each trigger is a
pure rule with the sentence that says why it is escalated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendar import NationCalendar
from bot.domain.escalation_triggers import Reason, Trigger
from bot.domain.ratings import Rating
from bot.domain.wording import format_date, plural

# So many working days late a report is escalated, by the contract's tier in small letters.
REPORT_DAYS = {"gold": 5, "silver": 5, "bronze": 10}
REPORT_DAYS_ELSE = 5
QUERY_DAYS = 5  # working days for the answer to a query
DUTY_DAYS = 1  # working days after the day of a duty of ours
# An escalation begins for what came to be in this time and no longer ago: a register that is brought in may hold years
# of days that went by, and those were dealt with elsewhere.
LOOKS_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Rated:
    """A KPI's rating in a report and in the one before, None where there was none; `figure` says what came of it."""

    kpi: str
    rating: Rating
    before: Rating | None
    figure: str


def report_late(due_on: date, today: date, tier: str, calendar: NationCalendar) -> list[Reason]:
    """A report that has not come. `CalendarEnds`."""
    late = _days_late(due_on, today, calendar)
    if late < REPORT_DAYS.get(tier.lower(), REPORT_DAYS_ELSE):
        return []
    sentence = f"It was due on {format_date(due_on)}, and had not come {plural(late, 'working day')} later."
    return [Reason(Trigger.REPORT_LATE, sentence)]


def query_unanswered(asked_on: date, today: date, calendar: NationCalendar) -> list[Reason]:
    """A query that the partner has not answered. `CalendarEnds`."""
    waited = _days_late(asked_on, today, calendar)
    if waited < QUERY_DAYS:
        return []
    sentence = f"It was asked on {format_date(asked_on)}, and had no answer {plural(waited, 'working day')} later."
    return [Reason(Trigger.UNANSWERED, sentence)]


def ratings_short(figures: Sequence[Rated]) -> list[Reason]:
    """A rating of Inadequate, and one of Requires improvement in two reports in a row; the most serious first."""
    inadequate = [
        Reason(Trigger.INADEQUATE, f"{each.kpi} is rated Inadequate: {each.figure}.")
        for each in figures
        if each.rating is Rating.INADEQUATE
    ]
    short = Rating.REQUIRES_IMPROVEMENT
    twice = [
        Reason(Trigger.TWICE_SHORT, f"{each.kpi} requires improvement in two reports in a row: {each.figure}.")
        for each in figures
        if each.rating is short and each.before is short
    ]
    return inadequate + twice


def plan_missed(due_on: date, today: date, *, requested: bool, failed: bool) -> list[Reason]:
    """A rectification plan that failed, or was asked for and has not come by its day."""
    if failed:
        return [Reason(Trigger.PLAN_FAILED, "The plan has failed.")]
    if requested and due_on < today:
        sentence = f"The plan was to come by {format_date(due_on)}, and has not."
        return [Reason(Trigger.PLAN_LATE, sentence)]
    return []


def duty_missed(due_on: date, today: date, calendar: NationCalendar) -> list[Reason]:
    """Something that the department owes and has not done. `CalendarEnds`."""
    late = _days_late(due_on, today, calendar)
    if late < DUTY_DAYS:
        return []
    sentence = (
        f"The department owed it by {format_date(due_on)}, and it was not done {plural(late, 'working day')} later."
    )
    return [Reason(Trigger.DUTY_MISSED, sentence)]


def _days_late(day: date, today: date, calendar: NationCalendar) -> int:
    return 0 if day >= today else calendar.working_days_between(day, today)
