"""Telling whoever may act what is proposed, as soon as something gives the reason: a report that somebody accepted or
rated otherwise, a critical finding, a step of a plan that was missed, a plan that failed.

Each reason is told once, for ever. Nothing of it is sent to a partner. A report that an import brought as accepted
starts nothing, because its ratings were dealt with before.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlmodel import col

from bot.access import ContractRef
from bot.delivery.outbox import OutgoingMessage
from bot.domain.finding_cycle import UNSETTLED, FindingGrade
from bot.domain.london import london_instant
from bot.domain.plan_cycle import PlanStatus
from bot.domain.shortfalls import LOOKS_BACK
from bot.domain.wording import format_date
from bot.models import (
    ActionItem,
    Audience,
    Contract,
    Finding,
    PlanStep,
    PlanSubmission,
    RectificationPlan,
    Report,
    ReportDecision,
    RoleName,
)
from bot.services import occurrences
from bot.services.lookup import contracts as contract_lookup
from bot.services.remedies.proposals import LevelProposal, Proposal, Reasoned, proposed
from bot.services.unit_of_work import UnitOfWork

LOOKED, PROPOSED = "looked at for proposals", "proposed"
MANAGERS = (RoleName.CONTRACT_MANAGER, RoleName.HEAD)
SENIORS: Mapping[int, RoleName] = {3: RoleName.HEAD, 4: RoleName.SENIOR_OWNER}
"""Who enters the levels that the contract's manager may not."""


@dataclass(frozen=True, kw_only=True)
class MissedStep(Reasoned):
    """A step of an accepted plan that was not done by its day; `key` is that of the plan."""

    plan: str
    key: str


@dataclass
class ProposalsToTell:
    """What one person is told about a contract."""

    plans: list[Proposal] = field(default_factory=list)
    levels: list[LevelProposal] = field(default_factory=list)
    steps: list[MissedStep] = field(default_factory=list)

    @property
    def all(self) -> Sequence[Reasoned]:
        """Everything that is proposed."""
        return [*self.levels, *self.plans, *self.steps]


Happened = Mapping[str, datetime]
"""What happened on a contract that may give a reason: each by its name, with its instant."""


def contracts_to_look_at(work: UnitOfWork) -> Sequence[tuple[int, Happened]]:
    """The contracts in working time on which something happened lately that nobody has looked at. A constant number of
    queries."""
    happened: dict[int, dict[str, datetime]] = defaultdict(dict)
    for contract_id, what, at in _happened(work):
        happened[contract_id][what] = at
    known = occurrences.claimed(work, LOOKED, london_instant(work.today - 2 * LOOKS_BACK, 0))
    goes_on = (col(Contract.id).in_(happened), col(Contract.end_date) >= work.today)
    rows = work.session.execute(select(col(Contract.id), col(Contract.nation)).where(*goes_on)) if happened else ()
    found = []
    for contract_id, nation in rows:
        new = {what: at for what, at in happened[contract_id].items() if known.get(what) != at}
        if new and work.calendar.of(nation).is_working_time(work.now):
            found.append((contract_id, new))
    return found


def tell(work: UnitOfWork, contract_id: int, happened: Happened) -> int:
    """Tell whoever may act what is proposed on a contract and nobody was told of, unless another worker did; returns
    how many people were told."""
    if not occurrences.claim_all(work, LOOKED, happened):
        return 0
    found = proposed(work, [work.session.get_one(Contract, contract_id)])
    steps = [step for _, step in _missed_steps(work, col(Contract.id) == contract_id)]
    every: Sequence[Reasoned] = [*found.plans, *found.levels, *steps]
    new = occurrences.claim_all(work, PROPOSED, {each.trigger: london_instant(each.since, 0) for each in every})
    people = contract_lookup.people_in_roles(work.session, contract_id, work.today, [*MANAGERS, *SENIORS.values()])
    manager = next((people[role] for role in MANAGERS if role in people), None)
    if manager is None:
        return 0
    told: dict[str, ProposalsToTell] = defaultdict(ProposalsToTell)
    told[manager.slack].plans += [each for each in found.plans if each.trigger in new]
    told[manager.slack].steps += [each for each in steps if each.trigger in new]
    for level in (each for each in found.levels if each.trigger in new):
        senior = SENIORS.get(level.level)
        who = manager if senior is None else people.get(senior)
        told[(who or manager).slack].levels.append(level if who else replace(level, key=""))
    contract = contract_lookup.contract_facts(work.session, contract_id)
    return sum(_send(work, contract, slack, each) for slack, each in told.items())


