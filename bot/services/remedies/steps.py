"""The steps of a plan: who does what by when, as a partner entered it. Accepted steps become actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from bot.access import ContractRef, Permission, role_counts
from bot.domain.entry_lines import parse_action_lines
from bot.domain.normalisation import name_key
from bot.domain.text_validation import required_text
from bot.domain.wording import shorten
from bot.errors import UserError
from bot.models import Audience, Contract, Person, PlanStep, PlanSubmission, RectificationPlan, Role, RoleName
from bot.services.actions import actions
from bot.services.unit_of_work import ActorContext, UnitOfWork

MOST_STEPS, LONGEST_STEP, LONGEST_OWNER = 20, 250, 100


@dataclass(frozen=True)
class EnteredStep:
    """A step as it was entered; `owner_id` is the partner's contact of that name, or else whoever sent it."""

    what: str
    owner: str
    owner_id: int
    due_on: date


def read_steps(ctx: ActorContext, contract: ContractRef, typed: str) -> list[EnteredStep]:
    """The steps, one from each line: Priya Nair: fill both posts by 8 January. Raises `UserError` with its field, or
    `Denied`."""
    ctx.require(Permission.SUBMIT_PLAN, contract, Audience.SHARED)
    try:
        lines = parse_action_lines(typed, ctx.days.own)
        if not 0 < len(lines) <= MOST_STEPS:
            raise UserError(f"Enter from 1 to {MOST_STEPS} steps, one on each line.")
        if any(line.due_on < ctx.days.first for line in lines):
            raise UserError("A step is due today or later. Use another day.")
        own = _contacts(ctx, contract)
        return [
            EnteredStep(
                required_text(line.what, what="each step", at_most=LONGEST_STEP, field="steps"),
                required_text(line.owner, what="who does each step", at_most=LONGEST_OWNER, field="steps"),
                own.get(name_key(line.owner), ctx.actor.person_id),
                line.due_on,
            )
            for line in lines
        ]
    except UserError as error:
        raise UserError(error.sentence, field="steps") from None


def last_steps(work: UnitOfWork, plan: RectificationPlan) -> Sequence[PlanStep]:
    """The steps of the plan that came last."""
    last = select(func.max(col(PlanSubmission.id))).where(col(PlanSubmission.plan_id) == plan.id)
    steps = select(PlanStep).where(col(PlanStep.submission_id) == last.scalar_subquery())
    return work.session.scalars(steps.order_by(col(PlanStep.due_on), col(PlanStep.id))).all()


def make_actions(ctx: ActorContext, plan: RectificationPlan, contract: ContractRef) -> int:
    """Make the steps of an accepted plan actions of their owners; returns how many there are. Raises `Denied`."""
    ctx.require(Permission.CHANGE, contract)
    steps = last_steps(ctx, plan)
    for step in steps:
        owner = ctx.session.get_one(Person, step.owner_id)
        what = step.what if name_key(step.owner) == name_key(owner.name) else f"{step.owner}: {step.what}"
        card = actions.give_action(
            ctx, contract, owner, shorten(what, 300), step.due_on, by=ctx.actor.person_id, may_be_late=True
        )
        step.action_id = card.item.id
    return len(steps)


def _contacts(ctx: ActorContext, contract: ContractRef) -> dict[str, int]:
    """The ids of the partner's contacts on a contract, by their names."""
    rows = ctx.session.execute(
        select(col(Person.name), col(Person.id))
        .join(Role, col(Role.person_id) == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Contract.id) == contract.id, col(Role.role) == RoleName.PARTNER_CONTACT, role_counts())
    )
    return {name_key(name): person_id for name, person_id in rows}
