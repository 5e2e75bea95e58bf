"""When a report, answer, rating, plan or duty of ours is escalated. Each trigger is a pure rule with the sentence that
says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.asking import Asking
from bot.domain.calendar import NationCalendar
from bot.domain.certificate_cycle import LAPSED_FOR
from bot.domain.escalation_triggers import Reason, Trigger
from bot.domain.ratings import Rating
from bot.domain.wording import format_date, plural

# The working days late at which a report is escalated, by the contract's tier in small letters.
REPORT_DAYS = {"gold": 5, "silver": 5, "bronze": 10}
REPORT_DAYS_ELSE = 5
QUERY_DAYS = 5  # working days until an unanswered query is escalated
MEMO_DAYS = 5  # working days late at which a memo that nobody acknowledged is escalated
DUTY_DAYS = 1  # working days late at which a duty of ours is escalated
OPTION_DAYS = 10  # working days before its last day at which an option that nobody decided on is escalated
# An escalation starts only for things that became due in this time: an imported register may hold years of missed
# days, which were dealt with elsewhere.
LOOKS_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Rated:
    """A KPI's rating in a report and in the previous one, None if there was none; `figure` gives the figure in
    words."""

    kpi: str
    rating: Rating
    before: Rating | None
    figure: str


def report_late(asking: Asking, today: date, tier: str, calendar: NationCalendar) -> list[Reason]:
    """Why a report that has not come is escalated; empty if it is not, or was not asked for. The days count from when
    it was asked for, if that is later than the day on which it was due."""
    if asking.counts_from is None:
        return []
    late = _days_late(asking.counts_from, today, calendar)
    if late < REPORT_DAYS.get(tier.lower(), REPORT_DAYS_ELSE):
        return []
    asked = f", was {asking.note}" if asking.note else ""
    sentence = (
        f"It was due on {format_date(asking.due_on)}{asked}, and had not come {plural(late, 'working day')} later."
    )
    return [Reason(Trigger.REPORT_LATE, sentence)]


def query_unanswered(asked_on: date, today: date, calendar: NationCalendar) -> list[Reason]:
    """Why a query that the partner has not answered is escalated; empty if it is not."""
    waited = _days_late(asked_on, today, calendar)
    if waited < QUERY_DAYS:
        return []
    sentence = f"It was asked on {format_date(asked_on)}, and had no answer {plural(waited, 'working day')} later."
    return [Reason(Trigger.UNANSWERED, sentence)]


def ratings_short(figures: Sequence[Rated]) -> list[Reason]:
    """Why ratings are escalated: one Inadequate, or Requires improvement in two reports in a row; the most serious
    first."""
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


def not_acknowledged(asking: Asking, today: date, calendar: NationCalendar) -> list[Reason]:
    """Why a memo or policy that the partner has not acknowledged is escalated; empty if it is not, if it did not reach
    them, or if they wait for us."""
    if asking.counts_from is None:
        return []
    late = _days_late(asking.counts_from, today, calendar)
    if late < MEMO_DAYS:
        return []
    asked = f", was {asking.note}" if asking.note else ""
    sentence = (
        f"It was to be acknowledged by {format_date(asking.due_on)}{asked}, and was not {plural(late, 'working day')} "
        "later."
    )
    return [Reason(Trigger.NOT_ACKNOWLEDGED, sentence)]


def plan_missed(due_on: date, today: date) -> list[Reason]:
    """Why a rectification plan that the partner owes is escalated: it did not come by its due day."""
    if due_on >= today:
        return []
    return [Reason(Trigger.PLAN_LATE, f"The plan was to come by {format_date(due_on)}, and has not.")]


def plan_failed() -> Reason:
    """Why a rectification plan that failed is escalated."""
    return Reason(Trigger.PLAN_FAILED, "The plan has failed.")


def option_undecided(decide_by: date, today: date, calendar: NationCalendar) -> list[Reason]:
    """Why an option to extend that nobody decided on is escalated: its last day is near, or has passed."""
    if (late := _days_late(decide_by, today, calendar)) >= DUTY_DAYS:
        sentence = (
            f"It was to be decided by {format_date(decide_by)}, and no decision is recorded "
            f"{plural(late, 'working day')} later. An option that lapses is lost."
        )
        return [Reason(Trigger.OPTION_LAPSED, sentence, decide_by)]
    opens = calendar.add_working_days(decide_by, -OPTION_DAYS)
    if today < opens:
        return []
    sentence = f"It is to be decided by {format_date(decide_by)}, and no decision is recorded."
    return [Reason(Trigger.OPTION_NEAR, sentence, opens)]


def duty_missed(due_on: date, today: date, calendar: NationCalendar) -> list[Reason]:
    """Why an overdue duty of the department is escalated; empty if it is not."""
    late = _days_late(due_on, today, calendar)
    if late < DUTY_DAYS:
        return []
    sentence = (
        f"The department owed it by {format_date(due_on)}, and it was not done {plural(late, 'working day')} later."
    )
    return [Reason(Trigger.DUTY_MISSED, sentence)]


def certificate_lapsed(due_on: date, today: date, calendar: NationCalendar) -> list[Reason]:
    """Why a certificate without evidence of its next period is escalated; empty if it is not."""
    late = _days_late(due_on, today, calendar)
    if late < LAPSED_FOR:
        return []
    sentence = (
        f"It was to be renewed by {format_date(due_on)}, and no evidence had come {plural(late, 'working day')} later."
    )
    return [Reason(Trigger.CERTIFICATE_LAPSED, sentence)]


def finding_critical(due_on: date) -> Reason:
    """Why a critical finding is escalated: at once."""
    return Reason(
        Trigger.FINDING_CRITICAL, f"The finding is critical, and is to be put right by {format_date(due_on)}."
    )


def finding_not_put_right(due_on: date, today: date) -> list[Reason]:
    """Why a finding whose actions are not all verified is escalated: its day has passed."""
    if due_on >= today:
        return []
    sentence = f"It was to be put right by {format_date(due_on)}, and its actions are not all verified."
    return [Reason(Trigger.FINDING_OVERDUE, sentence, due_on)]


def finding_late(due_on: date, after: int, today: date, calendar: NationCalendar) -> list[Reason]:
    """Why a finding to which the partner has not responded is escalated, so many working days `after` its day; empty
    if it is not."""
    late = _days_late(due_on, today, calendar)
    if late < after:
        return []
    sentence = f"The partner was to respond by {format_date(due_on)}, and had not {plural(late, 'working day')} later."
    return [Reason(Trigger.FINDING_OVERDUE, sentence)]


def finding_disputed(disputed_on: date, answer_by: date, today: date) -> list[Reason]:
    """Why a finding in dispute is escalated: nobody answered the partner in time."""
    if answer_by >= today:
        return []
    sentence = f"The partner disputed it on {format_date(disputed_on)}, and nobody has answered."
    return [Reason(Trigger.FINDING_DISPUTED, sentence, answer_by)]


def _days_late(day: date, today: date, calendar: NationCalendar) -> int:
    return 0 if day >= today else calendar.working_days_between(day, today)