def _send(work: UnitOfWork, contract: ContractRef, slack: str, found: ProposalsToTell) -> int:
    if not found.all:
        return 0
    message = work.messages.message("remedies/proposed", contract=contract, found=found)
    key, why = work.next_key(f"proposals-{contract.id}-{slack}"), "something falls short, and you may act"
    work.enqueue(OutgoingMessage(key, slack, Audience.INTERNAL, message, why, contract.id))
    return 1


def _happened(work: UnitOfWork) -> Iterator[tuple[int, str, datetime]]:
    since = work.today - LOOKS_BACK
    accepted = select(Report).where(
        col(Report.decision) == ReportDecision.ACCEPTED,
        col(Report.decided_at) >= work.now - LOOKS_BACK,
        col(Report.decided_by_id).is_not(None),
    )
    for report in work.session.scalars(accepted):
        if report.decided_at is not None:
            yield report.contract_id, f"report {report.id} {report.judgements}", report.decided_at
    critical = select(Finding).where(
        col(Finding.grade) == FindingGrade.CRITICAL, col(Finding.state).in_(UNSETTLED), col(Finding.due_on) >= since
    )
    for finding in work.session.scalars(critical):
        if finding.due_on is not None:
            yield finding.contract_id, f"finding {finding.id}", london_instant(finding.due_on, 0)
    failed = select(RectificationPlan).where(
        col(RectificationPlan.status) == PlanStatus.FAILED, col(RectificationPlan.status_on) >= since
    )
    for plan in work.session.scalars(failed):
        if plan.status_on is not None:
            yield plan.contract_id, f"plan {plan.id}", london_instant(plan.status_on, 0)
    for contract_id, step in _missed_steps(work, true()):
        yield contract_id, step.trigger, london_instant(step.since, 0)


def _missed_steps(work: UnitOfWork, contracts: ColumnElement[bool]) -> list[tuple[int, MissedStep]]:
    """The steps of plans in force whose day passed lately, by their contract."""
    rows = work.session.execute(
        select(RectificationPlan, ActionItem)
        .join(Contract, col(Contract.id) == col(RectificationPlan.contract_id))
        .join(PlanSubmission, col(PlanSubmission.plan_id) == col(RectificationPlan.id))
        .join(PlanStep, col(PlanStep.submission_id) == col(PlanSubmission.id))
        .join(ActionItem, col(ActionItem.id) == col(PlanStep.action_id))
        .where(contracts, col(RectificationPlan.status).in_((PlanStatus.ACCEPTED, PlanStatus.MONITORED)))
        .where(col(ActionItem.done_on).is_(None), col(ActionItem.due_on) < work.today)
        .where(col(ActionItem.due_on) >= work.today - LOOKS_BACK)
        .order_by(col(ActionItem.due_on), col(ActionItem.id))
    )
    return [(plan.contract_id, _missed(plan, item)) for plan, item in rows]


def _missed(plan: RectificationPlan, item: ActionItem) -> MissedStep:
    why = f"Step {item.reference} was due on {format_date(item.due_on)}, and is not done: {item.what}"
    return MissedStep(plan=plan.title, why=why, key=plan.public_id, trigger=f"step {item.id}", since=item.due_on)
