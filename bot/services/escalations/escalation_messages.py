"""The messages of an escalation beside its pings: one notice in the contract's internal channel, and a closing message
in the thread of each ping. Pings and notice are updated with the escalation."""

from collections.abc import Sequence

from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage, reachable
from bot.models import Audience, Escalation, Person
from bot.services.escalations import pings
from bot.services.escalations.escalation_card import EscalationCard, StepLine, card_of
from bot.services.unit_of_work import UnitOfWork


def post_notice(work: UnitOfWork, card: EscalationCard, channel: str) -> str:
    """Tell the contract's channel who is asked; returns the key of the message."""
    escalation = card.escalation
    key = f"escalation-{escalation.id}-notice"
    notice = work.messages.message("escalations/notice", card=card)
    why = f"{escalation.what} on {card.contract.reference} was escalated to {card.owner.name}"
    work.enqueue(OutgoingMessage(key, channel, Audience.INTERNAL, notice, why, escalation.contract_id))
    return key


def notify_next(work: UnitOfWork, card: EscalationCard) -> None:
    """Let the messages before say whom it is with now. Who was passed by earlier has read so already."""
    escalation = card.escalation
    why = f"{escalation.what} on {card.contract.reference} was escalated to {card.owner.name}"
    before = [line for line in card.steps if line.pinged and line.number < escalation.steps]
    _update(work, card, before[-1:], f"step-{escalation.steps}", why)


def notify_answered(work: UnitOfWork, card: EscalationCard) -> None:
    """Update every message with the answer, or with what undid it."""
    escalation = card.escalation
    why = f"{card.steps[-1].author.name} answered to {escalation.what} on {card.contract.reference}"
    _update(work, card, card.steps, f"step-{escalation.steps}", why)


def refresh_messages(work: UnitOfWork, escalation: Escalation) -> None:
    """Update every message with the present record."""
    card = card_of(work, escalation)
    _update(
        work, card, card.steps, work.next_key("again"), f"{escalation.what} on {card.contract.reference} has changed"
    )


def notify_ended(work: UnitOfWork, card: EscalationCard, *, aloud: bool) -> None:
    """Update every message to say that it is over. `aloud`: also post once in the thread of the last ping of everybody
    asked, because an update alone notifies nobody."""
    escalation = card.escalation
    why = f"{escalation.what} on {card.contract.reference} needs nothing more"
    alive = _update(work, card, card.steps, "ended", why)
    if not aloud:
        return
    closing = work.messages.message("escalations/closed", card=card)
    last = {line.who.id: line for line in card.steps if line.pinged}
    for line in last.values():
        if line.message in alive:
            work.reply(line.message, f"{escalation.key(line.number)}-closed", closing, why)


def notify_planner(work: UnitOfWork, card: EscalationCard, planner: Person) -> None:
    """Tell a person that a plan is asked of them, and by when."""
    told = work.messages.message("escalations/plan_asked", card=card)
    _notify(work, card, planner, told, f"plan-{card.escalation.steps}", f"{card.last.who.name} asked you for a plan")


def _update(work: UnitOfWork, card: EscalationCard, steps: Sequence[StepLine], what: str, why: str) -> set[str]:
    """Update the notice and the pings of these steps if they were or will be sent; returns the keys of those."""
    escalation = card.escalation
    keys = {line.message for line in steps if line.pinged and line.message}
    alive = reachable(work.session, [*keys, escalation.notice])
    for key in sorted(keys & alive):
        work.replace(key, f"{key}-of-{escalation.id}-{what}", pings.shown_in(work, key), why)
    if escalation.notice in alive:
        shown = work.messages.message("escalations/notice", card=card)
        work.replace(escalation.notice, f"{escalation.notice}-{what}", shown, why)
    return alive


def _notify(work: UnitOfWork, card: EscalationCard, person: Person, message: Message, what: str, why: str) -> None:
    key = f"escalation-{card.escalation.id}-{what}"
    work.enqueue(OutgoingMessage(key, person.slack, Audience.INTERNAL, message, why, card.escalation.contract_id))
