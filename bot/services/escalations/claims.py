"""The escalation of a button or a form, locked, if what its reader saw is still so; what is said where it is not."""

from bot import access
from bot.access import Permission
from bot.db import by_key
from bot.domain.escalation_triggers import Subject
from bot.domain.ladder import Step
from bot.domain.references import key_claimed
from bot.domain.wording import format_instant
from bot.errors import UserError
from bot.models import Contract, Escalation, EscalationEnd, Person
from bot.services.escalations.escalation_card import StepLine, steps_of
from bot.services.unit_of_work import ActorContext

_DID = {
    Step.ACKNOWLEDGED: "acknowledged this",
    Step.TOOK_OVER: "took this over",
    Step.PLANNED: "asked for a plan of this",
    Step.PAUSED: "paused this",
    Step.UNDONE: "took back what they did here",
}
_ENDED = {
    EscalationEnd.CLOSED: "been closed",
    EscalationEnd.FALLEN: "fallen",
    EscalationEnd.SETTLED: "been settled",
    EscalationEnd.AGAIN: "been escalated again",
    EscalationEnd.BY_PERSON: "been settled",
}


def _no_longer_waits(what: str, meanwhile: str) -> UserError:
    """What was sent up is over, or has gone up to somebody else, so nobody needs to answer here."""
    return UserError(f"{what} has {meanwhile} meanwhile, so there is nothing more to do here.")


def unanswered(ctx: ActorContext, seen: str) -> tuple[Escalation, Contract]:
    """The escalation, which nobody else can answer meanwhile, if an answer is awaited and nothing happened since its
    reader saw it. Raises `UserError` or `Denied`."""
    escalation, contract = as_seen(ctx, seen)
    if not escalation.waits:
        raise _moved_on(ctx, escalation)
    return escalation, contract


def unanswered_by(ctx: ActorContext, seen: str) -> tuple[Escalation, Contract]:
    """The same, if it is with the actor."""
    escalation, contract = unanswered(ctx, seen)
    access.require_addressee(ctx.actor, {escalation.owner_id})
    return escalation, contract


def as_seen(ctx: ActorContext, seen: str) -> tuple[Escalation, Contract]:
    """The same, answered or not. What became of it is told to those whom it concerns."""
    escalation, contract = open_one(ctx, seen)
    if seen.partition(" ")[2] != str(escalation.steps):
        raise _moved_on(ctx, escalation)
    return escalation, contract


def open_one(ctx: ActorContext, seen: str) -> tuple[Escalation, Contract]:
    """The same, whatever happened since."""
    escalation = by_key(ctx.session, Escalation, key_claimed(seen.partition(" ")[0]), locked=True)
    if escalation is None:
        raise UserError("This escalation is no longer in the record, so nothing was done. Ask the contract manager.")
    contract = ctx.session.get_one(Contract, escalation.contract_id)
    if not ctx.may(Permission.TAKE_OVER, contract):
        steps = steps_of(ctx, escalation)
        access.require_addressee(ctx.actor, {line.who.id for line in steps if line.pinged})
    if escalation.ended_because is not None:
        raise _no_longer_waits(_called(escalation), _ENDED[escalation.ended_because])
    return escalation, contract


def _moved_on(ctx: ActorContext, escalation: Escalation) -> UserError:
    last = steps_of(ctx, escalation)[-1]
    if did := _did(last):
        return UserError(f"{last.author.name} {did} on {format_instant(last.at)}, so there is nothing more to do here.")
    owner = ctx.session.get_one(Person, escalation.owner_id)
    return _no_longer_waits(_called(escalation), f"gone up to {owner.name}")


def _did(line: StepLine) -> str:
    return f"gave this to {line.who.name}" if line.giver else _DID.get(line.kind, "")


def _called(escalation: Escalation) -> str:
    return escalation.reference if escalation.kind is Subject.RISK else escalation.what
