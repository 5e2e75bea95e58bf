"""Every day that counts on a contract, and how each that follows from a rule was worked out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action
from bot.domain.calendar import CalendarEnds, Nation
from bot.domain.deadlines import Deadline, parse_deadline
from bot.domain.periods import Month
from bot.models import (
    Contract,
    Decision,
    ExtensionOption,
    Memo,
    Milestone,
    Obligation,
    Party,
    RectificationPlan,
    Report,
)
from bot.services.contracts import register
from bot.services.work import Act


@dataclass(frozen=True)
class DatedItem:
    """Something with a day; `working` is how the day follows from its rule, "" where the day itself was agreed."""

    what: str
    on: date
    done_on: date | None = None
    working: str = ""


@dataclass(frozen=True)
class ContractDates:
    """A contract and its days, the earliest first; what is owed throughout has no day and stands apart."""

    contract: Contract
    items: Sequence[DatedItem]
    throughout: Sequence[str]


def contract_dates(act: Act, typed: str) -> ContractDates:
    """The days of a contract that the actor may see. NoSuchContract, SeveralContracts, Denied."""
    facts = register.contract_for(act, typed, Action.SEE)
    contract = act.session.get_one(Contract, facts.id)
    obligations = act.session.scalars(select(Obligation).where(col(Obligation.contract_id) == contract.id)).all()
    items = [
        DatedItem("Start", contract.start_date),
        DatedItem("End", contract.end_date),
        *_reports(act, contract),
        *_options(act, contract),
        *_milestones(act, contract),
        *_remedies(act, contract),
        *(
            DatedItem(_owed(row), row.due_on, row.met_on, _working(row.rule, contract.nation))
            for row in obligations
            if row.due_on
        ),
    ]
    throughout = [_owed(row) for row in obligations if row.due_on is None]
    return ContractDates(contract, sorted(items, key=lambda item: (item.on, item.what)), sorted(throughout))


def _reports(act: Act, contract: Contract) -> Iterable[DatedItem]:
    """The reports that are awaited, and the one of the next period."""
    awaited = act.session.scalars(
        select(col(Report.period)).where(col(Report.contract_id) == contract.id, col(Report.received_at).is_(None))
    )
    return [_report(contract, Month.parse(period)) for period in [*awaited, contract.next_period]]


def _report(contract: Contract, month: Month) -> DatedItem:
    """A month's report, which is due on a working day of the month after."""
    deadline = Deadline.in_month(contract.report_working_day, month.next())
    what = f"Report for {month}"
    try:
        return DatedItem(what, deadline.on(contract.nation), working=deadline.working(contract.nation))
    except CalendarEnds as ends:  # the bank holidays of the time are not known, and are not guessed
        return DatedItem(what, month.next().start, working=f"{deadline}. {ends.sentence}")


def _options(act: Act, contract: Contract) -> Iterable[DatedItem]:
    for row in act.session.scalars(select(ExtensionOption).where(col(ExtensionOption.contract_id) == contract.id)):
        decided = "" if row.decision is Decision.OPEN else f" ({row.decision})"
        yield DatedItem(
            f"Last day to decide: {row.name}{decided}", row.decide_by, working=_working(row.rule, contract.nation)
        )


def _milestones(act: Act, contract: Contract) -> Iterable[DatedItem]:
    for row in act.session.scalars(select(Milestone).where(col(Milestone.contract_id) == contract.id)):
        what = f"{row.kind.capitalize()}, {_side(row.owed_by)}: {row.name}"
        yield DatedItem(what, row.due_on, row.met_on, _working(row.rule, contract.nation))


def _remedies(act: Act, contract: Contract) -> Iterable[DatedItem]:
    """Plans to put something right, and change memos: their days were agreed or set, and follow from no rule."""
    plans = act.session.scalars(select(RectificationPlan).where(col(RectificationPlan.contract_id) == contract.id))
    for plan in plans:
        yield DatedItem(f"Rectification plan, {plan.status}: {plan.title}", plan.due_on)
    for memo in act.session.scalars(select(Memo).where(col(Memo.contract_id) == contract.id)):
        what = f"Change memo {memo.number} to be acknowledged: {memo.subject}"
        yield DatedItem(what, memo.acknowledge_by, memo.acknowledged_on)


def _owed(row: Obligation) -> str:
    clause = f" (clause {row.clause})" if row.clause else ""
    return f"Obligation, {_side(row.owed_by)}: {row.name}{clause}"


def _side(party: Party) -> str:
    return "ours" if party is Party.DEPARTMENT else "the partner's"


def _working(rule: str, nation: Nation) -> str:
    return parse_deadline(rule).working(nation) if rule else ""
