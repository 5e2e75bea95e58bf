"""Raising risks, and acknowledging the very high ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot import access
from bot.access import Action
from bot.domain import scores
from bot.domain.scores import Band, Impact, Likelihood
from bot.domain.wording import format_instant
from bot.errors import UserError
from bot.models import Audience, Contract, Escalation, Person, Risk, RiskCategory, RoleName
from bot.outbox import Draft
from bot.services import register
from bot.services.texts import kept_text, optional_text
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
    """What a person says of a risk."""

    contract: str
    title: str
    likelihood: Likelihood
    impact: Impact
    category: RiskCategory = RiskCategory.OPERATIONS
    detail: str = ""


@dataclass(frozen=True)
class RiskCard:
    """A risk as people read it. `owner` is who was asked to acknowledge it, if anybody was."""

    risk: Risk
    contract: Contract
    partner: str
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
        title=kept_text(entry.title, what="a title", at_most=200, field="title"),
        detail=optional_text(entry.detail, what="the detail", at_most=3000, field="detail"),
        category=entry.category,
        likelihood=entry.likelihood,
        impact=entry.impact,
        review_on=act.today + timedelta(days=scores.review_days(band)),
        raised_by_id=act.actor.person_id,
        raised_at=act.now,
    )
    act.session.add(risk)
    act.session.flush()
    act.record("risk raised", risk.reference, contract_id=contract.id, likelihood=risk.likelihood, impact=risk.impact)
    escalation = _escalate(act, risk, contract) if band is Band.VERY_HIGH else None
    card = _card(act, risk, contract, escalation)
    if card.escalation is not None and card.owner is not None:
        _ping(act, card, card.escalation, card.owner)
    return card


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
    risk = act.session.get_one(Risk, escalation.risk_id)
    contract = act.session.get_one(Contract, risk.contract_id)
    act.record("escalation acknowledged", risk.reference, contract_id=contract.id)
    card = _card(act, risk, contract, escalation)
    _tell_acknowledged(act, card, escalation)
    return card


def _escalate(act: Act, risk: Risk, contract: Contract) -> Escalation | None:
    owner = register.person_in_role(act.session, contract, *LADDER)
    if owner is None:
        return None
    escalation = Escalation(risk_id=risk.id, owner_id=owner.id, raised_at=act.now)
    act.session.add(escalation)
    act.session.flush()
    act.record("risk escalated", risk.reference, contract_id=contract.id, to=owner.slack)
    return escalation


def _card(work: Work, risk: Risk, contract: Contract, escalation: Escalation | None) -> RiskCard:
    names = work.session
    acknowledged_by = escalation.acknowledged_by_id if escalation else None
    return RiskCard(
        risk=risk,
        contract=contract,
        partner=register.partner_of(work.session, contract).name,
        raised_by=names.get_one(Person, risk.raised_by_id).name,
        likelihood=Likelihood(risk.likelihood),
        impact=Impact(risk.impact),
        owner=names.get_one(Person, escalation.owner_id) if escalation else None,
        escalation=escalation,
        acknowledged_by=names.get_one(Person, acknowledged_by).name if acknowledged_by else None,
    )


def _ping(act: Act, card: RiskCard, escalation: Escalation, owner: Person) -> None:
    why = f"{card.risk.reference} on {card.contract.reference} is very high"
    key = f"escalation-{escalation.id}"
    ping = act.messages.message("risk_ping", card=card)
    act.enqueue(Draft(f"{key}-ping", owner.slack, Audience.INTERNAL, ping, why, card.contract.id))
    channel = register.channel_of(act.session, card.contract, Audience.INTERNAL)
    if channel is not None:
        notice = act.messages.message("risk_notice", card=card)
        act.enqueue(Draft(f"{key}-notice", channel, Audience.INTERNAL, notice, why, card.contract.id))


def _tell_acknowledged(act: Act, card: RiskCard, escalation: Escalation) -> None:
    why = f"{card.risk.reference} was acknowledged"
    for place, template in (("ping", "risk_ping"), ("notice", "risk_notice")):
        original = f"escalation-{escalation.id}-{place}"
        act.replace(original, f"{original}-acknowledged", act.messages.message(template, card=card), why)
