"""A plan as its partner knows it, in the shared channel, once somebody of the department sends it."""

from dataclasses import dataclass
from datetime import date

from bot.access import ContractRef, Permission
from bot.delivery.outbox import OutgoingMessage
from bot.domain.plan_cycle import PLAN, PlanEvent, PlanStatus
from bot.models import Audience, RectificationPlan
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class PartnerPlan:
    """The part of a plan that its partner may see; `answer` says why it was rejected."""

    key: str
    contract: ContractRef
    title: str
    shortfall: str
    status: PlanStatus
    due_on: date | None
    grounds: str = ""
    answer: str = ""

    @property
    def is_awaited(self) -> bool:
        """Whether the partner is to send the plan."""
        return PLAN.allows(self.status, PlanEvent.SUBMITTED)

    @property
    def called(self) -> str:
        """Whether it is a plan yet."""
        return "Improvement notice" if self.status is PlanStatus.NOTICE else "Rectification plan"


def shown_to_partner(plan: RectificationPlan, contract: ContractRef) -> PartnerPlan:
    """A plan as its partner may see it."""
    rejected = plan.status in (PlanStatus.REJECTED, PlanStatus.REJECTED_AGAIN)
    grounds, answer = (plan.grounds, plan.reason) if rejected else ("", "")
    due_on = plan.due_on if plan.status is PlanStatus.NOTICE or PLAN.allows(plan.status, PlanEvent.SUBMITTED) else None
    return PartnerPlan(plan.public_id, contract, plan.title, plan.shortfall, plan.status, due_on, grounds, answer)


def tell(ctx: ActorContext, plan: RectificationPlan, contract: ContractRef) -> bool:
    """Say in the shared channel how a plan stands, because the actor sends it; returns whether there is one. Raises
    `Denied`."""
    ctx.require(Permission.SEE, contract)
    channel = contract_lookup.channel_of(ctx.session, contract.id, Audience.SHARED)
    if channel is None:
        return False
    message = ctx.messages.message("remedies/told", plan=shown_to_partner(plan, contract))
    why = f"{ctx.actor.name} told {contract.partner} that {plan.title} is {plan.status}"
    key = ctx.next_key(f"plan-{plan.id}-told")
    ctx.enqueue(OutgoingMessage(key, channel, Audience.SHARED, message, why, contract.id))
    return True
