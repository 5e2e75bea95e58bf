"""Obligations that come again: the next one is made once, when this one is met or its day has passed.

The last one made says how it comes again. Whoever makes the next locks that one, and hands this on to the next: so two
who try make one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import literal_column, or_, select
from sqlmodel import col

from bot.domain.calendar import NationCalendar, NoSuchWorkingDay
from bot.domain.deadlines import Deadline, NotADeadline, parse_deadline
from bot.domain.recurrence import Recurrence, parse_recurrence
from bot.domain.wording import format_date, shorten
from bot.models import Contract, Obligation
from bot.services.unit_of_work import UnitOfWork

LOOKS_BACK = timedelta(days=31)  # the next one is not made for a day that passed before that: nobody could know of it
LONGEST_NAME = 200

_WITH_ITS_DAY = re.compile(r" \([0-9]{1,2} [A-Z][a-z]+ [0-9]{4}\)$")


@dataclass(frozen=True)
class NextObligation:
    """The next obligation of one that comes again: its day, the deadline that gives it, and how it comes again."""

    on: date
    due: Deadline
    recurs: Recurrence


def to_make_again(work: UnitOfWork) -> Sequence[int]:
    """The ids of the obligations of which the next is to be made now. One query; its cost grows with the obligations
    that come again and are settled or late."""
    rows = work.session.execute(
        select(Obligation, Contract)
        .join(Contract, col(Contract.id) == col(Obligation.contract_id))
        # A constant, by which SQLite knows that it can use the index of these.
        .where(col(Obligation.recurs) != literal_column("''"), col(Obligation.ended_on).is_(None))
        .where(or_(col(Obligation.met_on).is_not(None), col(Obligation.due_on) < work.today))
        .where(col(Contract.end_date) >= work.today - LOOKS_BACK)
    )
    return sorted(row.id for row, contract in rows if _next(work, row, contract) is not None)


def make_next(work: UnitOfWork, obligation_id: int) -> Obligation | None:
    """Make the next obligation of one that comes again, if no other process did and the contract runs so long."""
    before = work.session.get_one(Obligation, obligation_id, with_for_update=True)
    contract = work.session.get_one(Contract, before.contract_id)
    found = _next(work, before, contract)
    if found is None:
        return None
    before.recurs = before.next_rule = ""
    name = name_of_next(before.name, found.on)
    same = select(Obligation).where(col(Obligation.contract_id) == contract.id, col(Obligation.name) == name)
    if work.session.scalar(same) is not None:  # a file that is older has brought the rule back to the one before
        return None
    made = Obligation(
        contract_id=contract.id,
        name=name,
        owed_by=before.owed_by,
        clause=before.clause,
        due_on=found.on,
        rule=found.due.kept_rule,
        recurs=str(found.recurs),
    )
    work.add(made)
    work.record(
        "obligation comes again",
        made.name[:80],
        contract_id=contract.id,
        changes={"due on": ["nothing", format_date(found.on)]},
        why=shorten(f"It comes again {found.recurs}", 300),
    )
    return made


def name_of_next(name: str, on: date) -> str:
    """The name of the next one: with its day, in the place of the day of the one before."""
    day = f" ({format_date(date(on.year, on.month, on.day))})"
    return f"{shorten(_WITH_ITS_DAY.sub('', name), LONGEST_NAME - len(day))}{day}"


def _next(work: UnitOfWork, before: Obligation, contract: Contract) -> NextObligation | None:
    """The next one, if it is to be made now."""
    is_over = before.met_on is not None or (before.due_on is not None and before.due_on < work.today)
    if not before.recurs or before.ended_on is not None or before.deadline is None or not is_over:
        return None
    calendar = work.calendar.of(contract.nation)
    try:
        found = _first(before, before.deadline, calendar)
        while found.on < work.today - LOOKS_BACK:
            found = _after(found, calendar)
    except NotADeadline:  # beyond the years that a deadline may have
        return None
    return found if found.on <= contract.end_date else None


def _first(before: Obligation, due: Deadline, calendar: NationCalendar) -> NextObligation:
    recurs = parse_recurrence(before.recurs)
    if not before.next_rule:
        return _after(NextObligation(due.on(calendar), due, recurs), calendar)
    kept = parse_deadline(before.next_rule)
    return NextObligation(kept.on(calendar), kept, recurs)


def _after(this: NextObligation, calendar: NationCalendar) -> NextObligation:
    due, recurs = this.recurs.after(this.due), this.recurs.from_then_on(this.due)
    try:
        return NextObligation(due.on(calendar), due, recurs)
    except NoSuchWorkingDay:
        return _after(NextObligation(this.on, due, recurs), calendar)
