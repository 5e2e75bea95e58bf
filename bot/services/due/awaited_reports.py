"""The reports and answers to queries that partners still owe."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from bot.domain.calendar import CalendarEnds, NationCalendar
from bot.domain.london import london
from bot.domain.periods import Month
from bot.models import Contract, Report, ReportDecision, ReportState


@dataclass(frozen=True)
class Awaited:
    """A report or an answer that is awaited, and its due day."""

    what: str
    on: date


def is_awaited() -> ColumnElement[bool]:
    """The condition on a report that it has not come, or that its query has no answer."""
    return or_(col(Report.received_at).is_(None), col(Report.decision) == ReportDecision.QUERIED)


def awaited(report: Report, contract: Contract, calendar: NationCalendar) -> Awaited:
    """The awaited item of a report that satisfies `is_awaited`."""
    period = Month.parse(report.period)
    answer = answer_by(report, contract.report_working_day, calendar)
    if answer is None:
        return Awaited(f"Report for {period}", report.due_on)
    return Awaited(f"Answer to the query about the report for {period}", answer)


def answer_by(report: Report, working_days: int, calendar: NationCalendar) -> date | None:
    """The day by which a query must be answered; None for a report without a query.

    An answer has as many working days as the contract gives for a report, and is never due before the report itself.
    Beyond the known bank holidays it is the day of the query.
    """
    if report.state is not ReportState.QUERIED or report.decided_at is None:
        return None
    asked = london(report.decided_at).date()
    try:
        return max(report.due_on, calendar.add_working_days(asked, working_days))
    except CalendarEnds:
        return max(report.due_on, asked)
