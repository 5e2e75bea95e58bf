"""The shortfalls and plans of contracts as they stand, and what the accepted figures say of each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.calendar import months_before
from bot.domain.monitoring import PlanStanding, recurrence, standing_of, watched_until
from bot.domain.periods import Month
from bot.domain.plan_cycle import PLAN, PlanStatus
from bot.domain.wording import format_date
from bot.models import ActionItem, Contract, Kpi, PlanStep, PlanSubmission, RectificationPlan
from bot.services.lookup import contracts as contract_lookup
from bot.services.remedies import interventions
from bot.services.remedies.accepted_ratings import ContractRatings, accepted_ratings
from bot.services.remedies.interventions import InterventionCard, ids_open_to
from bot.services.remedies.proposals import LevelProposal, Proposal, proposed_to
from bot.services.unit_of_work import ActorContext, UnitOfWork

FOLLOWED = frozenset({PlanStatus.ACCEPTED, PlanStatus.MONITORED})  # of these each accepted figure counts
LOOKED_AT = FOLLOWED | {PlanStatus.CURED}  # of these the figures say how they stand
MOST_LISTED, MOST_PROPOSED = 8, 5


@dataclass(frozen=True)
class RemedyLine:
    """A plan as it stands. `standing` is there from its acceptance on, `recurred` says that a shortfall came again in
    the watch after its cure, `missed` which steps are late; `can_update`: the reader may say what became of it."""

    plan: RectificationPlan
    contract: str
    kpi: str = ""
    standing: PlanStanding | None = None
    recurred: str = ""
    missed: Sequence[str] = ()
    can_update: bool = False

    @property
    def note(self) -> str:
        """What the figures say of it, in a line."""
        return self.recurred or (self.standing.in_words if self.standing else "")

    @property
    def in_watch_until(self) -> date | None:
        """The last day of the watch after the cure; None where it is not cured."""
        cured_on = self.plan.status_on
        return watched_until(cured_on) if self.plan.status is PlanStatus.CURED and cured_on else None


@dataclass(frozen=True)
class RemedyList:
    """The open shortfalls of one contract, or (with None) of all that the reader may see, with those in their watch;
    how many more there are, and what is proposed."""

    contract: ContractRef | None
    lines: Sequence[RemedyLine]
    more: int
    proposals: Sequence[Proposal]
    can_add: bool
    interventions: Sequence[InterventionCard] = ()
    levels: Sequence[LevelProposal] = ()


def list_remedies(ctx: ActorContext, typed: str = "") -> RemedyList:
    """The list of a contract that the actor may see, or of all of them. Raises `UserError`, `AmbiguousMatch` or
    `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE) if typed else None
    here = col(Contract.id) == contract.id if contract else ctx.open_to(Permission.SEE)
    found, proposed = lines(ctx, here), proposed_to(ctx, here)
    can_add = contract is not None and ctx.may(Permission.CHANGE, contract)
    return RemedyList(
        contract,
        found[:MOST_LISTED],
        max(len(found) - MOST_LISTED, 0),
        proposed.plans[:MOST_PROPOSED],
        can_add,
        interventions.cards(ctx, here)[:MOST_PROPOSED],
        proposed.levels[:MOST_PROPOSED],
    )


def lines(ctx: ActorContext, contracts: ColumnElement[bool]) -> list[RemedyLine]:
    """The open shortfalls on the contracts that satisfy a condition and that the actor may see, and those in their
    watch. A constant number of queries."""
    plan, watch = RectificationPlan, months_before(ctx.today, 3)
    in_watch = (col(plan.status) == PlanStatus.CURED) & (col(plan.status_on) >= watch)
    rows = ctx.session.execute(
        select(plan, Contract, col(Kpi.name))
        .join(Contract, col(Contract.id) == col(plan.contract_id))
        .outerjoin(Kpi, col(Kpi.id) == col(plan.kpi_id))
        .where(contracts, ctx.open_to(Permission.SEE), or_(col(plan.status).in_(PLAN.open_states), in_watch))
        .order_by(col(Contract.reference), col(plan.id))
    ).all()
    if not rows:
        return []
    ratings = accepted_ratings(ctx, {contract.id for row, contract, _ in rows if row.status in LOOKED_AT})
    missed = _missed_steps(ctx, [row.id for row, _, _ in rows])
    changeable = ids_open_to(ctx, contracts, Permission.CHANGE) | ids_open_to(ctx, contracts, Permission.DECLARE_FAILED)
    return [
        _line(row, contract, kpi or "", ratings[contract.id], missed[row.id], contract.id in changeable)
        for row, contract, kpi in rows
    ]


def _line(
    row: RectificationPlan,
    contract: Contract,
    kpi: str,
    ratings: ContractRatings,
    missed: Sequence[str],
    can_update: bool,  # a private helper with its values in order
) -> RemedyLine:
    months, standing, again = ratings.of(row.kpi_id), None, ""
    if row.status in FOLLOWED:
        since = Month.of(row.status_on or row.began_on)
        standing = standing_of([each for each in months if each.month >= since], row.good_periods)
    if row.status is PlanStatus.CURED and row.status_on is not None:
        again = recurrence(months, row.status_on)
    is_open = row.status in PLAN.open_states
    return RemedyLine(row, contract.reference, kpi, standing, again, missed, can_update and is_open)


def _missed_steps(work: UnitOfWork, plan_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """The late steps of plans, each as a sentence. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = work.session.execute(
        select(col(PlanSubmission.plan_id), ActionItem)
        .join(PlanStep, col(PlanStep.submission_id) == col(PlanSubmission.id))
        .join(ActionItem, col(ActionItem.id) == col(PlanStep.action_id))
        .where(col(PlanSubmission.plan_id).in_(plan_ids))
        .where(col(ActionItem.done_on).is_(None), col(ActionItem.due_on) < work.today)
        .order_by(col(ActionItem.due_on))
    )
    for plan_id, item in rows:
        found[plan_id].append(f"Step {item.reference} was due on {format_date(item.due_on)}: {item.what}")
    return found
