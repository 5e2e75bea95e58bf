"""Sending reminders: one message for each person on each working day, updated as its lines are done."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import String, cast, exists, func, literal, select, update
from sqlmodel import Session, col

from bot.db import insert, insert_all
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation, NationCalendar
from bot.domain.london import london, london_instant
from bot.domain.subjects import SubjectKind
from bot.domain.wording import plural
from bot.models import (
    Audience,
    LineState,
    Occurrence,
    Organisation,
    Person,
    Reminder,
    ReminderLine,
)
from bot.services import occurrences
from bot.services.due.open_items import still_due
from bot.services.due.rules import items_to_remind_of
from bot.services.reminders import recipients
from bot.services.reminders.recipients import AddressedItem, address
from bot.services.reminders.reminder_page import SHOWN_FOR, earlier_lines, page_of
from bot.services.unit_of_work import UnitOfWork

RULE = "reminders"  # claimed by a nation, once everybody there has been reminded
PERSON_RULE = "reminders of a person"  # claimed by a nation and a person
AT_HOUR = 9
MISSED_AT_MOST = timedelta(days=31)  # anything further back is late by now, and is sent as late


@dataclass(frozen=True)
class NationItems:
    """The items to remind a person of in one nation. `woken` are those whose snooze ends, by its id."""

    items: list[AddressedItem] = field(default_factory=list)
    woken: dict[int, AddressedItem] = field(default_factory=dict)


@dataclass(frozen=True)
class DueReminder:
    """The reminder that a person is due this morning."""

    person_id: int
    parts: dict[Nation, NationItems] = field(default_factory=lambda: defaultdict(NationItems))


@dataclass(frozen=True)
class Morning:
    """The reminders due on a working morning in these nations, and the snoozes of items that are done."""

    nations: Sequence[Nation]
    people: Sequence[DueReminder]
    settled_snoozes: Sequence[int]


def this_morning(work: UnitOfWork) -> Morning:
    """The reminders due, also for days that an outage missed, in nations with a working morning not finished today."""
    last = last_mornings(work)
    days = {
        nation: found
        for nation in Nation
        if (found := _days_to_cover(work, work.calendar.of(nation), last.get(nation.value)))
    }
    if not days:
        return Morning([], [], [])
    snoozed = recipients.snoozes_this_morning(work, [*days])
    last_reminded = _last_reminded(work, min(first for first, *_ in days.values()))
    due: dict[int, DueReminder] = {}
    for nation, to_cover in days.items():
        for each in _items_for(work, nation, to_cover, last_reminded):
            if recipients.snooze_key(each) not in snoozed.active:
                due.setdefault(each.person_id, DueReminder(each.person_id)).parts[nation].items.append(each)
    for snooze_id, (nation, each) in snoozed.ended.items():
        due.setdefault(each.person_id, DueReminder(each.person_id)).parts[nation].woken[snooze_id] = each
    return Morning([*days], [due[person_id] for person_id in sorted(due)], snoozed.obsolete)


def still_to_remind_of(work: UnitOfWork, due: DueReminder) -> DueReminder:
    """A person's reminder without what was done since the morning was looked at. A constant number of queries for each
    kind."""
    parts = {nation: NationItems(_those_still_due(work, part.items), part.woken) for nation, part in due.parts.items()}
    return replace(due, parts=parts)


def send(work: UnitOfWork, due: DueReminder) -> bool:
    """Send a person today's reminder, or add to one already sent, unless another worker does; returns whether it is
    new.

    It is a short write: what is still due was looked at just before, and what is done meanwhile is marked by the next
    run.
    """
    morning = london_instant(work.today, AT_HOUR)
    parts = [
        part
        for nation, part in sorted(due.parts.items())
        if occurrences.claim(work, PERSON_RULE, _subject(nation, due.person_id), morning)
    ]
    woken = {snooze_id: each for part in parts for snooze_id, each in part.woken.items()}
    ended = recipients.end_snoozes(work, list(woken))
    snoozed = recipients.snoozed_by(work, due.person_id)
    reminded = [each for part in parts for each in part.items if recipients.snooze_key(each) not in snoozed]
    return _add_lines(work, due.person_id, [*reminded, *_those_still_due(work, [woken[each] for each in ended])])


def _those_still_due(work: UnitOfWork, addressed: Sequence[AddressedItem]) -> list[AddressedItem]:
    still = still_due(work, [(each.item.kind, each.item.subject_id, each.item.due_on) for each in addressed])
    return [each for each, is_due in zip(addressed, still, strict=True) if is_due]


def finish(work: UnitOfWork, morning: Morning) -> None:
    """Mark these nations as finished for today."""
    for nation in morning.nations:
        occurrences.claim(work, RULE, nation.value, london_instant(work.today, AT_HOUR))
    recipients.end_snoozes(work, morning.settled_snoozes)


def lines_done_since(work: UnitOfWork) -> Mapping[int, Sequence[int]]:
    """The open lines whose item is done or was moved to a later day, by the id of their reminder."""
    lines = work.session.scalars(
        select(ReminderLine)
        .join(Reminder, col(Reminder.id) == col(ReminderLine.reminder_id))
        .where(col(Reminder.day) > work.today - SHOWN_FOR, col(ReminderLine.state) == LineState.OPEN)
        .order_by(col(ReminderLine.id))
    ).all()
    still = still_due(work, [(line.kind, line.subject_id, line.due_on) for line in lines])
    done: dict[int, list[int]] = defaultdict(list)
    for line, is_due in zip(lines, still, strict=True):
        if not is_due:
            done[line.reminder_id].append(line.id)
    return dict(sorted(done.items()))


def mark_lines_done(work: UnitOfWork, reminder_id: int, done: Sequence[int]) -> bool:
    """Mark these lines as done and update their reminder, unless another worker did; returns whether it was updated."""
    settled = work.session.execute(
        update(ReminderLine)
        .where(col(ReminderLine.id).in_(done), col(ReminderLine.state) == LineState.OPEN)
        .values(state=LineState.DONE)
        .returning(col(ReminderLine.id))
    ).all()
    if not settled:
        return False
    # Locks the line before its message, as an answer does, so that the two never deadlock.
    update_message(work, work.session.get_one(Reminder, reminder_id, with_for_update=True))
    return True


def update_message(work: UnitOfWork, reminder: Reminder) -> None:
    """Update a reminder in Slack to the present state of its lines, and the person's latest one, which shows what is
    still open of earlier days."""
    latest = select(Reminder).where(col(Reminder.person_id) == reminder.person_id).order_by(col(Reminder.day).desc())
    last = work.session.scalars(latest.limit(1).with_for_update()).one()
    for each in {reminder.id: reminder, last.id: last}.values():
        _update(work, each)


def _update(work: UnitOfWork, reminder: Reminder) -> None:
    reminder.times_told += 1
    message = work.messages.message("reminders/reminder", page=page_of(work, reminder))
    work.replace(reminder.key, f"{reminder.key}-{reminder.times_told}", message, "what it asked for has moved on")


def done_among(session: Session, keys: Collection[str]) -> set[str]:
    """The keys of the reminders among these in which nothing is open any more."""
    key = literal("reminder-") + cast(col(Reminder.id), String)
    is_open = exists().where(
        col(ReminderLine.reminder_id) == col(Reminder.id), col(ReminderLine.state) == LineState.OPEN
    )
    return set(session.scalars(select(key).where(key.in_(keys), ~is_open)))


def last_mornings(work: UnitOfWork) -> dict[str, datetime]:
    """The last morning on which each nation's reminders were finished."""
    last = select(col(Occurrence.subject), func.max(col(Occurrence.due_at))).where(col(Occurrence.rule) == RULE)
    return dict(work.session.execute(last.group_by(col(Occurrence.subject))).all())


