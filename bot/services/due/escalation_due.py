"""Finding the records to escalate: what is late, from the sources of due items, and what has a reason of its own.

Each finder has a constant number of queries, whose cost grows with the days that passed recently.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.escalation_triggers import OVER_WITH_CONTRACT, Subject
from bot.domain.shortfalls import LOOKS_BACK, plan_failed
from bot.domain.wording import shorten
from bot.models import Contract, PlanStatus, RectificationPlan
from bot.scopes import EVERYWHERE
from bot.services.due.candidate import Candidate, CandidateFinder, listed_or_recent
from bot.services.due.finding_triggers import findings
from bot.services.due.rating_triggers import ratings
from bot.services.due.risk_triggers import risks
from bot.services.due.selection import ByIds, CountedBetween
from bot.services.due.source import DueItem, DueSource, LateContract, LateRule
from bot.services.due.sources import SOURCES
from bot.services.unit_of_work import UnitOfWork


def _late(subject: Subject) -> CandidateFinder:
    """The finder of late items that are escalated as this subject."""
    rules = [(source, source.late) for source in SOURCES if source.late and source.late.subject is subject]

    def find(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
        return [found for source, rule in rules for found in _late_of(work, source, rule, ids)]

    return find


def _late_of(work: UnitOfWork, source: DueSource, rule: LateRule, ids: Sequence[int] | None) -> list[Candidate]:
    recent = CountedBetween(work.today - LOOKS_BACK, work.today + rule.ahead)
    items = source.find(work, EVERYWHERE, recent if ids is None else ByIds(ids))
    contracts = _contracts_of(work, items)
    return [
        Candidate(rule.subject, item.subject_id, item.contract_id, shorten(item.what, 300), since, reasons)
        for item in items
        if not (contracts[item.contract_id].ended and rule.subject in OVER_WITH_CONTRACT)
        and (reasons := rule.reasons(item, work.today, contracts[item.contract_id]))
        and (since := reasons[0].since or item.since or item.counts_from)
    ]


def _contracts_of(work: UnitOfWork, items: Sequence[DueItem]) -> dict[int, LateContract]:
    ids = {item.contract_id for item in items}
    row = Contract
    rows = select(col(row.id), col(row.tier), col(row.nation), col(row.end_date)).where(col(row.id).in_(ids))
    found = work.session.execute(rows) if ids else ()
    return {
        key: LateContract(tier, work.calendar.of(nation), ended=end_date < work.today)
        for key, tier, nation, end_date in found
    }


def _plans(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    """The plans that are late, and those that failed."""
    failed_on = func.coalesce(col(RectificationPlan.status_on), col(RectificationPlan.due_on))
    failed = work.session.scalars(
        select(RectificationPlan).where(
            col(RectificationPlan.status) == PlanStatus.FAILED,
            listed_or_recent(work, ids, col(RectificationPlan.id), failed_on),
        )
    ).all()
    return [
        *_late(Subject.PLAN)(work, ids),
        *(
            Candidate(Subject.PLAN, row.id, row.contract_id, row.title, row.stands_since, [plan_failed()])
            for row in failed
        ),
    ]


def _findings(work: UnitOfWork, ids: Sequence[int] | None) -> list[Candidate]:
    """The findings that are critical or not put right, and those that wait too long for either side."""
    return [*_late(Subject.FINDING)(work, ids), *findings(work, ids)]


FINDERS: Mapping[Subject, CandidateFinder] = {
    Subject.RISK: risks,
    Subject.REPORT: _late(Subject.REPORT),
    Subject.QUERY: _late(Subject.QUERY),
    Subject.RATINGS: ratings,
    Subject.PLAN: _plans,
    Subject.MILESTONE: _late(Subject.MILESTONE),
    Subject.OBLIGATION: _late(Subject.OBLIGATION),
    Subject.OPTION: _late(Subject.OPTION),
    Subject.CERTIFICATE: _late(Subject.CERTIFICATE),
    Subject.DOCUMENT: _late(Subject.DOCUMENT),
    Subject.POLICY_REVIEW: _late(Subject.POLICY_REVIEW),
    Subject.FINDING: _findings,
    Subject.INVOICE: _late(Subject.INVOICE),
}


def recent_candidates(work: UnitOfWork) -> list[Candidate]:
    """All records that recently gave a reason to escalate."""
    return [found for find in FINDERS.values() for found in find(work, None)]


def still_candidates(work: UnitOfWork, kind: Subject, ids: Sequence[int]) -> dict[int, Candidate]:
    """The records among these that still have a reason to escalate."""
    return {found.subject_id: found for found in FINDERS[kind](work, ids)} if ids else {}
