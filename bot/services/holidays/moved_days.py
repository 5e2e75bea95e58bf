"""The due days that follow from a rule, worked out again where bank holidays change; whoever has to do with them is
told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlmodel import col

from bot.delivery.outbox import OutgoingMessage
from bot.domain.deadlines import parse_deadline
from bot.domain.london import london_instant
from bot.domain.wording import format_date
from bot.models import Audience, Contract, LineState, Organisation, Person, Reminder, ReminderLine, RoleName
from bot.scopes import in_nations
from bot.services import occurrences
from bot.services.due.selection import DueBetween
from bot.services.due.source import DueItem
from bot.services.due.sources import SOURCES, source_of
from bot.services.holidays.calendar_change import CalendarChange
from bot.services.lookup import contracts as contract_lookup
from bot.services.reminders import reminders
from bot.services.reminders.recipients import address
from bot.services.unit_of_work import UnitOfWork

RULE = "day worked out again"  # claimed by a change of the calendar and a person


@dataclass(frozen=True)
class MovedDay:
    """An open item whose rule gives another day; `contract` is the reference of its contract."""

    item: DueItem
    contract: str
    was: date
    on: date


def moved_days(work: UnitOfWork, change: CalendarChange) -> list[MovedDay]:
    """The open items that a change moves, those included that are moved already. A day that was agreed later than its
    rule gives stays. A constant number of queries for each kind."""
    here = col(Contract.nation).in_(change.nations)
    rows = work.session.execute(select(col(Contract.id), col(Contract.reference), col(Contract.nation)).where(here))
    contracts = {key: (reference, nation) for key, reference, nation in rows}
    moved = []
    for source in SOURCES:
        for item in source.find(work, in_nations(change.nations), DueBetween()) if source.restate else ():
            reference, nation = contracts[item.contract_id]
            if not item.rule:
                continue
            rule = parse_deadline(item.rule)
            was, on = rule.on(change.before.of(nation)), rule.on(change.after.of(nation))
            if was != on and item.due_on in (was, on):
                moved.append(MovedDay(item, reference, was, on))
    return sorted(moved, key=lambda each: (each.on, each.contract, each.item.what))


def move(work: UnitOfWork, moved: Sequence[MovedDay], why: str) -> int:
    """Move these items to their days, unless somebody else moved them; returns how many it moved."""
    return sum(_move(work, each, why) for each in moved)


def _move(work: UnitOfWork, moved: MovedDay, why: str) -> bool:
    item = moved.item
    restate = source_of(item.kind).restate
    if restate is None or not restate(work, item.subject_id, moved.was, moved.on):
        return False
    work.record(
        "day worked out again",
        item.in_a_list,
        contract_id=item.contract_id,
        changes={"due": [format_date(moved.was), format_date(moved.on)]},
        why=why[:300],
    )
    lines = work.session.execute(
        update(ReminderLine)
        .where(col(ReminderLine.kind) == item.kind, col(ReminderLine.subject_id) == item.subject_id)
        .where(col(ReminderLine.state) == LineState.OPEN, col(ReminderLine.due_on) == moved.was)
        .values(due_on=moved.on)
        .returning(col(ReminderLine.reminder_id))
    )
    for reminder_id in sorted(set(lines.scalars())):
        reminders.update_message(work, work.session.get_one(Reminder, reminder_id, with_for_update=True))
    return True


def to_tell(work: UnitOfWork, moved: Sequence[MovedDay]) -> Mapping[int, Sequence[MovedDay]]:
    """What each person is told: who is reminded of an item, and the manager of its contract."""
    by_item = {(each.item.kind, each.item.subject_id): each for each in moved}
    told: dict[int, dict[MovedDay, None]] = defaultdict(dict)
    for addressed in address(work, [each.item for each in moved]):
        told[addressed.person_id][by_item[addressed.item.kind, addressed.item.subject_id]] = None
    for contract_id in {each.item.contract_id for each in moved}:
        manager = contract_lookup.person_in_role(work.session, contract_id, work.today, RoleName.CONTRACT_MANAGER)
        if manager is not None:
            told[manager.id].update(dict.fromkeys(each for each in moved if each.item.contract_id == contract_id))
    return {person: sorted(days, key=lambda each: (each.on, each.contract)) for person, days in sorted(told.items())}


def tell(work: UnitOfWork, person_id: int, moved: Sequence[MovedDay], change: CalendarChange) -> bool:
    """Tell a person which days have moved, once; returns whether this call did."""
    if not occurrences.claim(work, RULE, f"{change.key} {person_id}", london_instant(moved[0].on, 9)):
        return False
    person, kind = work.session.execute(
        select(Person, col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id) == person_id)
    ).one()
    ours = kind.is_department
    message = work.messages.message("holidays/moved", days=moved, why=change.in_words)
    audience, about = (Audience.INTERNAL, None) if ours else (Audience.SHARED, moved[0].item.contract_id)
    key, why = f"holidays-{change.key}-{person_id}", "bank holidays have changed, and with them these days"
    work.enqueue(OutgoingMessage(key, person.slack, audience, message, why, about))
    return True
