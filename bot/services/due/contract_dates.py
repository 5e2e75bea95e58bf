"""Every important date of a contract, and how each that follows from a rule was worked out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import NationCalendar
from bot.domain.deadlines import parse_deadline
from bot.domain.periods import Month
from bot.models import Contract, Obligation
from bot.services.due.agreed_time import earlier_days
from bot.services.due.selection import DueBetween, EverDue
from bot.services.due.source import DueItem
from bot.services.due.sources import SOURCES
from bot.services.due.sources.obligations import in_a_list
from bot.services.due.sources.reports import report_rule
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class ContractDate:
    """An item with a day; `working` says how the day follows from its rule, "" if the day itself was agreed.

    `late`: it is open, and its day has passed. `before` is the day before more time was agreed, `note` stands beside
    the day.
    """

    what: str
    on: date
    done_on: date | None = None
    working: str = ""
    late: bool = False
    before: date | None = None
    note: str = ""


@dataclass(frozen=True)
class ContractDates:
    """A contract and its dates, the earliest first; obligations that apply throughout have no day and are separate."""

    contract: Contract
    items: Sequence[ContractDate]
    throughout: Sequence[str]


def contract_dates(ctx: ActorContext, typed: str) -> ContractDates:
    """The dates of a contract that the actor may see: what is open, and what was agreed, also once it is done.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    contract = ctx.session.get_one(Contract, facts.id)
    calendar = ctx.calendar.of(contract.nation)
    found = [
        item
        for source in SOURCES
        for item in source.find(ctx, col(Contract.id) == contract.id, EverDue() if source.is_term else DueBetween())
    ]
    before = earlier_days(ctx, [(item.kind, item.subject_id, item.due_on) for item in found])
    items = [
        ContractDate("Start", contract.start_date),
        ContractDate("End", contract.end_date),
        _next_report(contract, calendar),
        *(
            ContractDate(
                each.in_a_list,
                each.due_on,
                each.done_on,
                _working(each, calendar),
                late=each.done_on is None and each.due_on < ctx.today,
                before=before.get((each.kind, each.subject_id)),
                note=each.note,
            )
            for each in found
        ),
    ]
    always = ctx.session.scalars(
        select(Obligation).where(
            col(Obligation.contract_id) == contract.id,
            col(Obligation.due_on).is_(None),
            col(Obligation.ended_on).is_(None),
        )
    )
    return ContractDates(contract, sorted(items, key=lambda item: (item.on, item.what)), sorted(map(in_a_list, always)))


def _next_report(contract: Contract, calendar: NationCalendar) -> ContractDate:
    """The report that is asked for next."""
    month = Month.parse(contract.next_period)
    rule, what = report_rule(month, contract.report_working_day), f"Report for {month}"
    return ContractDate(what, rule.on(calendar), working=rule.working(calendar))


def _working(item: DueItem, calendar: NationCalendar) -> str:
    """How the day follows from its rule; "" without a rule, or if the day was moved from it."""
    if not item.rule:
        return ""
    rule = parse_deadline(item.rule)
    return rule.working(calendar) if rule.on(calendar) == item.due_on else ""
