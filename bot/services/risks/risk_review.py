"""Assessing a risk again: what it is now and what changed, kept beside what it was before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.escalation_triggers import DATE_TRIGGERS, Trigger, assessment_reasons, grade_reasons, has_fallen
from bot.domain.risk_rules import RiskRules
from bot.domain.scores import Band, Grade, Impact, Likelihood
from bot.errors import UserError
from bot.models import EscalationEnd, Person, Risk, RiskAssessment, RiskStatus
from bot.services import changes, edit_conflicts
from bot.services.escalations.escalation_messages import refresh_messages
from bot.services.lookup.risks import RiskCard, check_is_not_closed, risk_by_key, risk_for, rules_in_force
from bot.services.risks.risk_escalation import end, escalate, open_escalation, was_escalated
from bot.services.risks.risk_sharing import note_assessed, show_partner
from bot.services.risks.risks import RiskDetails, detail_columns, keep_assessment
from bot.services.risks.stage_review import tick
from bot.services.text_validation import required_text
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class ToReview:
    """A risk to be assessed again, and its last assessment.

    `review_days` are the days to the next review, of the least serious band first.
    """

    risk: Risk
    contract: ContractRef
    last_by: str
    last: RiskAssessment | None
    review_days: Sequence[int]


@dataclass(frozen=True)
class Reviewed:
    """A risk as it is assessed now and what it was before: nothing, where nobody had assessed it.

    `asked` is whether it was escalated now, `waiting_for` who was asked before and has not answered yet.
    """

    card: RiskCard
    grade: Grade
    was: Grade | None
    asked: bool = False
    waiting_for: str = ""

    @property
    def moved(self) -> str:
        """Whether its band rose, fell or stayed."""
        difference = self.grade.band.severity - (self.was or self.grade).band.severity
        return "rose" if difference > 0 else "fell" if difference < 0 else "stayed"


def risk_to_review(ctx: ActorContext, typed: str) -> ToReview:
    """A risk that the actor may assess. NotARisk, NoSuchRisk, Denied, IsClosed, HasHappened."""
    return _to_review(ctx, *risk_for(ctx, typed, Permission.MANAGE_RISK))


def risk_of_button(ctx: ActorContext, key: str) -> ToReview:
    """The same by the key that a button carries. NoSuchRisk, Denied, IsClosed, HasHappened."""
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
    """Keep an assessment and set the next review by its band; it is escalated where that sends it up.

    The details stay if there are none. UserError, Denied, EditConflict; what cannot be kept
    names its field.
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
    keep_assessment(ctx, risk, ctx.actor.person_id, reason)
    ctx.record("risk reviewed", risk.reference, contract_id=contract.id, changes=made, why=reason)
    raised_by = ctx.session.get_one(Person, risk.raised_by_id).name
    reviewed = Reviewed(RiskCard(risk, contract, raised_by, grade), grade, was)
    show_partner(ctx, risk, contract)
    note_assessed(ctx, reviewed.card, ctx.actor.name)
    tick(ctx, risk, contract)
    return _sent_up(ctx, reviewed, rules)


def _check_can_be_reviewed(risk: Risk) -> None:
    check_is_not_closed(risk)
    if risk.status is RiskStatus.ISSUE:
        raise UserError(
            f"{risk.reference} has happened, so there is no likelihood to assess and nothing was done. "
            f"When it is settled: /risk close {risk.reference} and why."
        )


def _last(ctx: ActorContext, risk: Risk) -> tuple[RiskAssessment | None, str]:
    """The last assessment of a risk and whose it is."""
    found = ctx.session.execute(
        select(RiskAssessment, col(Person.name))
        .outerjoin(Person, col(Person.id) == col(RiskAssessment.assessed_by_id))
        .where(col(RiskAssessment.risk_id) == risk.id)
        .order_by(col(RiskAssessment.id).desc())
        .limit(1)
    ).first()
    return (found[0], found[1] or "an import") if found else (None, "")


def _assess(risk: Risk, grade: Grade, review_on: date) -> dict[str, list[str]]:
    """Set what the risk is now; what differs, in words. The first assessment is the inherent one as well."""
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


def _sent_up(ctx: ActorContext, reviewed: Reviewed, rules: RiskRules) -> Reviewed:
    """Ask somebody to acknowledge a risk that an assessment sends up, or end what the assessment settles.

    Who was asked before and has not answered yet is not asked twice: their message says what the risk is now. One
    acknowledgement of where a risk stands counts until it falls.
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
    return replace(reviewed, card=escalate(ctx, reviewed.card, reasons), asked=True) if reasons else reviewed
