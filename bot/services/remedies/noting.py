"""A new shortfall: the concern is noted, or the plan is requested at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.life_cycle import Transition
from bot.domain.normalisation import name_key
from bot.domain.plan_cycle import PLAN, PlanEvent, PlanStatus
from bot.domain.ratings import Rating
from bot.domain.text_validation import optional_text, required_name
from bot.errors import UserError
from bot.models import Kpi, Reading, RectificationPlan
from bot.services.escalations import answers
from bot.services.lookup import contracts as contract_lookup
from bot.services.remedies import plans, telling
from bot.services.remedies.accepted_ratings import accepted_ratings
from bot.services.remedies.plans import NO_DETAILS, EventDetails
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext, UnitOfWork

LONGEST_TITLE, LONGEST_SHORTFALL = 200, 3000
BEGINNINGS = (PlanEvent.REQUESTED, PlanEvent.NOTICE, PlanEvent.INFORMAL)


@dataclass(frozen=True)
class NewRemedy:
    """The contract of a new shortfall, its KPIs, the one that is proposed ("" for none) and the facts about it."""

    contract: ContractRef
    kpis: Sequence[Kpi]
    kpi: str = ""
    facts: str = ""


@dataclass(frozen=True)
class RemedyEntry:
    """A shortfall as it was entered: `event` is what is done about it at once, None for a concern that is noted.
    `escalation` is the one that asking for the plan answers, as its button carries it."""

    title: str
    shortfall: str
    kpi: str
    event: PlanEvent | None
    on: date
    details: EventDetails = NO_DETAILS
    tell: bool = False
    escalation: str = ""


@dataclass(frozen=True)
class NotedRemedy:
    """A new shortfall as it stands; `followed` is the event after the concern, if any; `told` as in `SettledPlan`."""

    plan: RectificationPlan
    contract: ContractRef
    followed: Transition[PlanStatus, PlanEvent] | None = None
    told: bool | None = None


def new_remedy(ctx: ActorContext, typed: str) -> NewRemedy:
    """The contract that was typed, for a new shortfall on it. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return _new(ctx, contract_lookup.contract_for(ctx, typed, Permission.CHANGE), "")


def new_remedy_of(ctx: ActorContext, key: str, kpi: str = "") -> NewRemedy:
    """The same for the contract and perhaps the KPI that a button names. Raises `UserError` or `Denied`."""
    return _new(ctx, contract_lookup.contract_by_key(ctx, key, Permission.CHANGE), kpi)


def new_remedy_of_report(ctx: ActorContext, key: str, report_id: int) -> NewRemedy:
    """The same for the contract that a button names, and the KPI that fell short most in a report. Raises `UserError`
    or `Denied`."""
    return new_remedy_of(ctx, key, _short_kpi(ctx, report_id))


def note(ctx: ActorContext, key: str, entry: RemedyEntry) -> NotedRemedy:
    """Note a shortfall on a contract, and do the next about it at once if that was chosen. Raises `UserError`, with its
    form field, or `Denied`."""
    new = new_remedy_of(ctx, key)
    title = required_name(entry.title, what="what is to be put right", at_most=LONGEST_TITLE, field="title")
    of_it = select(col(RectificationPlan.title)).where(col(RectificationPlan.contract_id) == new.contract.id)
    if name_key(title) in {name_key(each) for each in ctx.session.scalars(of_it)}:
        raise UserError("This contract has one of that name already. Use another name.", field="title")
    kpi = next((each for each in new.kpis if each.public_id == entry.kpi), None)
    if kpi is None and entry.kpi:
        raise UserError("Choose one of the list.", field="kpi")
    check_day(ctx, entry.on)
    what = "what falls short"
    plan = RectificationPlan(
        contract_id=new.contract.id,
        title=title,
        shortfall=optional_text(entry.shortfall, what=what, at_most=LONGEST_SHORTFALL, field="shortfall"),
        kpi_id=kpi.id if kpi else None,
        opened_on=entry.on,
        status=PLAN.begins,
        status_on=entry.on,
    )
    ctx.add(plan)
    ctx.record("shortfall noted", f"{new.contract.reference}, {title}", contract_id=new.contract.id)
    if entry.event is None:
        return NotedRemedy(plan, new.contract)
    done = plans.follow(ctx, plan, new.contract, entry.event, entry.on, "", entry.details)
    told = telling.tell(ctx, plan, new.contract) if entry.tell else None
    if entry.escalation and plan.requested_on is not None and plan.due_on is not None:
        answers.plan_requested(ctx, entry.escalation, plan.due_on, f"Rectification plan: {title}")
    return NotedRemedy(plan, new.contract, done.followed, told)


def _new(ctx: ActorContext, contract: ContractRef, key: str) -> NewRemedy:
    kpis = ctx.session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract.id).order_by(col(Kpi.id))).all()
    chosen = next((each for each in kpis if each.public_id == key), None)
    if chosen is None:
        return NewRemedy(contract, kpis)
    months = accepted_ratings(ctx, [contract.id])[contract.id].months[chosen.id][-3:]
    facts = "\n".join(f"{each.month}: {each.figure}, {each.rating}" for each in months)
    return NewRemedy(contract, kpis, chosen.public_id, f"{chosen.name}\n{facts}" if facts else chosen.name)


def _short_kpi(work: UnitOfWork, report_id: int) -> str:
    """The key of the KPI that a report's worst rating is of; "" where several KPIs share it, or there is no rating."""
    rows = work.session.execute(
        select(col(Reading.rating), col(Kpi.public_id))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .where(col(Reading.report_id) == report_id)
    ).all()
    for rating in (Rating.INADEQUATE, Rating.REQUIRES_IMPROVEMENT):
        if found := [key for rated, key in rows if rated is rating]:
            return found[0] if len(found) == 1 else ""
    return ""
