"""Findings that are escalated for what they are: critical ones at once, and others that were not put right in time."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlmodel import col

from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.finding_cycle import UNSETTLED, FindingGrade
from bot.domain.shortfalls import LOOKS_BACK, finding_critical, finding_not_put_right
from bot.models import Audit, Finding
from bot.services.due.candidate import Candidate
from bot.services.unit_of_work import UnitOfWork


def findings(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    """The findings of final reports that are critical, or whose day has passed, the most serious reason first."""
    since = work.today - LOOKS_BACK
    recent = or_(col(Finding.due_on) >= since, col(Audit.final_on) >= since)
    rows = work.session.execute(
        select(Finding, col(Audit.final_on))
        .join(Audit, col(Audit.id) == col(Finding.audit_id))
        .where(col(Finding.state).in_(UNSETTLED), col(Finding.due_on).is_not(None), col(Audit.final_on).is_not(None))
        .where(recent if ids is None else col(Finding.id).in_(ids))
        .order_by(col(Finding.id))
    )
    found = []
    for row, final_on in rows:
        if row.due_on is not None and (reasons := _reasons(work, row)):
            began = reasons[0].since or final_on
            found.append(Candidate(Subject.FINDING, row.id, row.contract_id, row.title, began, reasons))
    return found


def _reasons(work: UnitOfWork, row: Finding) -> list[Reason]:
    if row.due_on is None:
        return []
    critical = [finding_critical(row.due_on)] if row.grade is FindingGrade.CRITICAL else []
    return [*critical, *finding_not_put_right(row.due_on, work.today)]
