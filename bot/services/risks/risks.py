"""Raising risks, and their details beside likelihood and impact: category, controls, target, when they could happen."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.access import Permission
from bot.db import insert
from bot.domain.escalation_triggers import assessment_reasons
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import Audience, Risk, RiskAssessment
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.risks import RiskCard, rules_in_force
from bot.services.risks.risk_escalation import escalate
from bot.services.risks.risk_sharing import show_partner
from bot.services.text_validation import deliberate_text, optional_text, required_text
from bot.services.unit_of_work import ActorContext, UnitOfWork


@dataclass(frozen=True)
class RiskDetails:
    """`target` is the likelihood and impact that is aimed at, `proximity` the day when it could happen."""

    category: RiskCategory = RiskCategory.OPERATIONS
    controls: str = ""
    target: tuple[Likelihood, Impact] | None = None
    proximity: date | None = None


NOTHING_MORE = RiskDetails()


def detail_columns(work: UnitOfWork, details: RiskDetails, *, before: Risk | None) -> dict[str, Any]:
    """The details as columns of a risk. UserError, unless the risk has that day already; texts that cannot be kept."""
    on = details.proximity
    if on is not None and on < work.today and (before is None or before.proximity_on != on):
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
    """What a person says of a risk: likelihood and impact as it is now, with the controls there are.

    `inherent` are both without controls, where that differs. `deliberate`: they were warned of a personal detail, and
    it stays.
    """

    contract: str
    title: str
    likelihood: Likelihood
    impact: Impact
    cause: str = ""
    effect: str = ""
    inherent: tuple[Likelihood, Impact] | None = None
    details: RiskDetails = NOTHING_MORE
    audience: Audience = Audience.INTERNAL
    deliberate: bool = False


def raise_risk(ctx: ActorContext, entry: RiskEntry) -> RiskCard:
    """Record a risk. One that is very high or above appetite pings the senior owner and tells the internal channel."""
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
    ctx.session.add(risk)
    ctx.session.flush()
    keep_assessment(ctx, risk, ctx.actor.person_id)
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


def keep_assessment(work: UnitOfWork, risk: Risk, assessor_id: int, why: str = "") -> None:
    """Keep what a risk is assessed as now, by whom and why: the next assessment does not change it."""
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
