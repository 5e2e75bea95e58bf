"""The four answers to an escalation: acknowledge it, take it over, ask for a plan by a day, pause it until a day; and
giving it to somebody else to answer. The first answer counts; anybody who answers later sees who gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.access import Permission
from bot.domain.escalation_triggers import Subject
from bot.domain.ladder import Step, due_after_pause, expires_at, limit, rung_of, rung_reassigned
from bot.domain.text_validation import required_text
from bot.domain.wording import shorten
from bot.errors import UserError
from bot.models import Contract, Escalation, Person, RoleName
from bot.services.actions import actions
from bot.services.escalations import escalation_messages, ladder_steps, pings
from bot.services.escalations.claims import unanswered, unanswered_by
from bot.services.escalations.escalation_card import EscalationCard, card_of, settle_by
from bot.services.escalations.holders import holders_of
from bot.services.escalations.ladder_steps import Before
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

PLAN_WITHIN, PAUSE_WITHIN = timedelta(days=92), timedelta(days=31)


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
    escalation, contract = unanswered_by(ctx, seen)
    until = settle_by(ctx, escalation, contract)
    return _answered(ctx, escalation, contract, Step.ACKNOWLEDGED, until, before=Before.of(escalation))


def take_over(ctx: ActorContext, seen: str) -> EscalationCard:
    """Put the escalation with the actor, who was asked or holds a role on the ladder. Raises the errors of
    `acknowledge`."""
    escalation, contract = unanswered(ctx, seen)
    asked_now = escalation.owner_id == ctx.actor.person_id
    if not asked_now:
        ctx.require(Permission.TAKE_OVER, contract)
    before = Before.of(escalation)
    standing = {rung: person.id for rung, person in holders_of(ctx, escalation).items()}
    escalation.owner_id = ctx.actor.person_id
    escalation.rung = rung_of(standing, ctx.actor.person_id, escalation.rung)
    until = settle_by(ctx, escalation, contract)
    card = _answered(ctx, escalation, contract, Step.TOOK_OVER, until, pinged=not asked_now, before=before)
    if not asked_now:
        pings.ask_now(ctx, escalation.id)
    return card


@dataclass(frozen=True)
class ToReassign:
    """An escalation, and the people to whom it can be given."""

    card: EscalationCard
    people: Sequence[Person]


def to_reassign(ctx: ActorContext, seen: str) -> ToReassign:
    """The escalation of a button that gives it to somebody else. Raises the errors of `acknowledge`, and `UserError` if
    there is nobody else."""
    escalation, contract = unanswered_by(ctx, seen)
    others = [each for each in contract_lookup.department_people(ctx, contract.id) if each.id != escalation.owner_id]
    if not others:
        raise UserError(
            f"Nobody else of the department has a role on {contract.reference}, so nothing was done. To name somebody, "
            f"type /contract people {contract.reference}."
        )
    return ToReassign(card_of(ctx, escalation), others)


def reassign(ctx: ActorContext, seen: str, slack: str) -> EscalationCard:
    """Give the escalation to somebody else of the department on its contract, who is told at once. Its time goes on.

    Raises `UserError` and the errors of `acknowledge`.
    """
    escalation, contract = unanswered_by(ctx, seen)
    given = next((each for each in to_reassign(ctx, seen).people if each.slack == slack), None)
    if given is None:
        raise _has_no_role(contract)
    before = Before.of(escalation)
    standing = {rung: person.id for rung, person in holders_of(ctx, escalation).items()}
    escalation.rung = rung_reassigned(standing, given.id, escalation.rung)
    escalation.owner_id, escalation.ping = given.id, ""
    followed = ladder_steps.add_step(ctx, escalation, Step.REASSIGNED, given, pinged=True, before=before)
    ctx.record(followed.in_history, escalation.reference, contract_id=contract.id, to=given.slack)
    card = card_of(ctx, escalation)
    escalation_messages.notify_answered(ctx, card)
    pings.ask_now(ctx, escalation.id)
    return card


def _has_no_role(contract: Contract) -> UserError:
    """Whoever was chosen cannot do anything about the contract."""
    return UserError(
        f"They have no role of the department on {contract.reference}. Choose somebody who has.", field="who"
    )


def to_plan(ctx: ActorContext, seen: str) -> ToPlan:
    """The escalation of a button that asks for a plan. Raises the errors of `acknowledge`."""
    escalation, contract = unanswered_by(ctx, seen)
    manager = contract_lookup.person_in_role(ctx.session, contract.id, ctx.today, RoleName.CONTRACT_MANAGER)
    of_partner = escalation.kind is Subject.RATINGS and ctx.may(Permission.CHANGE, contract)
    people = contract_lookup.department_people(ctx, contract.id)
    return ToPlan(card_of(ctx, escalation), people, manager.slack if manager else "", of_partner)


def ask_for_plan(ctx: ActorContext, seen: str, slack: str, until: date) -> EscalationCard:
    """Make the plan somebody's action, due on a day; until then the escalation counts as acknowledged.

    Raises `UserError` and the errors of `acknowledge`.
    """
    escalation, contract = unanswered_by(ctx, seen)
    planner = next((each for each in contract_lookup.department_people(ctx, contract.id) if each.slack == slack), None)
    if planner is None:
        raise _has_no_role(contract)
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
    escalation, contract = unanswered_by(ctx, seen)
    return _answered(ctx, escalation, contract, Step.PLANNED, until, shorten(what, 300))


def to_pause(ctx: ActorContext, seen: str) -> EscalationCard:
    """The escalation of a button that pauses it. Raises the errors of `acknowledge`."""
    return card_of(ctx, unanswered_by(ctx, seen)[0])


def pause(ctx: ActorContext, seen: str, until: date, reason: str) -> EscalationCard:
    """Stop its time until a day, for a stored reason; then it runs again.

    Raises `UserError`, the errors of the reason's text, and the errors of `acknowledge`.
    """
    escalation, contract = unanswered_by(ctx, seen)
    words = required_text(reason, what="why it is paused", at_most=300, field="reason")
    _check_day(ctx, until, PAUSE_WITHIN)
    whole = limit(contract.tier, escalation.rung)
    due_at = due_after_pause(ctx.now, until, escalation.due_at, whole, ctx.calendar.of(contract.nation))
    return _answered(ctx, escalation, contract, Step.PAUSED, until, words, due_at=due_at)


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
    before: Before | None = None,
) -> EscalationCard:
    escalation.ping = ""
    escalation.due_at = due_at or expires_at(until, ctx.calendar.of(contract.nation))
    who = ctx.session.get_one(Person, ctx.actor.person_id)
    followed = ladder_steps.add_step(
        ctx, escalation, step, who, until=until, reason=reason, pinged=pinged, before=before
    )
    ctx.record(followed.in_history, escalation.reference, contract_id=contract.id, why=reason, until=until.isoformat())
    card = card_of(ctx, escalation)
    escalation_messages.notify_answered(ctx, card)
    return card


def _check_day(ctx: ActorContext, until: date, within: timedelta) -> None:
    if not ctx.today < until <= ctx.today + within:
        raise UserError(f"Choose a day from tomorrow, and at most {within.days} days ahead.", field="until")
