"""Finding the records to escalate: one finder for each kind of record, each with a constant number of queries whose
cost grows with the days that passed recently."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.domain.escalation_triggers import Subject
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.shortfalls import LOOKS_BACK, duty_missed, plan_missed, query_unanswered, report_late
from bot.domain.wording import shorten
from bot.models import (
    Contract,
    Milestone,
    Obligation,
    Party,
    PlanStatus,
    RectificationPlan,
    Report,
    ReportDecision,
)
from bot.services.due.candidate import Candidate, CandidateFinder, listed_or_recent
from bot.services.due.rating_triggers import ratings
from bot.services.due.risk_triggers import risks
from bot.services.unit_of_work import UnitOfWork


def _reports(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    rows = work.session.execute(
        select(Report, Contract)
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(col(Report.received_at).is_(None), listed_or_recent(work, ids, Report.id, Report.due_on))
    )
    return [
        Candidate(Subject.REPORT, row.id, about.id, f"Report for {Month.parse(row.period)}", row.due_on, reasons)
        for row, about in rows
        if (reasons := report_late(row.due_on, work.today, about.tier, work.calendar.of(about.nation)))
    ]


def _queries(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    rows = work.session.execute(
        select(Report, Contract)
        .join(Contract, col(Contract.id) == col(Report.contract_id))
        .where(
            col(Report.decision) == ReportDecision.QUERIED,
            col(Report.decided_at) >= work.now - LOOKS_BACK if ids is None else col(Report.id).in_(ids),
        )
    )
    found = []
    for row, about in rows:
        asked_on = london(row.decided_at).date()
        if reasons := query_unanswered(asked_on, work.today, work.calendar.of(about.nation)):
            what = f"Query about the report for {Month.parse(row.period)}"
            found.append(Candidate(Subject.QUERY, row.id, about.id, what, asked_on, reasons))
    return found


def _plans(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    rows = work.session.scalars(
        select(RectificationPlan).where(
            col(RectificationPlan.status).in_((PlanStatus.REQUESTED, PlanStatus.FAILED)),
            listed_or_recent(work, ids, RectificationPlan.id, RectificationPlan.due_on),
        )
    )
    found = []
    for row in rows:
        requested, failed = row.status is PlanStatus.REQUESTED, row.status is PlanStatus.FAILED
        if reasons := plan_missed(row.due_on, work.today, requested=requested, failed=failed):
            found.append(Candidate(Subject.PLAN, row.id, row.contract_id, row.title, row.due_on, reasons))
    return found


def _milestones(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    return _duties(work, ids, Subject.MILESTONE, Milestone)


def _obligations(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    return _duties(work, ids, Subject.OBLIGATION, Obligation)


def _duties(
    work: UnitOfWork, ids: Sequence[int] | None, kind: Subject, model: type[Milestone] | type[Obligation]
) -> list[Candidate]:
    """The overdue duties of the department."""
    rows = work.session.execute(
        select(col(model.id), col(model.name), col(model.due_on), Contract)
        .join(Contract, col(Contract.id) == col(model.contract_id))
        .where(col(model.owed_by) == Party.DEPARTMENT, col(model.met_on).is_(None), col(model.due_on).is_not(None))
        .where(listed_or_recent(work, ids, model.id, model.due_on))
    )
    return [
        Candidate(kind, key, about.id, shorten(name, 300), due_on, reasons)
        for key, name, due_on, about in rows
        if (reasons := duty_missed(due_on, work.today, work.calendar.of(about.nation)))
    ]


FINDERS: Mapping[Subject, CandidateFinder] = {
    Subject.RISK: risks,
    Subject.REPORT: _reports,
    Subject.QUERY: _queries,
    Subject.RATINGS: ratings,
    Subject.PLAN: _plans,
    Subject.MILESTONE: _milestones,
    Subject.OBLIGATION: _obligations,
}


def recent_candidates(work: UnitOfWork) -> list[Candidate]:
    """All records that recently gave a reason to escalate."""
    return [found for find in FINDERS.values() for found in find(work, None)]


def still_candidates(work: UnitOfWork, kind: Subject, ids: Sequence[int]) -> dict[int, Candidate]:
    """The records among these that still have a reason to escalate."""
    return {found.subject_id: found for found in FINDERS[kind](work, ids)} if ids else {}
