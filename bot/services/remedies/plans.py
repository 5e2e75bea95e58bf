"""What becomes of a rectification plan: it is requested, comes, is accepted or rejected, monitored, and is cured or has
failed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.life_cycle import Transition
from bot.domain.plan_cycle import PLAN, Ground, PlanEvent, PlanStatus, Served
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import format_date, shorten
from bot.errors import UserError
from bot.models import Audience, Contract, RectificationPlan
from bot.policy import partner_may
from bot.services import changes
from bot.services.lookup import contracts as contract_lookup
from bot.services.remedies import telling
from bot.services.remedies.steps import make_actions
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext

LONGEST_REASON, LONGEST_OPPORTUNITY, LONGEST_WHY = 1000, 1000, 300
COMES = frozenset({PlanEvent.RECEIVED, PlanEvent.SUBMITTED})
GIVES_DAY = frozenset({PlanEvent.INFORMAL, PlanEvent.NOTICE, PlanEvent.REQUESTED})
SERVED_EVENTS = frozenset({PlanEvent.NOTICE, PlanEvent.REQUESTED})


@dataclass(frozen=True)
class PlanToSettle:
    """A plan, and the rows of its life cycle that the actor can follow from here."""

    plan: RectificationPlan
    contract: ContractRef
    offered: Sequence[Transition[PlanStatus, PlanEvent]]

    @property
    def grounds(self) -> Sequence[str]:
        """The grounds on which it was last rejected."""
        return self.plan.grounds.split(", ") if self.plan.grounds else []

    def offers(self, *events: PlanEvent) -> bool:
        """Whether one of these can happen."""
        return any(row.event in events for row in self.offered)


@dataclass(frozen=True)
class EventDetails:
    """What belongs to some events: by when delivery is to improve or the plan is to come (None for the usual day), how
    a notice or request was served, on which grounds a plan is rejected, and which opportunity was given before it is
    declared failed."""

    until: date | None = None
    served_by: Served | None = None
    grounds: Sequence[Ground] = ()
    opportunity: str = ""


NO_DETAILS = EventDetails()


@dataclass(frozen=True)
class SettledPlan:
    """A plan after an event on a day; the row that it followed says what is due next. `actions` is how many steps of it
    became actions; `told` is whether the partner was told, None if nobody asked for that."""

    plan: RectificationPlan
    contract: ContractRef
    followed: Transition[PlanStatus, PlanEvent]
    on: date
    actions: int = 0
    told: bool | None = None

    @property
    def has_new_day(self) -> bool:
        """Whether the event gave the improvement or the plan another day."""
        return self.followed.event in GIVES_DAY or self.plan.status is PlanStatus.REJECTED


def plan_to_settle(ctx: ActorContext, key: str) -> PlanToSettle:
    """The plan of a button, with what the actor can do with it. Raises `UserError` or `Denied`."""
    plan, contract = plan_for(ctx, key)
    rows = PLAN.of_state(plan.status)
    if not rows:
        raise UserError(f"This plan is {plan.status} already. Nothing more can be done with it.")
    offered = [row for row in rows if ctx.may(Permission(row.who), contract, _readers(row))]
    if not offered:
        ctx.require(Permission(rows[0].who), contract, _readers(rows[0]))
    return PlanToSettle(plan, contract, offered)


def settle(
    ctx: ActorContext,
    key: str,
    event: PlanEvent,
    on: date,
    reason: str,
    details: EventDetails = NO_DETAILS,
    *,
    tell: bool = False,
) -> SettledPlan:
    """Follow the plan's life cycle, on a day from its last change up to today. What is requested, and what is rejected,
    has a new due day. `tell`: the partner is told how it stands.

    Raises `UserError`, with its form field, or `Denied`.
    """
    plan, contract = plan_for(ctx, key, locked=True)
    done = follow(ctx, plan, contract, event, on, reason, details)
    return replace(done, told=telling.tell(ctx, plan, contract)) if tell else done


def follow(
    ctx: ActorContext,
    plan: RectificationPlan,
    contract: ContractRef,
    event: PlanEvent,
    on: date,
    reason: str,
    details: EventDetails = NO_DETAILS,
) -> SettledPlan:
    """The same for a plan that is locked. Raises `UserError`, with its form field, or `Denied`."""
    who = next(row for row in PLAN.rows if row.event is event)
    ctx.require(Permission(who.who), contract, _readers(who))
    followed = PLAN.follow(plan.status, event)
    check_day(ctx, on, since=plan.status_on or plan.began_on, what=f"the plan was {plan.status}")
    text = required_text if followed.needs_reason else optional_text
    words = text(reason, what="why", at_most=LONGEST_REASON, field="reason")
    values = {"status": followed.to, "due_on": _due_after(ctx, plan, followed, on, details.until)}
    made = changes.apply(plan, values | _details_of(event, on, details))
    made[f"{event} on"] = ["nothing", format_date(on)]
    plan.reason, plan.status_on = words or plan.reason, on
    if event in COMES:
        plan.received_on = on
    why, subject = shorten(words, LONGEST_WHY), f"{contract.reference}, {plan.title}"
    ctx.record(followed.in_history, subject, contract_id=contract.id, changes=made, why=why)
    made_actions = make_actions(ctx, plan, contract) if event is PlanEvent.ACCEPTED else 0
    ctx.session.flush()
    return SettledPlan(plan, contract, followed, on, made_actions)


def plan_for(ctx: ActorContext, key: str, *, locked: bool = False) -> tuple[RectificationPlan, ContractRef]:
    """The plan of a button or form, whose contract the actor may see. Raises `UserError` or `Denied`."""
    plan = by_key(ctx.session, RectificationPlan, key, locked=locked)
    if plan is None:
        raise UserError("This plan is no longer in the record, so nothing was done. Open the contract's page again.")
    contract = contract_lookup.contract_facts(ctx.session, plan.contract_id)
    ctx.require(Permission.SEE, contract)
    return plan, contract


def _readers(row: Transition[PlanStatus, PlanEvent]) -> Audience:
    """The audience for which the permission of a row is held: what partners do too is done for both."""
    return Audience.SHARED if partner_may(Permission(row.who)) else Audience.INTERNAL


def _details_of(event: PlanEvent, on: date, details: EventDetails) -> dict[str, object]:
    """The columns that an event sets beside the status. Raises `UserError`, with its form field."""
    values: dict[str, object] = {}
    if event in SERVED_EVENTS:
        values["served_by"] = details.served_by or Served.SLACK
    if event is PlanEvent.REQUESTED:
        values["requested_on"] = on
    if event is PlanEvent.REJECTED:
        if not details.grounds:
            raise UserError("Choose at least one ground on which the plan is rejected.", field="grounds")
        values["grounds"] = ", ".join(details.grounds)
    if event is PlanEvent.FAILED:
        values["opportunity"] = required_text(
            details.opportunity,
            what="the opportunity to improve that the partner was given",
            at_most=LONGEST_OPPORTUNITY,
            field="opportunity",
        )
    return values


def _due_after(
    ctx: ActorContext,
    plan: RectificationPlan,
    followed: Transition[PlanStatus, PlanEvent],
    on: date,
    until: date | None,
) -> date | None:
    """The day by which the improvement or the plan is due after an event: in some working days of the contract, unless
    another day was given. Raises `UserError` under the field of that day."""
    contract = ctx.session.get_one(Contract, plan.contract_id)
    if followed.event in GIVES_DAY:
        within = contract.plan_submit_days
        if until is not None and until < on:
            raise UserError(
                f"{format_date(until)} is before {format_date(on)}. Enter that day or later.", field="until"
            )
    elif followed.to is PlanStatus.REJECTED:
        within, until = contract.plan_resubmit_days, None
    else:
        return plan.due_on
    return until or ctx.calendar.of(contract.nation).add_working_days(on, within)
