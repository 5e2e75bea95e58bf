"""The four answers to an escalation: acknowledge it, take it over, ask for a plan by a day, pause it until a day. The
first answer counts; anybody who answers later sees who gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot import access
from bot.access import Permission
from bot.db import by_key
from bot.domain.escalation_triggers import Subject
from bot.domain.ladder import Step, due_after_pause, expires_at, limit, rung_of
from bot.domain.references import key_claimed
from bot.domain.text_validation import required_text
from bot.domain.wording import format_instant, shorten
from bot.errors import UserError
from bot.models import Contract, Escalation, EscalationEnd, Person, RoleName
from bot.services.actions import actions
from bot.services.escalations import escalation_messages, ladder_steps, pings
from bot.services.escalations.escalation_card import EscalationCard, card_of, settle_by, steps_of
from bot.services.escalations.holders import holders_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

PLAN_WITHIN, PAUSE_WITHIN = timedelta(days=92), timedelta(days=31)
_DID = {
    Step.ACKNOWLEDGED: "acknowledged this",
    Step.TOOK_OVER: "took this over",
    Step.PLANNED: "asked for a plan of this",
    Step.PAUSED: "paused this",
}
_ENDED = {
    EscalationEnd.CLOSED: "been closed",
    EscalationEnd.FALLEN: "fallen",
    EscalationEnd.SETTLED: "been settled",
    EscalationEnd.AGAIN: "been escalated again",
}


def _no_longer_waits(what: str, meanwhile: str) -> UserError:
    """What was sent up is over, or has gone up to somebody else, so nobody needs to answer here."""
    return UserError(f"{what} has {meanwhile} meanwhile, so there is nothing more to do here.")


@dataclass(frozen=True)
class ToPlan:
    """An escalation for which a plan can be asked, the people who can be asked, and the usual one: "" if nobody manages
    the contract. `of_partner`: the actor can ask its partner for a rectification plan, because ratings fell short."""

    card: EscalationCard
    people: Sequence[Person]
    usual: str
    of_partner: bool = False


def acknowledge(ctx: ActorContext, seen: str) -> EscalationCard:
    """Note that the person it is with has seen it; it should be settled within some working days, or with the next
    figure.

    Raises `UserError` or `Denied`.
    """
    escalation, contract = _with_actor(ctx, seen)
    until = settle_by(ctx, escalation, contract)
    return _answered(ctx, escalation, contract, Step.ACKNOWLEDGED, until)


def take_over(ctx: ActorContext, seen: str) -> EscalationCard:
    """Put the escalation with the actor, who was asked or holds a role on the ladder. Raises the errors of
    `acknowledge`."""
    escalation, contract = _locked(ctx, seen)
    asked_now = escalation.owner_id == ctx.actor.person_id
    if not asked_now:
        ctx.require(Permission.TAKE_OVER, contract)
    standing = {rung: person.id for rung, person in holders_of(ctx, escalation).items()}
    escalation.owner_id = ctx.actor.person_id
    escalation.rung = rung_of(standing, ctx.actor.person_id, escalation.rung)
    until = settle_by(ctx, escalation, contract)
    card = _answered(ctx, escalation, contract, Step.TOOK_OVER, until, pinged=not asked_now)
    if not asked_now:
        pings.ask_now(ctx, escalation.id)
    return card


def to_plan(ctx: ActorContext, seen: str) -> ToPlan:
    """The escalation of a button that asks for a plan. Raises the errors of `acknowledge`."""
    escalation, contract = _with_actor(ctx, seen)
    manager = contract_lookup.person_in_role(ctx.session, contract.id, ctx.today, RoleName.CONTRACT_MANAGER)
    of_partner = escalation.kind is Subject.RATINGS and ctx.may(Permission.CHANGE, contract)
    people = contract_lookup.department_people(ctx, contract.id)
    return ToPlan(card_of(ctx, escalation), people, manager.slack if manager else "", of_partner)


def ask_for_plan(ctx: ActorContext, seen: str, slack: str, until: date) -> EscalationCard:
    """Make the plan somebody's action, due on a day; until then the escalation counts as acknowledged.

    Raises `UserError` and the errors of `acknowledge`.
    """
    escalation, contract = _with_actor(ctx, seen)
    planner = next((each for each in contract_lookup.department_people(ctx, contract.id) if each.slack == slack), None)
    if planner is None:
        raise UserError(
            f"They have no role of the department on {contract.reference}. Choose somebody who has.", field="who"
        )
    _check_day(ctx, until, PLAN_WITHIN)
    facts = contract_lookup.contract_facts(ctx.session, contract.id)
    risk_id = escalation.subject_id if escalation.kind is Subject.RISK else None
    what = shorten(f"Plan for what was escalated: {escalation.what}", 300)
    item = actions.give_action(ctx, facts, planner, what, until, by=ctx.actor.person_id, risk_id=risk_id).item
    reason = shorten(f"{item.reference} for {planner.name}", 300)
    card = _answered(ctx, escalation, contract, Step.PLANNED, until, reason)
    if planner.id != ctx.actor.person_id:
        escalation_messages.notify_planner(ctx, card, planner)
    return card


def plan_requested(ctx: ActorContext, seen: str, until: date, what: str) -> EscalationCard:
    """Note that the partner was asked for a rectification plan by a day; until then it counts as acknowledged.

    Raises the errors of `acknowledge`.
    """
    escalation, contract = _with_actor(ctx, seen)
    return _answered(ctx, escalation, contract, Step.PLANNED, until, shorten(what, 300))


def to_pause(ctx: ActorContext, seen: str) -> EscalationCard:
    """The escalation of a button that pauses it. Raises the errors of `acknowledge`."""
    return card_of(ctx, _with_actor(ctx, seen)[0])


def pause(ctx: ActorContext, seen: str, until: date, reason: str) -> EscalationCard:
    """Stop its time until a day, for a stored reason; then it runs again.

    Raises `UserError`, the errors of the reason's text, and the errors of `acknowledge`.
    """
    escalation, contract = _with_actor(ctx, seen)
    words = required_text(reason, what="why it is paused", at_most=300, field="reason")
    _check_day(ctx, until, PAUSE_WITHIN)
    whole = limit(contract.tier, escalation.rung)
    due_at = due_after_pause(ctx.now, until, escalation.due_at, whole, ctx.calendar.of(contract.nation))
    return _answered(ctx, escalation, contract, Step.PAUSED, until, words, due_at=due_at)


def _with_actor(ctx: ActorContext, seen: str) -> tuple[Escalation, Contract]:
    """The escalation of a button or form, in the same version, if it is with the actor."""
    escalation, contract = _locked(ctx, seen)
    access.require_addressee(ctx.actor, {escalation.owner_id})
    return escalation, contract


def _locked(ctx: ActorContext, seen: str) -> tuple[Escalation, Contract]:
    """The escalation, which nobody else can answer meanwhile. What became of it is told to those whom it concerns."""
    key, _, version = seen.partition(" ")
    escalation = by_key(ctx.session, Escalation, key_claimed(key), locked=True)
    if escalation is None:
        raise UserError("This escalation is no longer in the record, so nothing was done. Ask the contract manager.")
    contract = ctx.session.get_one(Contract, escalation.contract_id)
    if not ctx.may(Permission.TAKE_OVER, contract):
        steps = steps_of(ctx, escalation)
        access.require_addressee(ctx.actor, {line.who.id for line in steps if line.pinged})
    if escalation.ended_because is not None:
        raise _no_longer_waits(_called(escalation), _ENDED[escalation.ended_because])
    if version != str(escalation.steps) or not escalation.waits:
        raise _moved_on(ctx, escalation)
    return escalation, contract


def _moved_on(ctx: ActorContext, escalation: Escalation) -> UserError:
    last = steps_of(ctx, escalation)[-1]
    if last.kind in _DID:
        return UserError(
            f"{last.who.name} {_DID[last.kind]} on {format_instant(last.at)}, so there is nothing more to do here."
        )
    owner = ctx.session.get_one(Person, escalation.owner_id)
    return _no_longer_waits(_called(escalation), f"gone up to {owner.name}")


def _called(escalation: Escalation) -> str:
    return escalation.reference if escalation.kind is Subject.RISK else escalation.what


def _answered(
    ctx: ActorContext,
    escalation: Escalation,
    contract: Contract,
    step: Step,
    until: date,
    reason: str = "",
    *,
    due_at: datetime | None = None,
    pinged: bool = False,
) -> EscalationCard:
    escalation.ping = ""
    escalation.due_at = due_at or expires_at(until, ctx.calendar.of(contract.nation))
    who = ctx.session.get_one(Person, ctx.actor.person_id)
    followed = ladder_steps.add_step(ctx, escalation, step, who, until=until, reason=reason, pinged=pinged)
    ctx.record(followed.in_history, escalation.reference, contract_id=contract.id, why=reason, until=until.isoformat())
    card = card_of(ctx, escalation)
    escalation_messages.notify_answered(ctx, card)
    return card


def _check_day(ctx: ActorContext, until: date, within: timedelta) -> None:
    if not ctx.today < until <= ctx.today + within:
        raise UserError(f"Choose a day from tomorrow, and at most {within.days} days ahead.", field="until")
