"""Settling an escalation for a reason, though its record stays open; and undoing, within some minutes, what was done
last."""

from sqlalchemy import select
from sqlmodel import col

from bot import access
from bot.access import Permission
from bot.domain.ladder import ESCALATION, UNDOABLE, UNDONE_WITHIN, EscalationEvent, in_force, undone_until
from bot.domain.text_validation import required_text
from bot.domain.wording import format_instant
from bot.errors import UserError
from bot.models import Escalation, EscalationStep, Person
from bot.services.escalations import escalation_messages, ladder_steps
from bot.services.escalations.claims import as_seen
from bot.services.escalations.escalation_card import EscalationCard, card_of, steps_of
from bot.services.escalations.ladder_steps import Before
from bot.services.unit_of_work import ActorContext

LONGEST_REASON = 300


def to_settle(ctx: ActorContext, seen: str) -> EscalationCard:
    """The escalation of a button that settles it, answered or not. Raises `UserError` or `Denied`."""
    escalation, contract = as_seen(ctx, seen)
    ctx.require(Permission.DECIDE, contract)
    return card_of(ctx, escalation)


def settle(ctx: ActorContext, seen: str, reason: str) -> EscalationCard:
    """End the escalation for a reason that is kept. Its record stays open, and is not escalated again for the same
    fact. Raises the errors of `to_settle` and of the reason's text."""
    escalation = to_settle(ctx, seen).escalation
    words = required_text(reason, what="why it is settled", at_most=LONGEST_REASON, field="reason")
    ladder_steps.settle(ctx, escalation, ctx.session.get_one(Person, ctx.actor.person_id), words)
    return card_of(ctx, escalation)


def undo(ctx: ActorContext, seen: str) -> EscalationCard:
    """Undo that the actor acknowledged the escalation, took it over or gave it to somebody else: it is again with whom
    it was, on the same rung, with the same time left. Raises `UserError` or `Denied`."""
    escalation, contract = as_seen(ctx, seen)
    steps = steps_of(ctx, escalation)
    last, before = steps[-1], _before(ctx, escalation)
    if last.kind not in UNDOABLE:
        raise UserError("Nothing here can be undone any more, so nothing was changed.")
    access.require_addressee(ctx.actor, {last.author.id})
    if before is None or ctx.now > undone_until(last.at):
        minutes = UNDONE_WITHIN.seconds // 60
        raise UserError(
            f"You did this on {format_instant(last.at)}, and it can be undone for {minutes} minutes only, so nothing "
            "was changed."
        )
    counts = in_force(steps[:-1])
    ladder_steps.add_undo(ctx, escalation, last.author, before, counts[-1])
    escalation.ping = next(line.message for line in reversed(counts) if line.pinged)
    done = ESCALATION.history_of(EscalationEvent.UNDONE)[0]
    ctx.record(done, escalation.reference, contract_id=contract.id, undone=last.kind.value)
    card = card_of(ctx, escalation)
    escalation_messages.notify_answered(ctx, card)
    return card


def _before(ctx: ActorContext, escalation: Escalation) -> Before | None:
    """How the escalation was before its last step, if that is known."""
    step = EscalationStep
    of_it = (col(step.escalation_id) == escalation.id, col(step.number) == escalation.steps)
    row = ctx.session.scalars(select(step).where(*of_it)).one()
    if row.owner_before_id is None or row.rung_before is None:
        return None
    return Before(row.owner_before_id, row.rung_before, row.due_before)
