"""Every important date of a contract, and how each that follows from a rule was worked out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import CalendarEnds, NationCalendar
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
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class ContractDate:
    """An item with a day; `working` says how the day follows from its rule, "" if the day itself was agreed."""

    what: str
    on: date
    done_on: date | None = None
    working: str = ""


@dataclass(frozen=True)
class ContractDates:
    """A contract and its dates, the earliest first; obligations that apply throughout have no day and are separate."""

    contract: Contract
    items: Sequence[ContractDate]
    throughout: Sequence[str]


def contract_dates(ctx: ActorContext, typed: str) -> ContractDates:
    """The dates of a contract that the actor may see. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    contract = ctx.session.get_one(Contract, facts.id)
    calendar = ctx.calendar.of(contract.nation)
    obligations = ctx.session.scalars(select(Obligation).where(col(Obligation.contract_id) == contract.id)).all()
    items = [
        ContractDate("Start", contract.start_date),
        ContractDate("End", contract.end_date),
        *_reports(ctx, contract, calendar),
        *_options(ctx, contract, calendar),
        *_milestones(ctx, contract, calendar),
        *_remedies(ctx, contract),
        *(
            ContractDate(_owed(row), row.due_on, row.met_on, _working(row.rule, calendar))
            for row in obligations
            if row.due_on
        ),
    ]
    throughout = [_owed(row) for row in obligations if row.due_on is None]
    return ContractDates(contract, sorted(items, key=lambda item: (item.on, item.what)), sorted(throughout))


def _reports(ctx: ActorContext, contract: Contract, calendar: NationCalendar) -> Iterable[ContractDate]:
    """The awaited reports, and the report of the next period."""
    awaited = ctx.session.scalars(
        select(col(Report.period)).where(col(Report.contract_id) == contract.id, col(Report.received_at).is_(None))
    )
    return [_report(contract, Month.parse(period), calendar) for period in [*awaited, contract.next_period]]


def _report(contract: Contract, month: Month, calendar: NationCalendar) -> ContractDate:
    """A month's report, due on a working day of the following month."""
    deadline = Deadline.in_month(contract.report_working_day, month.next())
    what = f"Report for {month}"
    try:
        return ContractDate(what, deadline.on(calendar), working=deadline.working(calendar))
    except CalendarEnds as ends:  # those bank holidays are not known, and are not guessed
        return ContractDate(what, month.next().start, working=f"{deadline}. {ends.sentence}")


def _options(ctx: ActorContext, contract: Contract, calendar: NationCalendar) -> Iterable[ContractDate]:
    for row in ctx.session.scalars(select(ExtensionOption).where(col(ExtensionOption.contract_id) == contract.id)):
        decided = "" if row.decision is Decision.OPEN else f" ({row.decision})"
        yield ContractDate(
            f"Last day to decide: {row.name}{decided}", row.decide_by, working=_working(row.rule, calendar)
        )


def _milestones(ctx: ActorContext, contract: Contract, calendar: NationCalendar) -> Iterable[ContractDate]:
    for row in ctx.session.scalars(select(Milestone).where(col(Milestone.contract_id) == contract.id)):
        what = f"{row.kind.capitalize()}, {_side(row.owed_by)}: {row.name}"
        yield ContractDate(what, row.due_on, row.met_on, _working(row.rule, calendar))


def _remedies(ctx: ActorContext, contract: Contract) -> Iterable[ContractDate]:
    """Rectification plans and change memos: their days were agreed or set, and follow from no rule."""
    plans = ctx.session.scalars(select(RectificationPlan).where(col(RectificationPlan.contract_id) == contract.id))
    for plan in plans:
        yield ContractDate(f"Rectification plan, {plan.status}: {plan.title}", plan.due_on)
    for memo in ctx.session.scalars(select(Memo).where(col(Memo.contract_id) == contract.id)):
        what = f"Change memo {memo.number} to be acknowledged: {memo.subject}"
        yield ContractDate(what, memo.acknowledge_by, memo.acknowledged_on)


def _owed(row: Obligation) -> str:
    clause = f" (clause {row.clause})" if row.clause else ""
    return f"Obligation, {_side(row.owed_by)}: {row.name}{clause}"


def _side(party: Party) -> str:
    return "ours" if party is Party.DEPARTMENT else "the partner's"


def _working(rule: str, calendar: NationCalendar) -> str:
    return parse_deadline(rule).working(calendar) if rule else ""