def _days_to_cover(work: UnitOfWork, calendar: NationCalendar, last: datetime | None) -> list[date]:
    """The working days to remind of: today and those missed; none outside working hours or if today is finished."""
    if last == london_instant(work.today, AT_HOUR) or not calendar.is_working_time(work.now):
        return []
    day = work.today if last is None else max(london(last).date() + timedelta(days=1), work.today - MISSED_AT_MOST)
    span = (day + timedelta(days=n) for n in range((work.today - day).days + 1))
    return [each for each in span if calendar.is_working_day(each)]


def _last_reminded(work: UnitOfWork, since: date) -> dict[str, date]:
    """The day of the last reminder by nation and person; after a crash these days differ between people."""
    claimed = occurrences.claimed(work, PERSON_RULE, london_instant(since, AT_HOUR))
    return {subject: london(at).date() for subject, at in claimed.items()}


def _subject(nation: Nation, person_id: int) -> str:
    return f"{nation.value} {person_id}"


def _items_for(
    work: UnitOfWork, nation: Nation, days: Sequence[date], last_reminded: Mapping[str, date]
) -> list[AddressedItem]:
    """The addressed items of these days, without the days up to which a person was reminded already."""
    found: list[AddressedItem] = []
    for last in sorted({date.min, *last_reminded.values()}):
        later = [day for day in days if day > last]
        items = items_to_remind_of(work, nation, later) if later else []
        found += [
            each
            for each in address(work, items)
            if last_reminded.get(_subject(nation, each.person_id), date.min) == last
        ]
    return found


