"""Reviewing a risk: a new assessment with its reason, stored beside the earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.escalation_triggers import DATE_TRIGGERS, Trigger, assessment_reasons, grade_reasons, has_fallen
from bot.domain.risk_rules import RiskRules
from bot.domain.scores import Band, Grade, Impact, Likelihood
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import EscalationEnd, Person, Risk, RiskAssessment, RiskStatus
from bot.services import changes, edit_conflicts
from bot.services.escalations.escalation_messages import refresh_messages
from bot.services.lookup.risks import RiskCard, check_is_not_closed, risk_by_key, risk_for, rules_in_force
from bot.services.risks.risk_escalation import end, escalate, open_escalation, was_escalated
from bot.services.risks.risk_sharing import note_assessed, show_partner
from bot.services.risks.risks import RiskDetails, detail_columns, store_assessment
from bot.services.risks.stage_review import mark_reassessed
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class ToReview:
    """A risk to review, and its last assessment.

    `review_days` are the days to the next review for each band, the least serious first.
    """

    risk: Risk
    contract: ContractRef
    last_by: str
    last: RiskAssessment | None
    review_days: Sequence[int]


@dataclass(frozen=True)
class Reviewed:
    """A reviewed risk and its grade before, None if it had none.

    `escalated`: the review escalated it; `waiting_for` names somebody asked earlier who has not answered.
    """

    card: RiskCard
    grade: Grade
    was: Grade | None
    escalated: bool = False
    waiting_for: str = ""

    @property
    def moved(self) -> str:
        """Whether its band rose or fell; "" if it stayed."""
        difference = self.grade.band.severity - (self.was or self.grade).band.severity
        return "rose" if difference > 0 else "fell" if difference < 0 else ""


def risk_to_review(ctx: ActorContext, typed: str) -> ToReview:
    """A risk that the actor may review. Raises `UserError` or `Denied`."""
    return _to_review(ctx, *risk_for(ctx, typed, Permission.MANAGE_RISK))


def risk_of_button(ctx: ActorContext, key: str) -> ToReview:
    """The same by the key that a button carries. UserError, Denied."""
    return _to_review(ctx, *risk_by_key(ctx, key, Permission.MANAGE_RISK))


def _to_review(ctx: ActorContext, risk: Risk, contract: ContractRef) -> ToReview:
    _check_can_be_reviewed(risk)
    last, who = _last(ctx, risk)
    days = [rules_in_force(ctx.session).review_days[band] for band in Band]
    return ToReview(risk, contract, who, last, days)


def review(
    ctx: ActorContext,
    key: str,
    likelihood: Likelihood,
    impact: Impact,
    why: str,
    details: RiskDetails | None = None,
) -> Reviewed:
    """Store an assessment, set the next review by its band, and escalate the risk if the assessment calls for it.

    `details` None leaves the details as they are. Raises `Denied`, `EditConflict`, or `UserError` with its form field.
    """
    risk, contract = risk_by_key(ctx, key, Permission.MANAGE_RISK)
    _check_can_be_reviewed(risk)
    edit_conflicts.check(ctx, risk.reference, "risk reviewed")
    reason = required_text(why, what="what changed", at_most=300, field="why")
    rules = rules_in_force(ctx.session)
    was, grade = rules.grade_if_any(risk.likelihood, risk.impact), rules.grade(likelihood, impact)
    made = _assess(risk, grade, rules.next_review(grade.band, ctx.today))
    if details is not None:
        made |= changes.apply(risk, detail_columns(ctx, details, before=risk))
    store_assessment(ctx, risk, ctx.actor.person_id, reason)
    ctx.record("risk reviewed", risk.reference, contract_id=contract.id, changes=made, why=reason)
    raised_by = ctx.session.get_one(Person, risk.raised_by_id).name
    reviewed = Reviewed(RiskCard(risk, contract, raised_by, grade), grade, was)
    show_partner(ctx, risk, contract)
    note_assessed(ctx, reviewed.card, ctx.actor.name)
    mark_reassessed(ctx, risk, contract)
    return _update_escalation(ctx, reviewed, rules)


def _check_can_be_reviewed(risk: Risk) -> None:
    check_is_not_closed(risk)
    if risk.status is RiskStatus.ISSUE:
        raise UserError(
            f"{risk.reference} has happened, so there is no likelihood to assess and nothing was done. "
            f"When it is settled: /risk close {risk.reference} and why."
        )


def _last(ctx: ActorContext, risk: Risk) -> tuple[RiskAssessment | None, str]:
    """The last assessment of a risk and the name of its author."""
    found = ctx.session.execute(
        select(RiskAssessment, col(Person.name))
        .outerjoin(Person, col(Person.id) == col(RiskAssessment.assessed_by_id))
        .where(col(RiskAssessment.risk_id) == risk.id)
        .order_by(col(RiskAssessment.id).desc())
        .limit(1)
    ).first()
    return (found[0], found[1] or "an import") if found else (None, "")


def _assess(risk: Risk, grade: Grade, review_on: date) -> dict[str, list[str]]:
    """Set the assessment of a risk; returns the changes in words. A first assessment is the inherent one as well."""
    points = {"likelihood": grade.likelihood, "impact": grade.impact}
    before = {"likelihood": Likelihood, "impact": Impact}
    made = {}
    for name, point in points.items():
        kept = getattr(risk, name)
        if kept != point:
            made[name] = ["nothing" if kept is None else before[name](kept).label, point.label]
            setattr(risk, name, int(point))
        if kept is None:
            setattr(risk, f"inherent_{name}", int(point))
    return made | changes.apply(risk, {"review_on": review_on})


def _update_escalation(ctx: ActorContext, reviewed: Reviewed, rules: RiskRules) -> Reviewed:
    """Escalate a risk if the assessment calls for it, or end an escalation that the assessment settles.

    A person who was asked earlier and has not answered is not asked again: their message is updated. One
    acknowledgement counts until the risk falls.
    """
    risk, opened = reviewed.card.risk, open_escalation(ctx, reviewed.card.risk)
    found = assessment_reasons(rules, risk.category, reviewed.grade, reviewed.was)
    if opened is not None and has_fallen(opened.trigger, rules, risk.category, reviewed.grade, reviewed.was):
        end(ctx, risk, EscalationEnd.FALLEN)
        return reviewed
    if opened is not None and opened.trigger is Trigger.REVIEW_OVERDUE:
        end(ctx, risk, EscalationEnd.SETTLED)
    elif opened is not None and opened.waits and not (opened.trigger in DATE_TRIGGERS and found):
        refresh_messages(ctx, opened)
        return replace(reviewed, waiting_for=ctx.session.get_one(Person, opened.owner_id).name)
    stood = grade_reasons(rules, risk.category, reviewed.was) if reviewed.was and was_escalated(ctx, risk) else []
    known = {reason.trigger for reason in stood}
    reasons = [reason for reason in found if reason.trigger not in known]
    return replace(reviewed, card=escalate(ctx, reviewed.card, reasons), escalated=True) if reasons else reviewed
