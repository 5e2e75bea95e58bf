"""Open risks that are escalated by date: an overdue review or action, or a risk that is near and has no action."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select
from sqlmodel import col

from bot.domain.escalation_triggers import GRADE_TRIGGERS, NEAR, Subject, Trigger, date_reasons, grade_reasons
from bot.domain.scores import Band
from bot.domain.shortfalls import LOOKS_BACK
from bot.models import ActionItem, Contract, EscalationEnd, Risk, RiskStatus
from bot.services.due.candidate import Candidate, recently_passed
from bot.services.lookup.risks import rules_in_force
from bot.services.unit_of_work import UnitOfWork


def risks(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    """Open risks that are escalated by date, except low ones and those of contracts that have ended. Three queries."""
    rows = work.session.scalars(
        select(Risk)
        .join(Contract, col(Contract.id) == col(Risk.contract_id))
        .where(
            col(Risk.status) == RiskStatus.OPEN,
            col(Contract.end_date) >= work.today,
            _whose_day_is_near(work) if ids is None else col(Risk.id).in_(ids),
        )
    ).all()
    if not rows:
        return []
    rules = rules_in_force(work.session)
    worrying = []
    for row in rows:
        grade = rules.grade_if_any(row.likelihood, row.impact)
        if grade is None or grade.band is not Band.LOW:
            worrying.append(row)
    actions = _open_actions(work, {row.id for row in worrying})
    found = (_candidate(work, row, actions[row.id]) for row in worrying)
    return [each for each in found if each is not None and (ids is not None or each.since >= work.today - LOOKS_BACK)]


def settled_risks(work: UnitOfWork, ids: Mapping[int, Trigger]) -> dict[int, EscalationEnd]:
    """The risks among these that need no escalation any more, by their triggers, and why: closed, or fallen to a grade
    that gives no reason. An assessment ends its escalation at once; an import or new rules do not, so this finds them.
    Two queries."""
    if not ids:
        return {}
    rules, over = rules_in_force(work.session), {}
    for risk in work.session.scalars(select(Risk).where(col(Risk.id).in_(ids))):
        grade = rules.grade_if_any(risk.likelihood, risk.impact)
        if risk.status is RiskStatus.CLOSED:
            over[risk.id] = EscalationEnd.CLOSED
        elif ids[risk.id] in GRADE_TRIGGERS and grade and not grade_reasons(rules, risk.category, grade):
            over[risk.id] = EscalationEnd.FALLEN
    return over


def _candidate(work: UnitOfWork, risk: Risk, actions: Sequence[date]) -> Candidate | None:
    reasons = date_reasons(work.today, risk.review_on, actions, risk.proximity_on)
    if not reasons:
        return None
    since = {
        Trigger.REVIEW_OVERDUE: risk.review_on,
        Trigger.ACTION_OVERDUE: min(actions, default=work.today),
        Trigger.NEAR: (risk.proximity_on or work.today) - NEAR,
    }
    newest = max(reasons, key=lambda reason: since[reason.trigger])
    others = [reason for reason in reasons if reason is not newest]
    return Candidate(Subject.RISK, risk.id, risk.contract_id, risk.title, since[newest.trigger], [newest, *others])


def _whose_day_is_near(work: UnitOfWork) -> ColumnElement[bool]:
    late_action = exists().where(
        col(ActionItem.risk_id) == col(Risk.id),
        col(ActionItem.done_on).is_(None),
        recently_passed(work, col(ActionItem.due_on)),
    )
    near = col(Risk.proximity_on).between(work.today, work.today + NEAR)
    return or_(recently_passed(work, col(Risk.review_on)), near, late_action)


def _open_actions(work: UnitOfWork, risk_ids: Collection[int]) -> dict[int, list[date]]:
    rows = work.session.execute(
        select(col(ActionItem.risk_id), col(ActionItem.due_on)).where(
            col(ActionItem.risk_id).in_(risk_ids), col(ActionItem.done_on).is_(None)
        )
    )
    found: dict[int, list[date]] = defaultdict(list)
    for risk_id, due_on in rows:
        found[risk_id].append(due_on)
    return found
