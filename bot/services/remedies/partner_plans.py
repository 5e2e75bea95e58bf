"""The rectification plan that a partner sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.delivery.outbox import OutgoingMessage
from bot.domain.plan_cycle import BEFORE_PLAN, PLAN, PlanEvent
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import Audience, PlanStep, PlanSubmission, RectificationPlan, RoleName
from bot.services.lookup import contracts as contract_lookup
from bot.services.remedies import plans, steps
from bot.services.remedies.steps import EnteredStep
from bot.services.remedies.telling import PartnerPlan, shown_to_partner
from bot.services.unit_of_work import ActorContext

LONGEST_PART = 2000
DECIDERS = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.COMMERCIAL_LEAD)
PARTS: Mapping[str, str] = {
    "default": "what went wrong",
    "containment": "what you do now to contain it",
    "root_cause": "the root cause",
    "effect": "the effect",
    "prevention": "how it will not come back",
}


@dataclass(frozen=True)
class SentPlan:
    """A plan that came: what was entered, who sent it, and who decides on it ("" if nobody can)."""

    plan: RectificationPlan
    contract: ContractRef
    submission: PlanSubmission
    steps: list[PlanStep]
    by: str
    decider: str


def plan_to_send(ctx: ActorContext, key: str) -> PartnerPlan:
    """The plan of a button, for the partner's person who sends it. Raises `UserError` or `Denied`."""
    plan, contract = _awaited(ctx, key)
    return shown_to_partner(plan, contract)


def send(ctx: ActorContext, key: str, parts: Mapping[str, str], typed_steps: str) -> SentPlan:
    """Keep the plan of a partner's person, and ask the department for its decision. Raises `UserError`, with its form
    field, or `Denied`."""
    plan, contract = _awaited(ctx, key, locked=True)
    words = {
        name: required_text(parts.get(name, ""), what=what, at_most=LONGEST_PART, field=name)
        for name, what in PARTS.items()
    }
    entered = steps.read_steps(ctx, contract, typed_steps)
    row, kept = _keep(ctx, plan, words, entered)
    plans.follow(ctx, plan, contract, PlanEvent.SUBMITTED, ctx.today, "")
    decider = contract_lookup.person_in_role(ctx.session, contract.id, ctx.today, *DECIDERS)
    sent = SentPlan(plan, contract, row, kept, ctx.actor.name, decider.name if decider else "")
    if decider is not None:
        message = ctx.messages.message("remedies/received", sent=sent)
        why = f"{ctx.actor.name} of {contract.partner} sent a rectification plan"
        key = f"plan-submission-{row.id}"
        ctx.enqueue(OutgoingMessage(key, decider.slack, Audience.INTERNAL, message, why, contract.id))
    return sent


def _keep(
    ctx: ActorContext, plan: RectificationPlan, words: Mapping[str, str], entered: Sequence[EnteredStep]
) -> tuple[PlanSubmission, list[PlanStep]]:
    earlier = select(func.count()).where(col(PlanSubmission.plan_id) == plan.id)
    row = PlanSubmission(
        plan_id=plan.id,
        contract_id=plan.contract_id,
        number=ctx.session.scalars(earlier).one() + 1,
        submitted_by_id=ctx.actor.person_id,
        submitted_at=ctx.now,
        default=words["default"],
        containment=words["containment"],
        root_cause=words["root_cause"],
        effect=words["effect"],
        prevention=words["prevention"],
    )
    ctx.add(row)
    kept = [
        PlanStep(
            submission_id=row.id,
            contract_id=plan.contract_id,
            what=each.what,
            owner=each.owner,
            owner_id=each.owner_id,
            due_on=each.due_on,
        )
        for each in entered
    ]
    ctx.session.add_all(kept)
    return row, kept


def _awaited(ctx: ActorContext, key: str, *, locked: bool = False) -> tuple[RectificationPlan, ContractRef]:
    plan = by_key(ctx.session, RectificationPlan, key, locked=locked)
    contract = None if plan is None else contract_lookup.contract_facts(ctx.session, plan.contract_id)
    if plan is None or contract is None or plan.status in BEFORE_PLAN:  # of these the partner was asked for no plan
        raise UserError("No plan is asked for here, so nothing was done. Ask the contract manager.")
    ctx.require(Permission.SUBMIT_PLAN, contract, Audience.SHARED)
    PLAN.follow(plan.status, PlanEvent.SUBMITTED)
    return plan, contract
