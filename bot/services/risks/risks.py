"""Raising risks, and their details: category, controls, target and proximity."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.access import Permission
from bot.db import insert
from bot.domain.escalation_triggers import assessment_reasons
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.domain.text_validation import deliberate_text, optional_text, required_text
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import Audience, Risk, RiskAssessment
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.risks import RiskCard, rules_in_force
from bot.services.risks.risk_escalation import escalate
from bot.services.risks.risk_sharing import show_partner
from bot.services.unit_of_work import ActorContext, UnitOfWork


@dataclass(frozen=True)
class RiskDetails:
    """The details of a risk: `target` is the likelihood and impact aimed at, `proximity` the day when it could
    happen."""

    category: RiskCategory = RiskCategory.OPERATIONS
    controls: str = ""
    target: tuple[Likelihood, Impact] | None = None
    proximity: date | None = None


NO_DETAILS = RiskDetails()


def detail_columns(work: UnitOfWork, details: RiskDetails, *, before: Risk | None) -> dict[str, Any]:
    """The details as columns of a risk. Raises `UserError`, also for a past day that the risk did not have before."""
    on = details.proximity
    if on is not None and on < work.days.first and (before is None or before.proximity_on != on):
        raise UserError(
            f"{format_date(on)} is past. Give the day when the risk could happen, or leave it out.", field="proximity"
        )
    likelihood, impact = details.target or (None, None)
    return {
        "category": details.category,
        "controls": optional_text(details.controls, what="the controls", at_most=1000, field="controls"),
        "target_likelihood": likelihood and int(likelihood),
        "target_impact": impact and int(impact),
        "proximity_on": on,
    }


@dataclass(frozen=True)
class RiskEntry:
    """A risk as a person enters it: likelihood and impact as they are now, with the controls in place.

    `inherent` are both without controls, if they differ. `deliberate`: the person was warned of a personal detail and
    keeps it.
    """

    contract: str
    title: str
    likelihood: Likelihood
    impact: Impact
    cause: str = ""
    effect: str = ""
    inherent: tuple[Likelihood, Impact] | None = None
    details: RiskDetails = NO_DETAILS
    audience: Audience = Audience.INTERNAL
    deliberate: bool = False


def raise_risk(ctx: ActorContext, entry: RiskEntry) -> RiskCard:
    """Record a risk, and escalate it if it is very high or above appetite. Raises `UserError` or `Denied`."""
    contract = contract_lookup.contract_for(ctx, entry.contract, Permission.RAISE_RISK)
    rules = rules_in_force(ctx.session)
    grade = rules.grade(entry.likelihood, entry.impact)
    inherent, deliberate = entry.inherent or (entry.likelihood, entry.impact), entry.deliberate
    risk = Risk(
        contract_id=contract.id,
        audience=entry.audience,
        title=required_text(entry.title, what="what could happen", at_most=200, field="title", deliberate=deliberate),
        cause=optional_text(entry.cause, what="the cause", at_most=1000, field="cause", deliberate=deliberate),
        effect=optional_text(
            entry.effect, what="the effect", at_most=1000, field="effect", deliberate=entry.deliberate
        ),
        inherent_likelihood=int(inherent[0]),
        inherent_impact=int(inherent[1]),
        likelihood=int(entry.likelihood),
        impact=int(entry.impact),
        **detail_columns(ctx, entry.details, before=None),
        review_on=rules.next_review(grade.band, ctx.today),
        owner_id=ctx.actor.person_id,
        raised_by_id=ctx.actor.person_id,
        raised_at=ctx.now,
    )
    ctx.add(risk)
    store_assessment(ctx, risk, ctx.actor.person_id)
    ctx.record(
        "risk raised",
        risk.reference,
        contract_id=contract.id,
        likelihood=risk.likelihood,
        impact=risk.impact,
        personal_detail=deliberate_text(risk.title, risk.cause, risk.effect),
    )
    show_partner(ctx, risk, contract)
    reasons = assessment_reasons(rules, risk.category, grade, before=None)
    card = RiskCard(risk, contract, ctx.actor.name, grade, goes_up=bool(reasons))
    return escalate(ctx, card, reasons) if reasons else card


def store_assessment(work: UnitOfWork, risk: Risk, assessor_id: int, why: str = "") -> None:
    """Store a risk's present assessment, with its author and reason; stored assessments never change."""
    insert(
        work.session,
        RiskAssessment,
        risk_id=risk.id,
        likelihood=risk.likelihood,
        impact=risk.impact,
        why=why,
        assessed_by_id=assessor_id,
        assessed_at=work.now,
    )
