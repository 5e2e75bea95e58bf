"""The messages of an escalation: a ping to each person asked, one notice in the contract's internal channel, and a
closing message in the thread of each ping. All are updated with the escalation."""

from collections.abc import Sequence

from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage, reachable
from bot.models import Audience, Escalation, Person
from bot.services.escalations.escalation_card import EscalationCard, StepLine, card_of
from bot.services.escalations.holders import manager_to_notify
from bot.services.unit_of_work import UnitOfWork


def notify_first(work: UnitOfWork, card: EscalationCard, channel: str | None) -> None:
    """Ask the person whom it is with first, and tell the contract's channel, if it has one, that they were asked."""
    escalation, why = card.escalation, _why_asked(card)
    escalation.ping = _ping(work, card, card.owner, why)
    if channel is not None:
        escalation.notice = f"escalation-{escalation.id}-notice"
        notice = work.messages.message("escalations/notice", card=card)
        work.enqueue(
            OutgoingMessage(escalation.notice, channel, Audience.INTERNAL, notice, why, escalation.contract_id)
        )


def notify_next(work: UnitOfWork, card: EscalationCard) -> None:
    """Ask the person whom it is with now, and let the messages before say so."""
    escalation, why = card.escalation, _why_asked(card)
    escalation.ping = _ping(work, card, card.owner, why)
    # Who was passed by earlier has read so already.
    before = [line for line in card.steps if line.pinged and line.number < escalation.steps]
    _update(work, card, before[-1:], f"step-{escalation.steps}", why)


def notify_taken(work: UnitOfWork, card: EscalationCard, taker: Person) -> None:
    """Send a message to the person who took it over."""
    _ping(work, card, taker, f"{taker.name} took over {card.escalation.what} on {card.contract.reference}")


def notify_answered(work: UnitOfWork, card: EscalationCard) -> None:
    """Update every message with the answer."""
    escalation = card.escalation
    why = f"{card.last.who.name} answered to {escalation.what} on {card.contract.reference}"
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
    last = {line.who.id: escalation.key(line.number) for line in card.steps if line.pinged}
    for key in last.values():
        if key in alive:
            work.reply(key, f"{key}-closed", closing, why)


def notify_not_reached(work: UnitOfWork, card: EscalationCard, person: Person, reason: str) -> None:
    """Tell the contract's manager, or the person above, who could not be reached, why, and who was asked instead."""
    escalation = card.escalation
    manager = manager_to_notify(work, escalation.contract_id, person.id)
    if manager is not None:
        asked = card.owner.name if escalation.owner_id != person.id else ""
        told = work.messages.message(
            "escalations/not_reached", card=card, whom=person.name, channel="", reason=reason, asked=asked
        )
        _notify(work, card, manager, told, f"not-reached-{escalation.steps}", f"{person.name} could not be reached")


def notify_channel_not_reached(work: UnitOfWork, escalation: Escalation, channel: str, reason: str) -> None:
    """Tell the contract's manager that the notice could not be posted in the contract's channel, and why."""
    card = card_of(work, escalation)
    manager = manager_to_notify(work, escalation.contract_id, 0)
    if manager is not None:
        told = work.messages.message(
            "escalations/not_reached", card=card, whom="", channel=channel, reason=reason, asked=card.owner.name
        )
        _notify(
            work, card, manager, told, "no-channel", f"the channel of {card.contract.reference} could not be reached"
        )


def notify_planner(work: UnitOfWork, card: EscalationCard, planner: Person) -> None:
    """Tell a person that a plan is asked of them, and by when."""
    told = work.messages.message("escalations/plan_asked", card=card)
    _notify(work, card, planner, told, f"plan-{card.escalation.steps}", f"{card.last.who.name} asked you for a plan")


def _why_asked(card: EscalationCard) -> str:
    return f"{card.escalation.what} on {card.contract.reference} was escalated to {card.owner.name}"


def _ping(work: UnitOfWork, card: EscalationCard, person: Person, why: str) -> str:
    """Send a message about the last step to a person; returns its key."""
    escalation = card.escalation
    key = escalation.key(escalation.steps)
    ping = work.messages.message("escalations/ping", card=card, number=escalation.steps)
    work.enqueue(OutgoingMessage(key, person.slack, Audience.INTERNAL, ping, why, escalation.contract_id))
    return key


def _update(work: UnitOfWork, card: EscalationCard, steps: Sequence[StepLine], what: str, why: str) -> set[str]:
    """Update the notice and the pings of these steps if they were or will be sent; returns the keys of those."""
    escalation = card.escalation
    pings = {escalation.key(line.number): line.number for line in steps if line.pinged}
    alive = reachable(work.session, [*pings, escalation.notice])
    for key, number in pings.items():
        if key in alive:
            shown = work.messages.message("escalations/ping", card=card, number=number)
            work.replace(key, f"{key}-{what}", shown, why)
    if escalation.notice in alive:
        shown = work.messages.message("escalations/notice", card=card)
        work.replace(escalation.notice, f"{escalation.notice}-{what}", shown, why)
    return alive


def _notify(work: UnitOfWork, card: EscalationCard, person: Person, message: Message, what: str, why: str) -> None:
    key = f"escalation-{card.escalation.id}-{what}"
    work.enqueue(OutgoingMessage(key, person.slack, Audience.INTERNAL, message, why, card.escalation.contract_id))
