"""What becomes of a rectification plan: it comes, is accepted or rejected, monitored, and is cured or has failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.life_cycle import Transition
from bot.domain.plan_cycle import COMES_AGAIN_WITHIN, PLAN, PlanEvent, PlanStatus
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import format_date, shorten
from bot.errors import UserError
from bot.models import Contract, RectificationPlan
from bot.services import changes
from bot.services.lookup import contracts as contract_lookup
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext

LONGEST_REASON, LONGEST_WHY = 1000, 300


@dataclass(frozen=True)
class PlanToSettle:
    """A plan, and the rows of its life cycle that the actor can follow from here."""

    plan: RectificationPlan
    contract: ContractRef
    offered: Sequence[Transition[PlanStatus, PlanEvent]]


@dataclass(frozen=True)
class SettledPlan:
    """A plan after an event on a day; the row that it followed says what is due next."""

    plan: RectificationPlan
    contract: ContractRef
    followed: Transition[PlanStatus, PlanEvent]
    on: date


def plan_to_settle(ctx: ActorContext, key: str) -> PlanToSettle:
    """The plan of a button, with what the actor can do with it. Raises `UserError` or `Denied`."""
    plan, contract = _plan(ctx, key)
    rows = PLAN.of_state(plan.status)
    if not rows:
        raise UserError(f"This plan is {plan.status} already. Nothing more can be done with it.")
    offered = [row for row in rows if ctx.may(Permission(row.who), contract)]
    if not offered:
        ctx.require(Permission(rows[0].who), contract)
    return PlanToSettle(plan, contract, offered)


def settle(ctx: ActorContext, key: str, event: PlanEvent, on: date, reason: str) -> SettledPlan:
    """Follow the plan's life cycle, on a day from its last change up to today. A rejected plan has a new due day.

    Raises `UserError`, with its form field, or `Denied`.
    """
    plan, contract = _plan(ctx, key, locked=True)
    ctx.require(Permission(PLAN.who(event)), contract)
    followed = PLAN.follow(plan.status, event)
    check_day(ctx, on, since=plan.status_on or plan.requested_on, what=f"the plan was {plan.status}")
    text = required_text if followed.needs_reason else optional_text
    words = text(reason, what="why", at_most=LONGEST_REASON, field="reason")
    made = changes.apply(plan, {"status": followed.to, "due_on": _due_after(ctx, plan, event, on)})
    made[f"{event} on"] = ["nothing", format_date(on)]
    plan.reason, plan.status_on = words or plan.reason, on
    if event is PlanEvent.RECEIVED:
        plan.received_on = on
    why, subject = shorten(words, LONGEST_WHY), f"{contract.reference}, {plan.title}"
    ctx.record(followed.in_history, subject, contract_id=contract.id, changes=made, why=why)
    ctx.session.flush()
    return SettledPlan(plan, contract, followed, on)


def _due_after(ctx: ActorContext, plan: RectificationPlan, event: PlanEvent, on: date) -> date:
    """The day by which the partner owes a plan after an event: a rejected one comes again some working days later."""
    if event is not PlanEvent.REJECTED:
        return plan.due_on
    nation = ctx.session.get_one(Contract, plan.contract_id).nation
    return ctx.calendar.of(nation).add_working_days(on, COMES_AGAIN_WITHIN)


def _plan(ctx: ActorContext, key: str, *, locked: bool = False) -> tuple[RectificationPlan, ContractRef]:
    plan = by_key(ctx.session, RectificationPlan, key, locked=locked)
    if plan is None:
        raise UserError("This plan is no longer in the record, so nothing was done. Open the contract's page again.")
    contract = contract_lookup.contract_facts(ctx.session, plan.contract_id)
    ctx.require(Permission.SEE, contract)
    return plan, contract
