"""Every important date of a contract, and how each that follows from a rule was worked out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import NationCalendar
from bot.domain.deadlines import parse_deadline
from bot.domain.periods import Month
from bot.models import Contract, Obligation
from bot.scopes import on_contract
from bot.services.due import due_lines
from bot.services.due.agreed_time import earlier_days
from bot.services.due.selection import DueBetween, EverDue
from bot.services.due.source import DueForm, DueItem
from bot.services.due.sources import LISTED
from bot.services.due.sources.obligations import in_a_list
from bot.services.due.sources.reports import report_rule
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class ContractDate:
    """An item with a day; `working` says how the day follows from its rule, "" if the day itself was agreed.

    `late`: it is open, and its day has passed. `before` is the day before more time was agreed, `note` stands beside
    the day. `form` is the form that settles it, if the reader may, and `key` what its button carries.
    """

    what: str
    on: date
    done_on: date | None = None
    working: str = ""
    late: bool = False
    before: date | None = None
    note: str = ""
    form: DueForm | None = None
    key: str = ""


MOST_BUTTONS = 12
TOGETHER = 5  # dates without a button, in one part of the message


@dataclass(frozen=True)
class ContractDates:
    """A contract and its dates, the earliest first; obligations that apply throughout have no day and are separate."""

    contract: Contract
    items: Sequence[ContractDate]
    throughout: Sequence[str]

    def parts(self, most: int) -> Sequence[Sequence[ContractDate]]:
        """The first dates, so many at `most`, as parts of a message: one with a button alone, others together. Of what
        can be settled, the first have a button."""
        parts: list[list[ContractDate]] = []
        buttons = 0
        for item in self.items[:most]:
            has_button = item.form is not None and buttons < MOST_BUTTONS
            buttons += has_button
            shown = item if has_button else replace(item, form=None)
            if has_button or not parts or parts[-1][0].form or len(parts[-1]) == TOGETHER:
                parts.append([shown])
            else:
                parts[-1].append(shown)
        return parts


def contract_dates(ctx: ActorContext, typed: str) -> ContractDates:
    """The dates of a contract that the actor may see: what is open, and what was agreed, also once it is done.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    facts = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    contract = ctx.session.get_one(Contract, facts.id)
    calendar = ctx.calendar.of(contract.nation)
    found = [
        item
        for source in LISTED
        for item in source.find(ctx, on_contract(contract.id), EverDue() if source.is_term else DueBetween())
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
                late=each.is_late(ctx.today),
                before=before.get((each.kind, each.subject_id)),
                note=each.note,
                form=line.form if each.is_to_settle else None,
                key=line.key,
            )
            for each, line in zip(found, due_lines.lines(ctx, found), strict=True)
        ),
    ]
    return ContractDates(contract, sorted(items, key=lambda item: (item.on, item.what)), _throughout(ctx, contract))


def _throughout(ctx: ActorContext, contract: Contract) -> list[str]:
    """The obligations that apply throughout, and have not ended."""
    obligation = Obligation
    rows = ctx.session.scalars(
        select(obligation).where(
            col(obligation.contract_id) == contract.id,
            col(obligation.due_on).is_(None),
            col(obligation.ended_on).is_(None),
        )
    )
    return sorted(map(in_a_list, rows))


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