def _add_lines(work: UnitOfWork, person_id: int, reminded: Sequence[AddressedItem]) -> bool:
    if not reminded:
        return False
    reminder = work.session.scalar(
        select(Reminder).where(col(Reminder.person_id) == person_id, col(Reminder.day) == work.today)
    )
    begun = reminder is not None
    before = None
    if reminder is None:
        before = _latest_with_earlier_lines(work, person_id)
        reminder = Reminder(person_id=person_id, day=work.today)
        reminder.id = insert(work.session, Reminder, **reminder.model_dump(exclude={"id"}))
    unique = {(each.item.kind, each.item.subject_id): each for each in reminded}
    lines = [
        {
            "reminder_id": reminder.id,
            "kind": each.item.kind,
            "subject_id": each.item.subject_id,
            "contract_id": each.item.contract_id,
            "meant_for_id": each.meant_for_id,
            "what": each.item.what[:300],
            "due_on": each.item.due_on,
            "asked_on": each.item.asking.asked_late if each.item.asking else None,
            "state": LineState.OPEN,
        }
        for each in unique.values()
    ]
    insert_all(work.session, ReminderLine, lines)
    if begun:
        update_message(work, reminder)
        return False
    _enqueue(work, reminder)
    if before is not None:
        _update(work, before)
    return True


def _latest_with_earlier_lines(work: UnitOfWork, person_id: int) -> Reminder | None:
    """A person's latest reminder, if it shows what is open of the days before it: the next one does so from now on."""
    latest = select(Reminder).where(col(Reminder.person_id) == person_id, col(Reminder.day) > work.today - SHOWN_FOR)
    last = work.session.scalar(latest.order_by(col(Reminder.day).desc()).limit(1).with_for_update())
    return last if last is not None and earlier_lines(work, last) else None


def _enqueue(work: UnitOfWork, reminder: Reminder) -> None:
    page = page_of(work, reminder)
    slack, kind = work.session.execute(
        select(col(Person.slack), col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id) == reminder.person_id)
    ).one()
    ours = kind.is_department
    message = work.messages.message("reminders/reminder", page=page)
    audience, about = (Audience.INTERNAL, None) if ours else (Audience.SHARED, page.lines[0].contract_id)
    why = f"{plural(page.open, 'item has', 'items have')} a due date"
    subject, shown_until = SubjectKind.REMINDER.subject(reminder.person_id), london_instant(reminder.day + SHOWN_FOR, 0)
    work.enqueue(OutgoingMessage(reminder.key, slack, audience, message, why, about, subject, shown_until))
