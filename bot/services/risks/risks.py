"""Raising risks, and acknowledging the very high ones."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot import access
from bot.access import Action, ContractFacts
from bot.db import insert
from bot.domain import scores
from bot.domain.scores import Band, Impact, Likelihood
from bot.domain.wording import format_instant
from bot.errors import UserError
from bot.models import Audience, Escalation, Person, Risk, RiskAssessment, RiskCategory, RoleName
from bot.outbox import Draft
from bot.services.contracts import register
from bot.services.texts import kept_deliberately, kept_text, optional_text
from bot.services.work import Act, Work

LADDER = (RoleName.SENIOR_OWNER, RoleName.HEAD, RoleName.CONTRACT_MANAGER)


class AlreadyAcknowledged(UserError):
    """Somebody was first."""

    def __init__(self, who: str, at: datetime) -> None:
        super().__init__(f"{who} acknowledged this on {format_instant(at)}, so there is nothing more to do here.")


class NoSuchEscalation(UserError):
    """The button belongs to nothing in the record."""

    def __init__(self) -> None:
        super().__init__("This escalation is no longer in the record, so nothing was done. Ask the contract manager.")


@dataclass(frozen=True)
class RiskEntry:
    """What a person says of a risk. `deliberate`: they were warned of a personal detail, and it stays."""

    contract: str
    title: str
    likelihood: Likelihood
    impact: Impact
    category: RiskCategory = RiskCategory.OPERATIONS
    detail: str = ""
    deliberate: bool = False


@dataclass(frozen=True)
class RiskCard:
    """A risk as people read it. `owner` is who was asked to acknowledge it, if anybody was."""

    risk: Risk
    contract: ContractFacts
    raised_by: str
    likelihood: Likelihood
    impact: Impact
    owner: Person | None = None
    escalation: Escalation | None = None
    acknowledged_by: str | None = None

    @property
    def score(self) -> int:
        """Likelihood times impact, 1 to 25."""
        return scores.score(self.likelihood, self.impact)

    @property
    def band(self) -> Band:
        """The band of the score."""
        return scores.band(self.likelihood, self.impact)


def raise_risk(act: Act, entry: RiskEntry) -> RiskCard:
    """Record a risk. A very high one pings the senior owner and tells the contract's internal channel."""
    contract = register.contract_for(act, entry.contract, Action.RAISE_RISK)
    band = scores.band(entry.likelihood, entry.impact)
    risk = Risk(
        contract_id=contract.id,
        title=kept_text(entry.title, what="a title", at_most=200, field="title", deliberate=entry.deliberate),
        detail=optional_text(
            entry.detail, what="the detail", at_most=3000, field="detail", deliberate=entry.deliberate
        ),
        category=entry.category,
        likelihood=entry.likelihood,
        impact=entry.impact,
        review_on=act.today + timedelta(days=scores.review_days(band)),
        owner_id=act.actor.person_id,
        raised_by_id=act.actor.person_id,
        raised_at=act.now,
    )
    risk.id = insert(act.session, Risk, **risk.model_dump(exclude={"id"}))
    keep_assessment(act, risk, act.actor.person_id)
    act.record(
        "risk raised",
        risk.reference,
        contract_id=contract.id,
        likelihood=risk.likelihood,
        impact=risk.impact,
        personal_detail=kept_deliberately(risk.title, risk.detail),
    )
    card = RiskCard(risk, contract, act.actor.name, entry.likelihood, entry.impact)
    return escalate(act, card) if band is Band.VERY_HIGH else card


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


def acknowledge(act: Act, escalation_id: int) -> RiskCard:
    """Note that the owner has seen it, once: a later click is told who was first. NoSuchEscalation, Denied."""
    escalation = act.session.scalar(select(Escalation).where(col(Escalation.id) == escalation_id).with_for_update())
    if escalation is None:
        raise NoSuchEscalation
    access.require_acknowledger(act.actor, escalation)
    if escalation.acknowledged_at is not None:
        first = act.session.get_one(Person, escalation.acknowledged_by_id)
        raise AlreadyAcknowledged(first.name, escalation.acknowledged_at)
    escalation.acknowledged_at = act.now
    escalation.acknowledged_by_id = act.actor.person_id
    card = _acknowledged_card(act, escalation)
    act.record("escalation acknowledged", card.risk.reference, contract_id=card.contract.id)
    why = f"{card.risk.reference} was acknowledged"
    for original, template in ((ping_key(escalation), "risk_ping"), (notice_key(escalation), "risk_notice")):
        act.replace(original, f"{original}-acknowledged", act.messages.message(template, card=card), why)
    return card


def escalate(work: Work, card: RiskCard) -> RiskCard:
    """Ask the first of the ladder whom the contract has; the card says who, or that there is nobody."""
    risk, contract = card.risk, card.contract
    owner = register.person_in_role(work.session, contract.id, work.today, *LADDER)
    if owner is None:
        return card
    escalation = Escalation(risk_id=risk.id, owner_id=owner.id, raised_at=work.now)
    work.session.add(escalation)
    work.session.flush()
    work.record("risk escalated", risk.reference, contract_id=contract.id, to=owner.slack)
    card = replace(card, owner=owner, escalation=escalation)
    why = f"{risk.reference} on {contract.reference} is very high"
    ping = work.messages.message("risk_ping", card=card)
    work.enqueue(Draft(ping_key(escalation), owner.slack, Audience.INTERNAL, ping, why, contract.id))
    channel = register.channel_of(work.session, contract.id, Audience.INTERNAL)
    if channel is not None:
        notice = work.messages.message("risk_notice", card=card)
        work.enqueue(Draft(notice_key(escalation), channel, Audience.INTERNAL, notice, why, contract.id))
    return card


def _acknowledged_card(act: Act, escalation: Escalation) -> RiskCard:
    session = act.session
    risk = session.get_one(Risk, escalation.risk_id)
    return RiskCard(
        risk=risk,
        contract=register.contract_facts(session, risk.contract_id),
        raised_by=session.get_one(Person, risk.raised_by_id).name,
        likelihood=Likelihood(risk.likelihood),
        impact=Impact(risk.impact),
        owner=session.get_one(Person, escalation.owner_id),
        escalation=escalation,
        acknowledged_by=act.actor.name,
    )


def ping_key(escalation: Escalation) -> str:
    """The outbox key of the message to the owner."""
    return f"escalation-{escalation.id}-ping"


def notice_key(escalation: Escalation) -> str:
    """The outbox key of the message in the contract's internal channel."""
    return f"escalation-{escalation.id}-notice"
