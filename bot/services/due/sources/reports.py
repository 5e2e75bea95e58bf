"""The reports that have not come, and the queries that have no answer."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.asking import Asking
from bot.domain.calendar import NationCalendar
from bot.domain.deadlines import Deadline
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import query_unanswered, report_late
from bot.models import Audience, Contract, Party, Report, ReportDecision, ReportState
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, asked_for, parameters
from bot.services.due.source import DueForm, DueItem, DueSource, LateContract, LateRule, restating
from bot.services.unit_of_work import UnitOfWork

FORM = DueForm("report_open", "Report the figures", (Permission.REPORT_PROGRESS,), Audience.SHARED)


def is_awaited() -> ColumnElement[bool]:
    """The condition on a report that it has not come, or that its query has no answer."""
    return or_(col(Report.received_at).is_(None), col(Report.decision) == ReportDecision.QUERIED)


def answer_by(report: Report, working_days: int, calendar: NationCalendar) -> date | None:
    """The day by which a query must be answered; None for a report without a query.

    An answer has as many working days as the contract gives for a report, from the day on which the query reached the
    partner, and is never due before the report itself.
    """
    if report.state is not ReportState.QUERIED or report.decided_at is None:
        return None
    asked = report.query_asked_on or london(report.decided_at).date()
    return max(report.due_on, calendar.add_working_days(asked, working_days))


def report_rule(period: Month, working_day: int) -> Deadline:
    """The rule that gives the due day of a period's report: a working day of the following month."""
    return Deadline.in_month(working_day, period.next())


@lru_cache(maxsize=256)
def _named(period: str) -> str:
    return f"Report for {Month.parse(period)}"


@lru_cache(maxsize=256)
def _ruled(period: str, working_day: int) -> str:
    return str(report_rule(Month.parse(period), working_day))


@built_once
def _awaited(contracts: ColumnElement[bool], which: Selection) -> Select[int, str, int, str, date, date | None, int]:
    return (
        select(
            col(Report.id),
            col(Report.public_id),
            col(Report.contract_id),
            col(Report.period),
            col(Report.due_on),
            col(Report.asked_on),
            col(Contract.report_working_day),
        )
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(contracts, col(Report.received_at).is_(None))
        .where(
            asked_for(which, col(Report.id), col(Report.contract_id), col(Report.due_on), col(Report.asked_on)),
        )
    )


def _reports(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.execute(_awaited(scope.contracts, which), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.REPORT,
            subject_id=subject_id,
            contract_id=contract_id,
            what=_named(period),
            due_on=due_on,
            key=key,
            owed_by=Party.PARTNER,
            reminded=Party.PARTNER,
            rule=_ruled(period, working_day),
            asking=Asking(due_on, asked_on),
        )
        for subject_id, key, contract_id, period, due_on, asked_on, working_day in rows
    ]


@built_once
def _queried(contracts: ColumnElement[bool], which: Selection) -> Select[Report, Contract]:
    return (
        select(Report, Contract)
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(contracts, col(Report.decision) == ReportDecision.QUERIED, which.computed(col(Report.id)))
    )


def _queries(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.execute(_queried(scope.contracts, which), parameters(scope, which))
    found = []
    for report, contract in rows:
        due_on = answer_by(report, contract.report_working_day, work.calendar.of(contract.nation))
        is_left_out = which.only_asked and report.query_asked_on is None
        if due_on and not is_left_out and which.holds(report.id, contract.id, due_on):
            found.append(_query(report, due_on))
    return found


def _query(report: Report, due_on: date) -> DueItem:
    return DueItem(
        kind=DueKind.QUERY,
        subject_id=report.id,
        contract_id=report.contract_id,
        what=f"Answer to the query about the report for {Month.parse(report.period)}",
        due_on=due_on,
        key=report.public_id,
        owed_by=Party.PARTNER,
        reminded=Party.PARTNER,
        since=report.query_asked_on,
        asking=Asking(due_on, report.query_asked_on),
    )


def _move(work: UnitOfWork, subject_id: int, until: date) -> None:
    work.session.get_one(Report, subject_id).due_on = until


def _late_report(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    return report_late(item.asking, today, contract.tier, contract.calendar) if item.asking else []


def _late_answer(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    """Nobody is escalated before the day that they were given, nor where the query did not reach them."""
    return query_unanswered(item.since, today, contract.calendar) if item.since and item.due_on < today else []


REPORTS = DueSource(
    kind=DueKind.REPORT,
    reminded=Party.PARTNER,
    find=_reports,
    among=select(col(Report.contract_id)).where(col(Report.received_at).is_(None)),
    rule=ReminderRule((5, 1, 0), late_every=2),
    form=FORM,
    move=_move,
    restate=restating(Report, "due_on"),
    late=LateRule(Subject.REPORT, _late_report),
)
QUERIES = DueSource(
    kind=DueKind.QUERY,
    reminded=Party.PARTNER,
    find=_queries,
    among=select(col(Report.contract_id)).where(col(Report.decision) == ReportDecision.QUERIED),
    rule=ReminderRule((1, 0), late_every=2),
    form=FORM,
    late=LateRule(Subject.QUERY, _late_answer),
)
