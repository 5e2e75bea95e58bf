"""The performance notice (UK9) of a plan that failed: the law gives 30 days from the decision."""

from dataclasses import dataclass
from datetime import date

from bot.access import ContractRef, Permission
from bot.domain.plan_cycle import PlanStatus
from bot.domain.text_validation import required_text
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import RectificationPlan
from bot.services import changes
from bot.services.remedies.plans import plan_for
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext

LONGEST_WHAT = 300


@dataclass(frozen=True)
class FailedPlan:
    """A plan that failed, with its contract and the day of the decision."""

    plan: RectificationPlan
    contract: ContractRef
    failed_on: date


def failed_plan(ctx: ActorContext, key: str, *, locked: bool = False) -> FailedPlan:
    """The failed plan of a button, whose notice was not dealt with yet. Raises `UserError` or `Denied`."""
    plan, contract = plan_for(ctx, key, locked=locked)
    ctx.require(Permission.CHANGE, contract)
    if plan.status is not PlanStatus.FAILED or plan.status_on is None:
        raise UserError(f"This plan is {plan.status}, so it needs no notice of a failure. Nothing was done.")
    if plan.notice_on is not None:
        raise UserError(f"Its notice was dealt with on {format_date(plan.notice_on)} already, so nothing was done.")
    return FailedPlan(plan, contract, plan.status_on)


def deal_with(ctx: ActorContext, key: str, on: date, what: str) -> FailedPlan:
    """Note that the notice was published, or why it is not needed. Raises `UserError`, with its form field, or
    `Denied`."""
    failed = failed_plan(ctx, key, locked=True)
    check_day(ctx, on, since=failed.failed_on, what="the plan was declared failed")
    words = required_text(
        what, what="the number of the notice, or why none is needed", at_most=LONGEST_WHAT, field="what"
    )
    made = changes.apply(failed.plan, {"notice_on": on})
    subject = f"{failed.contract.reference}, {failed.plan.title}"
    ctx.record("notice of a failed plan", subject, contract_id=failed.contract.id, changes=made, why=words)
    ctx.session.flush()
    return failed
