"""Raising risks."""

from dataclasses import dataclass

from bot.access import Action
from bot.db import insert
from bot.domain.escalating import reasons_of_assessment
from bot.domain.scores import Impact, Likelihood
from bot.models import Audience, Risk, RiskAssessment
from bot.services.contracts import register
from bot.services.risks.risk_card import RiskCard
from bot.services.risks.risk_details import NOTHING_MORE, RiskDetails, detail_columns
from bot.services.risks.risk_escalating import escalate
from bot.services.risks.risk_settings import rules_in_force
from bot.services.risks.risk_sharing import show_partner
from bot.services.texts import kept_deliberately, kept_text, optional_text
from bot.services.work import Act, Work


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


def raise_risk(act: Act, entry: RiskEntry) -> RiskCard:
    """Record a risk. One that is very high or above appetite pings the senior owner and tells the internal channel."""
    contract = register.contract_for(act, entry.contract, Action.RAISE_RISK)
    rules = rules_in_force(act.session)
    grade = rules.grade(entry.likelihood, entry.impact)
    inherent, deliberate = entry.inherent or (entry.likelihood, entry.impact), entry.deliberate
    risk = Risk(
        contract_id=contract.id,
        audience=entry.audience,
        title=kept_text(entry.title, what="what could happen", at_most=200, field="title", deliberate=deliberate),
        cause=optional_text(entry.cause, what="the cause", at_most=1000, field="cause", deliberate=deliberate),
        effect=optional_text(
            entry.effect, what="the effect", at_most=1000, field="effect", deliberate=entry.deliberate
        ),
        inherent_likelihood=int(inherent[0]),
        inherent_impact=int(inherent[1]),
        likelihood=int(entry.likelihood),
        impact=int(entry.impact),
        **detail_columns(act, entry.details, before=None),
        review_on=rules.next_review(grade.band, act.today),
        owner_id=act.actor.person_id,
        raised_by_id=act.actor.person_id,
        raised_at=act.now,
    )
    act.session.add(risk)
    act.session.flush()
    keep_assessment(act, risk, act.actor.person_id)
    act.record(
        "risk raised",
        risk.reference,
        contract_id=contract.id,
        likelihood=risk.likelihood,
        impact=risk.impact,
        personal_detail=kept_deliberately(risk.title, risk.cause, risk.effect),
    )
    show_partner(act, risk, contract)
    reasons = reasons_of_assessment(rules, risk.category, grade, before=None)
    card = RiskCard(risk, contract, act.actor.name, grade, goes_up=bool(reasons))
    return escalate(act, card, reasons) if reasons else card


def keep_assessment(work: Work, risk: Risk, assessor_id: int, why: str = "") -> None:
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
