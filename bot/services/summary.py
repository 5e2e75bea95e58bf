"""The weekly performance summary: what stands out across the portfolio, computed from the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlmodel import col

from bot.domain.calendar import CalendarEnds, Nation, next_working_morning, working_days_between
from bot.domain.london import london, london_instant
from bot.domain.ratings import Rating
from bot.domain.scores import Band, Grade, order
from bot.domain.wording import join_words, plural
from bot.models import (
    Audience,
    Channel,
    Contract,
    ExtensionOption,
    Memo,
    PlanStatus,
    RectificationPlan,
    Report,
    Risk,
    RiskStatus,
)
from bot.outbox import Draft
from bot.services import occurrences
from bot.services.progress.awaited import awaited, is_awaited
from bot.services.progress.standings import Standing, standings
from bot.services.risks.risk_settings import rules_in_force
from bot.services.work import Work

RULE = "weekly summary"
SENT_AT_HOUR = 9
SOON = timedelta(days=14)
OPTIONS_SOON = timedelta(days=42)  # a decision to extend takes weeks to prepare
NOTICEABLY_LATE = timedelta(hours=1)
NAMED_AT_MOST = 4  # contracts in one line
POOR = frozenset({Rating.REQUIRES_IMPROVEMENT, Rating.INADEQUATE})


@dataclass(frozen=True)
class Item:
    """One dated thing on a contract: `days` is how many working days late it is, 0 when it is not.

    None where that cannot be said, because the bank holidays of the time are not known.
    """

    contract: str
    what: str
    on: date
    days: int | None = 0


@dataclass(frozen=True)
class OpenRisk:
    """A high or very high risk that is open; `happened` for one that is an issue now."""

    contract: str
    reference: str
    title: str
    grade: Grade
    happened: bool = False


@dataclass(frozen=True)
class Summary:
    """The whole summary, most serious first in each list."""

    day: date
    is_sample: bool
    standings: Sequence[Standing]
    late: Sequence[Item]
    coming: Sequence[Item]
    risks: Sequence[OpenRisk]
    failed_plans: Sequence[Item]

    @property
    def attention(self) -> int:
        """How many contracts need attention: a poor rating, something late, or a very high risk."""
        named = {item.contract for item in self.late}
        named |= {risk.contract for risk in self.risks if risk.grade.band is Band.VERY_HIGH}
        named |= {standing.contract.reference for standing in self.standings if standing.rating in POOR}
        return len(named)

    def moved(self, way: str) -> int:
        """How many contracts got "better" or "worse" since the report before."""
        return sum(standing.movement == way for standing in self.standings)


def last_due(now: datetime) -> datetime:
    """The instant of the latest weekly summary: Monday at 9am, or the first working morning after it."""
    today = london(now).date()
    monday = today - timedelta(days=today.weekday())
    due = _morning_of_week(monday)
    return due if due <= now else _morning_of_week(monday - timedelta(days=7))


def post_weekly(work: Work) -> int:
    """Post this week's summary to each portfolio channel that has not had it; how many were posted.

    A channel is owed nothing from before it was bound. A summary that comes late says so.
    """
    due = last_due(work.now)
    channels = work.session.scalars(
        select(Channel).where(col(Channel.contract_id).is_(None), col(Channel.created_at) <= due)
    ).all()
    return sum(_post(work, channel, due) for channel in channels)


def _post(work: Work, channel: Channel, due: datetime) -> bool:
    if not occurrences.claim(work, RULE, f"channel {channel.slack}", due):
        return False
    missed = due if work.now - due > NOTICEABLY_LATE else None
    message = work.messages.message("weekly_summary", summary=build(work), missed=missed)
    key = f"summary-{channel.slack}-{due:%Y%m%dT%H%MZ}"
    why = f"the weekly performance summary of {london(due):%A} is due in this channel"
    work.enqueue(Draft(key, channel.slack, Audience.INTERNAL, message, why))
    work.record("summary posted", f"channel {channel.slack}")
    return True


def build(work: Work) -> Summary:
    """Compute the summary at the work's instant. The number of queries does not grow with the portfolio."""
    contracts = {c.id: c for c in work.session.scalars(select(Contract).order_by(col(Contract.reference)))}
    reports = _reports(work, contracts)
    return Summary(
        day=work.today,
        is_sample=any(contract.sample for contract in contracts.values()),
        standings=standings(work, contracts),
        late=_late(work, contracts, reports),
        coming=_coming(work, contracts, reports),
        risks=_risks(work, contracts),
        failed_plans=_failed_plans(work, contracts),
    )


