"""Escalations: a risk is sent up to its senior owner, who acknowledges it, or it is over before that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot import access
from bot.access import Action, ContractFacts
from bot.domain.calendar import next_working_morning
from bot.domain.escalating import Reason, Trigger, reason_by_hand
from bot.domain.ladder import climbs_at
from bot.domain.wording import format_instant, shorten
from bot.errors import UserError
from bot.models import Audience, Contract, Escalation, EscalationEnd, Person, Risk, RoleName
from bot.outbox import Draft
from bot.services.contracts import register
from bot.services.risks.risk_card import RiskCard, RiskSheet, sheet_of, waiting
from bot.services.risks.risk_find import check_is_not_closed, risk_for
from bot.services.risks.risk_settings import rules_in_force
from bot.services.texts import kept_text
from bot.services.work import Act, Work

LADDER = (RoleName.SENIOR_OWNER, RoleName.HEAD, RoleName.CONTRACT_MANAGER)
UPWARDS = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER, RoleName.COMMERCIAL_LEAD)


class AlreadyAcknowledged(UserError):
    """Somebody was first."""

    def __init__(self, who: str, at: datetime) -> None:
        super().__init__(f"{who} acknowledged this on {format_instant(at)}, so there is nothing more to do here.")


class NoLongerWaits(UserError):
    """What was sent up is over, so nobody needs to acknowledge it."""

    def __init__(self, risk: Risk, because: EscalationEnd) -> None:
        super().__init__(f"{risk.reference} has {_ENDED[because]} meanwhile, so there is nothing more to do here.")


class NoSuchEscalation(UserError):
    """The button belongs to nothing in the record."""

    def __init__(self) -> None:
        super().__init__("This escalation is no longer in the record, so nothing was done. Ask the contract manager.")


class AlreadyEscalated(UserError):
    """Somebody was asked and has not answered yet."""

    def __init__(self, reference: str, who: str, at: datetime) -> None:
        super().__init__(
            f"{who} was asked to acknowledge {reference} on {format_instant(at)} and has not done so yet, "
            "so nothing was sent. Speak to them."
        )


class NobodyToAsk(UserError):
    """The contract has nobody to whom a risk could go up."""

    def __init__(self, contract: str) -> None:
        super().__init__(
            f"{contract} has no senior owner, head or contract manager to whom it could go, so nothing was sent. "
            f"Name one first: /contract people {contract}."
        )


_ENDED = {
    EscalationEnd.CLOSED: "been closed",
    EscalationEnd.FALLEN: "fallen",
    EscalationEnd.WENT_UP: "gone up to somebody else",
}


def escalate(work: Work, card: RiskCard, reasons: Sequence[Reason]) -> RiskCard:
    """Ask the first of the ladder whom the contract has; the card says who, or that there is nobody."""
    contract = card.contract
    owner = register.person_in_role(work.session, contract.id, work.today, *LADDER)
    if owner is None:
        return card
    return _ask(work, card, owner, reasons[0].trigger, " ".join(reason.sentence for reason in reasons))


def climb(work: Work) -> int:
    """Send up what nobody acknowledged in time, to whoever is next above; how many went up. Nobody hears of it
    outside working hours: their time does not run then."""
    silent = select(Escalation).where(waiting(), col(Escalation.climbs_at) <= work.now).order_by(col(Escalation.id))
    return sum(_climb(work, each) for each in work.session.scalars(silent.with_for_update(skip_locked=True)).all())


def _climb(work: Work, escalation: Escalation) -> bool:
    risk = work.session.get_one(Risk, escalation.risk_id)
    contract = work.session.get_one(Contract, risk.contract_id)
    if next_working_morning(work.now, contract.nation) != work.now:
        return False
    facts = register.contract_facts(work.session, contract.id)
    asked = work.session.get_one(Person, escalation.owner_id)
    above = _above(work, facts, asked)
    if above is None:  # the last rung: it stands until somebody acknowledges it
        escalation.climbs_at = None
        work.record("escalation at its last rung", risk.reference, contract_id=facts.id)
        return False
    why = f"{escalation.why} {asked.name} was asked on {format_instant(escalation.raised_at)} and has not answered."
    end(work, risk, facts, EscalationEnd.WENT_UP)
    work.session.flush()
    _ask(work, _card(work, risk, facts), above, escalation.trigger, shorten(why, 1000))
    return True


def _above(work: Work, contract: ContractFacts, asked: Person) -> Person | None:
    """Who comes after a person on the ladder, and is somebody else."""
    rungs = [register.person_in_role(work.session, contract.id, work.today, role) for role in UPWARDS]
    places = [place for place, person in enumerate(rungs) if person is not None and person.id == asked.id]
    higher = rungs[places[-1] + 1 :] if places else rungs
    return next((person for person in higher if person is not None and person.id != asked.id), None)


def _ask(work: Work, card: RiskCard, owner: Person, trigger: Trigger, sentences: str) -> RiskCard:
    """Ask somebody to acknowledge a risk, and tell its internal channel that they were asked."""
    risk, contract = card.risk, card.contract
    about = work.session.get_one(Contract, contract.id)
    escalation = Escalation(
        risk_id=risk.id,
        owner_id=owner.id,
        trigger=trigger,
        why=sentences,
        raised_at=work.now,
        climbs_at=climbs_at(work.now, about.tier, about.nation),
    )
    work.session.add(escalation)
    work.session.flush()
    work.record("risk escalated", risk.reference, contract_id=contract.id, why=sentences, to=owner.slack)
    card = replace(card, owner=owner, escalation=escalation)
    why = f"{risk.reference} on {contract.reference} was escalated to {owner.name}"
    ping = work.messages.message("risk_ping", card=card)
    work.enqueue(Draft(ping_key(escalation), owner.slack, Audience.INTERNAL, ping, why, contract.id))
    channel = register.channel_of(work.session, contract.id, Audience.INTERNAL)
    if channel is not None:
        notice = work.messages.message("risk_notice", card=card)
        work.enqueue(Draft(notice_key(escalation), channel, Audience.INTERNAL, notice, why, contract.id))
    return card


def escalate_by_hand(act: Act, typed: str, why: str) -> RiskSheet:
    """Send a risk up because the actor says so.

    NotARisk, NoSuchRisk, Denied, IsClosed, AlreadyEscalated, NobodyToAsk; a reason that cannot be kept.
    """
    risk, contract = risk_for(act, typed, Action.MANAGE_RISK)
    check_is_not_closed(risk)
    reason = reason_by_hand(act.actor.name, kept_text(why, what="why it goes up", at_most=300, field="why"))
    waits = waiting_escalation(act, risk)
    if waits is not None:
        owner = act.session.get_one(Person, waits.owner_id)
        raise AlreadyEscalated(risk.reference, owner.name, waits.raised_at)
    if escalate(act, _card(act, risk, contract), [reason]).owner is None:
        raise NobodyToAsk(contract.reference)
    return sheet_of(act, risk, contract)


def acknowledge(act: Act, escalation_id: int) -> RiskCard:
    """Note that the owner has seen it, once: a later click is told who was first.

    NoSuchEscalation, NoLongerWaits, Denied.
    """
    escalation = act.session.scalar(select(Escalation).where(col(Escalation.id) == escalation_id).with_for_update())
    if escalation is None:
        raise NoSuchEscalation
    access.require_acknowledger(act.actor, escalation)
    risk = act.session.get_one(Risk, escalation.risk_id)
    if escalation.acknowledged_at is not None:
        first = act.session.get_one(Person, escalation.acknowledged_by_id)
        raise AlreadyAcknowledged(first.name, escalation.acknowledged_at)
    if escalation.ended_because is not None:
        raise NoLongerWaits(risk, escalation.ended_because)
    escalation.acknowledged_at = act.now
    escalation.acknowledged_by_id = act.actor.person_id
    contract = register.contract_facts(act.session, risk.contract_id)
    card = replace(_card(act, risk, contract, escalation), acknowledged_by=act.actor.name)
    act.record("escalation acknowledged", risk.reference, contract_id=contract.id)
    _update(act, card, escalation, "acknowledged", f"{risk.reference} was acknowledged")
    return card


def end(work: Work, risk: Risk, contract: ContractFacts, because: EscalationEnd) -> None:
    """What waits for an acknowledgement of a risk waits no more: its messages lose their button and say why."""
    escalation = waiting_escalation(work, risk)
    if escalation is None:
        return
    escalation.ended_at, escalation.ended_because = work.now, because
    work.record("escalation ended", risk.reference, contract_id=contract.id, because=because.value)
    card = _card(work, risk, contract, escalation)
    _update(work, card, escalation, "ended", f"{risk.reference} has {_ENDED[because]}")


def show_again(work: Work, risk: Risk, contract: ContractFacts, escalation: Escalation) -> None:
    """Let the messages of an escalation that waits say what the risk is now."""
    card = _card(work, risk, contract, escalation)
    key = work.next_key("assessed")
    _update(work, card, escalation, key, f"{risk.reference} was assessed again")


def last_escalation(work: Work, risk: Risk) -> Escalation | None:
    """The latest escalation of a risk, whatever came of it."""
    return work.session.scalar(
        select(Escalation).where(col(Escalation.risk_id) == risk.id).order_by(col(Escalation.id).desc()).limit(1)
    )


def waiting_escalation(work: Work, risk: Risk) -> Escalation | None:
    """The escalation of a risk that somebody has yet to acknowledge."""
    return work.session.scalar(
        select(Escalation).where(col(Escalation.risk_id) == risk.id, waiting()).with_for_update()
    )


def _update(work: Work, card: RiskCard, escalation: Escalation, what: str, why: str) -> None:
    for original, template in ((ping_key(escalation), "risk_ping"), (notice_key(escalation), "risk_notice")):
        work.replace(original, f"{original}-{what}", work.messages.message(template, card=card), why)


def _card(work: Work, risk: Risk, contract: ContractFacts, escalation: Escalation | None = None) -> RiskCard:
    session = work.session
    return RiskCard(
        risk=risk,
        contract=contract,
        raised_by=session.get_one(Person, risk.raised_by_id).name,
        residual=rules_in_force(session).grade_if_any(risk.likelihood, risk.impact),
        owner=session.get_one(Person, escalation.owner_id) if escalation else None,
        escalation=escalation,
    )


def ping_key(escalation: Escalation) -> str:
    """The outbox key of the message to the owner."""
    return f"escalation-{escalation.id}-ping"


def notice_key(escalation: Escalation) -> str:
    """The outbox key of the message in the contract's internal channel."""
    return f"escalation-{escalation.id}-notice"
