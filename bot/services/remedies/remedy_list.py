"""The shortfalls and plans of contracts as they stand: what the accepted figures say of each, and what they propose."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.calendar import months_before
from bot.domain.finding_cycle import UNSETTLED, FindingGrade
from bot.domain.intervention_cycle import ENTERED_BY, recommended_level
from bot.domain.monitoring import LOOKS_AT, PlanStanding, recurrence, standing_of, watched_until, why_propose
from bot.domain.periods import Month
from bot.domain.plan_cycle import PLAN, PlanStatus
from bot.domain.wording import format_date
from bot.models import ActionItem, Contract, Finding, Intervention, Kpi, PlanStep, PlanSubmission, RectificationPlan
from bot.services.lookup import contracts as contract_lookup
from bot.services.remedies import interventions
from bot.services.remedies.accepted_ratings import ContractRatings, accepted_ratings
from bot.services.remedies.interventions import InterventionCard, ids_open_to
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
class Proposal:
    """A KPI or critical finding for which a plan is proposed, with the facts; `key` is what its button carries: that of
    its contract, and of the KPI."""

    contract: str
    why: str
    key: str


@dataclass(frozen=True)
class LevelProposal:
    """An intervention that is recommended for a KPI, with the sentence why; `key` is what its button carries, "" where
    the reader may not enter that level."""

    contract: str
    level: int
    why: str
    key: str


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
    found = lines(ctx, here)
    can_add = contract is not None and ctx.may(Permission.CHANGE, contract)
    return RemedyList(
        contract,
        found[:MOST_LISTED],
        max(len(found) - MOST_LISTED, 0),
        proposals(ctx, here)[:MOST_PROPOSED],
        can_add,
        interventions.cards(ctx, here)[:MOST_PROPOSED],
        level_proposals(ctx, here)[:MOST_PROPOSED],
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


def proposals(ctx: ActorContext, contracts: ColumnElement[bool]) -> list[Proposal]:
    """The KPIs and critical findings on these contracts for which a plan is proposed, because nothing is open about
    them. A constant number of queries."""
    rows = ctx.session.execute(
        select(Contract)
        .where(contracts, ctx.open_to(Permission.CHANGE), col(Contract.end_date) >= ctx.today)
        .order_by(col(Contract.reference))
    )
    found = {contract.id: contract for (contract,) in rows}
    ratings = accepted_ratings(ctx, found, LOOKS_AT)
    open_about = _open_about(ctx, found)
    of_figures = [
        Proposal(contract.reference, why, f"{contract.public_id} {ratings[key].keys[kpi_id]}")
        for key, contract in found.items()
        for kpi_id, months in ratings[key].months.items()
        if not open_about[key] & {kpi_id, None} and (why := why_propose(ratings[key].names[kpi_id], months))
    ]
    return [*_critical_findings(ctx, [each for key, each in found.items() if None not in open_about[key]]), *of_figures]


def _critical_findings(work: UnitOfWork, contracts: Sequence[Contract]) -> list[Proposal]:
    """A proposal for each critical finding of a final report that is not put right. One query."""
    found = {contract.id: contract for contract in contracts}
    rows = work.session.scalars(
        select(Finding)
        .where(col(Finding.contract_id).in_(found), col(Finding.grade) == FindingGrade.CRITICAL)
        .where(col(Finding.state).in_(UNSETTLED), col(Finding.due_on).is_not(None))
        .order_by(col(Finding.due_on), col(Finding.id))
    )
    return [
        Proposal(
            found[row.contract_id].reference,
            f"{row.reference} is a critical finding, to be put right by {format_date(row.due_on)}: {row.title}.",
            found[row.contract_id].public_id,
        )
        for row in rows
        if row.due_on
    ]


def level_proposals(ctx: ActorContext, contracts: ColumnElement[bool]) -> list[LevelProposal]:
    """The interventions that are recommended on these contracts, where no such level is in force. A constant number of
    queries."""
    rows = ctx.session.scalars(
        select(Contract)
        .where(contracts, ctx.open_to(Permission.INTERVENE), col(Contract.end_date) >= ctx.today)
        .order_by(col(Contract.reference))
    )
    found = {contract.id: contract for contract in rows}
    ratings, in_force, failed = (
        accepted_ratings(ctx, found, LOOKS_AT),
        _levels_in_force(ctx, found),
        _failed(ctx, found),
    )
    may_enter = {level: ids_open_to(ctx, contracts, each) for level, each in ENTERED_BY.items()}
    proposed = []
    for key, contract in found.items():
        for kpi_id, months in ratings[key].months.items():
            plan = failed.get((key, kpi_id)) or failed.get((key, None), "")
            advice = recommended_level(ratings[key].names[kpi_id], months, plan)
            stands = max(in_force.get((key, kpi_id), 0), in_force.get((key, None), 0))
            if advice is not None and advice[0] > stands:
                level, why = advice
                button = f"{contract.public_id} {level} {ratings[key].keys[kpi_id]}" if key in may_enter[level] else ""
                proposed.append(LevelProposal(contract.reference, level, why, button))
    return proposed


def _levels_in_force(work: UnitOfWork, contract_ids: Mapping[int, Contract]) -> Mapping[tuple[int, int | None], int]:
    """The highest level in force by contract and KPI. One query."""
    row = Intervention
    in_force = select(col(row.contract_id), col(row.kpi_id), func.max(col(row.level))).where(
        col(row.contract_id).in_(contract_ids), col(row.left_on).is_(None)
    )
    rows = work.session.execute(in_force.group_by(col(row.contract_id), col(row.kpi_id)))
    return {(contract_id, kpi_id): level for contract_id, kpi_id, level in rows}


def _failed(work: UnitOfWork, contract_ids: Mapping[int, Contract]) -> Mapping[tuple[int, int | None], str]:
    """The title of the plan that failed last, by contract and KPI. One query."""
    plan = RectificationPlan
    rows = work.session.execute(
        select(col(plan.contract_id), col(plan.kpi_id), col(plan.title))
        .where(col(plan.contract_id).in_(contract_ids), col(plan.status) == PlanStatus.FAILED)
        .order_by(col(plan.id))
    )
    return {(contract_id, kpi_id): title for contract_id, kpi_id, title in rows}


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


def _open_about(work: UnitOfWork, contract_ids: Mapping[int, Contract]) -> Mapping[int, set[int | None]]:
    """About which KPIs something is open on each contract; None for all of them. One query."""
    plan = RectificationPlan
    found: dict[int, set[int | None]] = defaultdict(set)
    rows = work.session.execute(
        select(col(plan.contract_id), col(plan.kpi_id)).where(
            col(plan.contract_id).in_(contract_ids), col(plan.status).in_(PLAN.open_states)
        )
    )
    for contract_id, kpi_id in rows:
        found[contract_id].add(kpi_id)
    return found