def _morning_of_week(monday: date) -> datetime:
    return next_working_morning(london_instant(monday, SENT_AT_HOUR), Nation.ENGLAND_AND_WALES)


def _reports(work: Work, contracts: Mapping[int, Contract]) -> list[Item]:
    """What is awaited of reports: those themselves, and answers to queries."""
    rows = [(contracts[each.contract_id], each) for each in work.session.scalars(select(Report).where(is_awaited()))]
    return [_item(work, of, each.what, each.on) for of, report in rows for each in [awaited(report, of)]]


def _late(work: Work, contracts: Mapping[int, Contract], reports: Sequence[Item]) -> list[Item]:
    memos = work.session.scalars(
        select(Memo).where(col(Memo.acknowledged_on).is_(None), col(Memo.acknowledge_by) < work.today)
    )
    plans = work.session.scalars(
        select(RectificationPlan).where(
            col(RectificationPlan.status) == PlanStatus.REQUESTED, col(RectificationPlan.due_on) < work.today
        )
    )
    late = [
        *(item for item in reports if item.on < work.today),
        *(
            _item(work, contracts[m.contract_id], f"Change memo {m.number} not acknowledged", m.acknowledge_by)
            for m in memos
        ),
        *(_item(work, contracts[p.contract_id], f"Rectification plan: {p.title}", p.due_on) for p in plans),
    ]
    return sorted(late, key=lambda item: item.on)


def _coming(work: Work, contracts: Mapping[int, Contract], reports: Sequence[Item]) -> list[Item]:
    today = work.today
    options = work.session.scalars(
        select(ExtensionOption).where(col(ExtensionOption.decide_by).between(today, today + OPTIONS_SOON))
    )
    coming = [
        *(item for item in reports if today <= item.on <= today + SOON),
        *(
            _item(work, contracts[o.contract_id], f"Decide: {o.name[:1].lower()}{o.name[1:]}", o.decide_by)
            for o in options
        ),
    ]
    return _grouped(sorted(coming, key=lambda item: (item.on, item.what, item.contract)))


def _grouped(items: Sequence[Item]) -> list[Item]:
    """One item where several contracts have the same thing on the same day: eleven lines say less than one."""
    grouped = []
    for (on, what), same in groupby(items, key=lambda item: (item.on, item.what)):
        references = [item.contract for item in same]
        if len(references) > NAMED_AT_MOST:
            references = [*references[: NAMED_AT_MOST - 1], plural(len(references) - NAMED_AT_MOST + 1, "other")]
        grouped.append(Item(join_words(references), what, on))
    return grouped


def _risks(work: Work, contracts: Mapping[int, Contract]) -> list[OpenRisk]:
    rules, risks = rules_in_force(work.session), []
    assessed = select(Risk).where(col(Risk.status) != RiskStatus.CLOSED, col(Risk.likelihood).is_not(None))
    for risk in work.session.scalars(assessed):
        grade = rules.grade_if_any(risk.likelihood, risk.impact)
        if grade is not None and grade.band.severity >= Band.HIGH.severity:
            reference = contracts[risk.contract_id].reference
            happened = risk.status is RiskStatus.ISSUE
            risks.append(OpenRisk(reference, risk.reference, risk.title, grade, happened))
    return sorted(risks, key=lambda risk: (order(risk.grade), risk.reference))


def _failed_plans(work: Work, contracts: Mapping[int, Contract]) -> list[Item]:
    plans = work.session.scalars(
        select(RectificationPlan)
        .where(col(RectificationPlan.status) == PlanStatus.FAILED)
        .order_by(col(RectificationPlan.due_on))
    )
    return [Item(contracts[p.contract_id].reference, p.title, p.due_on) for p in plans]


def _item(work: Work, contract: Contract, what: str, on: date) -> Item:
    try:
        days = max(working_days_between(on, work.today, contract.nation), 0)
    except CalendarEnds:
        return Item(contract.reference, what, on, None)
    return Item(contract.reference, what, on, days)
