"""What the record proposes where delivery falls short: a rectification plan, or an intervention at a level. Nobody is
bound by it: a person decides."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.finding_cycle import UNSETTLED, FindingGrade
from bot.domain.intervention_cycle import ENTERED_BY, recommended_level
from bot.domain.monitoring import LOOKS_AT, why_propose
from bot.domain.plan_cycle import PLAN, PlanStatus
from bot.domain.wording import format_date
from bot.models import Contract, Finding, Intervention, RectificationPlan
from bot.services.remedies.accepted_ratings import ContractRatings, accepted_ratings
from bot.services.remedies.interventions import ids_open_to
from bot.services.unit_of_work import ActorContext, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Reasoned:
    """What is proposed for a reason, with the sentence that gives the facts. `trigger` names the reason, and `since` is
    its day."""

    why: str
    trigger: str
    since: date


@dataclass(frozen=True, kw_only=True)
class Proposal(Reasoned):
    """A KPI or critical finding for which a plan is proposed; `key` is what its button carries: that of its contract,
    and of the KPI."""

    contract: str
    key: str


@dataclass(frozen=True, kw_only=True)
class LevelProposal(Reasoned):
    """An intervention that is recommended for a KPI; `key` is what its button carries, "" where the reader may not
    enter that level."""

    contract: str
    level: int
    key: str


@dataclass(frozen=True)
class Proposed:
    """What is proposed on some contracts."""

    plans: Sequence[Proposal] = ()
    levels: Sequence[LevelProposal] = ()


def proposed_to(ctx: ActorContext, contracts: ColumnElement[bool]) -> Proposed:
    """What is proposed to the actor on the contracts that satisfy a condition: plans where they may ask for one,
    interventions where they may review them. A constant number of queries, which read the ratings once."""
    may_ask, may_intervene = ctx.open_to(Permission.CHANGE), ctx.open_to(Permission.INTERVENE)
    rows = ctx.session.scalars(
        select(Contract)
        .where(contracts, or_(may_ask, may_intervene), col(Contract.end_date) >= ctx.today)
        .order_by(col(Contract.reference))
    ).all()
    if not rows:
        return Proposed()
    found = proposed(ctx, rows)
    if not found.plans and not found.levels:
        return found
    asks = ids_open_to(ctx, contracts, Permission.CHANGE)
    intervenes = ids_open_to(ctx, contracts, Permission.INTERVENE)
    levels = {ENTERED_BY[each.level] for each in found.levels}
    may_enter = {each: ids_open_to(ctx, contracts, each) for each in levels}
    ids = {each.reference: each.id for each in rows}
    return Proposed(
        [each for each in found.plans if ids[each.contract] in asks],
        [
            each if ids[each.contract] in may_enter[ENTERED_BY[each.level]] else replace(each, key="")
            for each in found.levels
            if ids[each.contract] in intervenes
        ],
    )


def proposed(work: UnitOfWork, contracts: Sequence[Contract]) -> Proposed:
    """The KPIs and critical findings on these contracts for which a plan is proposed, because nothing is open about
    them, and the interventions that are recommended, where no such level is in force. A constant number of queries."""
    ids = {each.id: each for each in contracts}
    ratings, open_about = accepted_ratings(work, ids, LOOKS_AT), _open_about(work, ids)
    in_force, failed = _levels_in_force(work, ids), _failed(work, ids)
    return Proposed(
        [
            *_critical_findings(work, [each for key, each in ids.items() if None not in open_about[key]]),
            *(one for key, each in ids.items() for one in _plans(each, ratings[key], open_about[key])),
        ],
        [one for each in contracts for one in _levels(each, ratings[each.id], in_force, failed)],
    )


def _plans(contract: Contract, ratings: ContractRatings, open_about: set[int | None]) -> Iterator[Proposal]:
    for kpi_id, months in ratings.months.items():
        if not open_about & {kpi_id, None} and (why := why_propose(ratings.names[kpi_id], months)):
            key = f"{contract.public_id} {ratings.keys[kpi_id]}"
            trigger, since = f"plan kpi {kpi_id}", months[-1].month.end
            yield Proposal(contract=contract.reference, why=why, key=key, trigger=trigger, since=since)


def _levels(
    contract: Contract,
    ratings: ContractRatings,
    in_force: Mapping[tuple[int, int | None], int],
    failed: Mapping[tuple[int, int | None], str],
) -> Iterator[LevelProposal]:
    for kpi_id, months in ratings.months.items():
        plan = failed.get((contract.id, kpi_id)) or failed.get((contract.id, None), "")
        advice = recommended_level(ratings.names[kpi_id], months, plan)
        stands = max(in_force.get((contract.id, kpi_id), 0), in_force.get((contract.id, None), 0))
        if advice is not None and advice[0] > stands:
            level, why = advice
            yield LevelProposal(
                contract=contract.reference,
                level=level,
                why=why,
                key=f"{contract.public_id} {level} {ratings.keys[kpi_id]}",
                trigger=f"level {level} kpi {kpi_id}",
                since=months[-1].month.end,
            )


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
            contract=found[row.contract_id].reference,
            why=f"{row.reference} is a critical finding, to be put right by {format_date(row.due_on)}: {row.title}.",
            key=found[row.contract_id].public_id,
            trigger=f"plan finding {row.id}",
            since=row.due_on,
        )
        for row in rows
        if row.due_on
    ]


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
