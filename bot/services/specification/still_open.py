"""The options, memos and plans of a contract that a person can still settle."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.option_cycle import OPTION
from bot.domain.plan_cycle import PLAN
from bot.domain.wording import format_date
from bot.models import ExtensionOption, Memo, RectificationPlan
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class OpenItem:
    """One that is open: `kind` is option, memo or plan, `key` names it in a button."""

    kind: str
    what: str
    key: str


def still_open(ctx: ActorContext, contract: ContractRef) -> list[OpenItem]:
    """The open options, memos and plans of a contract, each by its day, that the actor may settle."""
    option, memo, plan = ExtensionOption, Memo, RectificationPlan
    found = []
    if ctx.may(Permission.CHANGE, contract):
        of_it = select(option).where(col(option.contract_id) == contract.id)
        rows = of_it.where(col(option.decision).in_(OPTION.open_states)).order_by(col(option.decide_by))
        for each in ctx.session.scalars(rows):
            found.append(OpenItem("option", f"{each.name}: decide by {format_date(each.decide_by)}", each.public_id))
        memos = select(memo).where(col(memo.contract_id) == contract.id, col(memo.acknowledged_on).is_(None))
        for note in ctx.session.scalars(memos.order_by(col(memo.acknowledge_by))):
            by = format_date(note.acknowledge_by)
            found.append(OpenItem("memo", f"Change memo {note.number}: to be acknowledged by {by}", note.public_id))
    plans = select(plan).where(col(plan.contract_id) == contract.id, col(plan.status).in_(PLAN.open_states))
    for asked in ctx.session.scalars(plans.order_by(col(plan.due_on))):
        if any(ctx.may(Permission(row.who), contract) for row in PLAN.of_state(asked.status)):
            found.append(OpenItem("plan", f"Rectification plan, {asked.status}: {asked.title}", asked.public_id))
    return found
