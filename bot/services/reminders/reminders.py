"""Reminding: once on each working day, one message for each person, updated as what it asks for is done."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.db import insert, insert_all
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation, NationCalendar
from bot.domain.london import london, london_instant
from bot.domain.reminders import ReminderKind
from bot.domain.wording import plural
from bot.models import (
    Audience,
    Contract,
    LineState,
    Occurrence,
    Organisation,
    Person,
    Reminder,
    ReminderLine,
)
from bot.services import occurrences
from bot.services.due.reminder_due import items_due, items_still_open
from bot.services.due.rules import due_dates_of
from bot.services.reminders import recipients
from bot.services.reminders.recipients import Reminded, who_is_reminded
from bot.services.unit_of_work import UnitOfWork

RULE = "reminders"  # of a nation, once everybody there has been told
OF_ONE = "reminders of a person"  # and of a nation
AT_HOUR = 9
MOST_SHOWN = 10  # lines in one message: the rest is counted
UPDATED_FOR = timedelta(days=14)
MISSED_AT_MOST = timedelta(days=31)  # what an outage left out further back than that is late by now, and comes as such


@dataclass(frozen=True)
class ReminderView:
    """A line as people read it: working days until it is due, below 0 so many late; for whom, where one stands in."""

    line: ReminderLine
    contract: str
    days_left: int
    meant_for: str | None


@dataclass(frozen=True)
class ReminderPage:
    """A person's message of a day: what is open first, the most urgent first."""

    day: date
    lines: Sequence[ReminderView]
    shown: Sequence[ReminderView]

    @property
    def open(self) -> int:
        """How many lines still wait."""
        return sum(view.line.state is LineState.OPEN for view in self.lines)

    @property
    def all_done(self) -> bool:
        """Whether everything is done, and nothing just put off."""
        return all(view.line.state is LineState.DONE for view in self.lines)

    @property
    def more(self) -> int:
        """How many are not shown."""
        return len(self.lines) - len(self.shown)


@dataclass(frozen=True)
class Part:
    """What a person is to be told of in one nation's contracts, and whom the snooze of each id wakes of what."""

    items: list[Reminded] = field(default_factory=list)
    woken: dict[int, Reminded] = field(default_factory=dict)


@dataclass(frozen=True)
class Due:
    """What a person is to be told of this morning."""

    person_id: int
    parts: dict[Nation, Part] = field(default_factory=lambda: defaultdict(Part))


@dataclass(frozen=True)
class Morning:
    """A working morning in some nations of which not everybody has been told; `settled` are snoozes of what is done."""

    nations: Sequence[Nation]
    people: Sequence[Due]
    settled: Sequence[int]


def this_morning(work: UnitOfWork) -> Morning:
    """What is to be told to whom in every nation where it is a working morning and not everybody has been told. What an
    outage left out is made up for."""
    last = _last_spoken(work)
    days = {
        nation: found
        for nation in Nation
        if (found := _days_to_speak_of(work, work.calendar.of(nation), last.get(nation.value)))
    }
    if not days:
        return Morning([], [], [])
    snoozed = recipients.look(work, [*days])
    told_on = _told_on(work, min(first for first, *_ in days.values()))
    due: dict[int, Due] = {}
    for nation, speak_of in days.items():
        for each in _reminded(work, nation, speak_of, told_on):
            if recipients.asleep(each) not in snoozed.asleep:
                due.setdefault(each.person_id, Due(each.person_id)).parts[nation].items.append(each)
    for snooze_id, (nation, each) in snoozed.woken.items():
        due.setdefault(each.person_id, Due(each.person_id)).parts[nation].woken[snooze_id] = each
    return Morning([*days], [due[person_id] for person_id in sorted(due)], snoozed.settled)


def tell(work: UnitOfWork, due: Due) -> bool:
    """Send a person their message of today, unless another worker does, or add to it where another nation's morning
    began it; whether it is new. What was done, moved or put off meanwhile is not in it."""
    morning = london_instant(work.today, AT_HOUR)
    parts = [
        part
        for nation, part in sorted(due.parts.items())
        if occurrences.claim(work, OF_ONE, _subject(nation, due.person_id), morning)
    ]
    woken = {snooze_id: each for part in parts for snooze_id, each in part.woken.items()}
    awake = recipients.wake(work, list(woken))
    asleep = recipients.asleep_of(work, due.person_id)
    reminded = [each for part in parts for each in part.items if recipients.asleep(each) not in asleep]
    told = [*reminded, *(woken[snooze_id] for snooze_id in awake)]
    still = _still_due(work, [(each.item.kind, each.item.subject_id, each.item.due_on) for each in told])
    return _tell(work, due.person_id, [each for each, is_due in zip(told, still, strict=True) if is_due])


def end(work: UnitOfWork, morning: Morning) -> None:
    """Keep that everybody in these nations has been told."""
    for nation in morning.nations:
        occurrences.claim(work, RULE, nation.value, london_instant(work.today, AT_HOUR))
    recipients.wake(work, morning.settled)


def moved_on(work: UnitOfWork) -> Mapping[int, Sequence[int]]:
    """The messages in which something has been done meanwhile: their lines that are done, by the message's id."""
    lines = work.session.scalars(
        select(ReminderLine)
        .join(Reminder, col(Reminder.id) == col(ReminderLine.reminder_id))
        .where(col(Reminder.day) > work.today - UPDATED_FOR, col(ReminderLine.state) == LineState.OPEN)
        .order_by(col(ReminderLine.id))
    ).all()
    still = _still_due(work, [(line.kind, line.subject_id, line.due_on) for line in lines])
    done: dict[int, list[int]] = defaultdict(list)
    for line, is_due in zip(lines, still, strict=True):
        if not is_due:
            done[line.reminder_id].append(line.id)
    return dict(sorted(done.items()))


def refresh(work: UnitOfWork, reminder_id: int, done: Sequence[int]) -> bool:
    """Show in a message that these lines are done, unless another did; whether it was updated."""
    settled = work.session.execute(
        update(ReminderLine)
        .where(col(ReminderLine.id).in_(done), col(ReminderLine.state) == LineState.OPEN)
        .values(state=LineState.DONE)
        .returning(col(ReminderLine.id))
    ).all()
    if not settled:
        return False
    # The line first and then its message, as whoever answers does: two never wait for each other.
    update_message(work, work.session.get_one(Reminder, reminder_id, with_for_update=True))
    return True


def update_message(work: UnitOfWork, reminder: Reminder) -> None:
    """Show in its message what has become of each line."""
    reminder.times_told += 1
    message = work.messages.message("reminders/reminder", page=page_of(work, reminder))
    work.replace(reminder.key, f"{reminder.key}-{reminder.times_told}", message, "what it asked for has moved on")


def page_of(work: UnitOfWork, reminder: Reminder) -> ReminderPage:
    """A person's message of a day. Two queries, or one where they stand in for nobody."""
    rows = work.session.execute(
        select(ReminderLine, col(Contract.reference), col(Contract.nation))
        .join(Contract, col(Contract.id) == col(ReminderLine.contract_id))
        .where(col(ReminderLine.reminder_id) == reminder.id)
    ).all()
    others = {line.meant_for_id for line, _, _ in rows} - {reminder.person_id}
    names = _names(work, others)
    views = []
    for line, reference, nation in rows:
        days_left = work.calendar.of(nation).working_days_between(reminder.day, line.due_on)
        views.append(ReminderView(line, reference, days_left, names.get(line.meant_for_id)))
    views.sort(key=lambda view: (view.line.state is not LineState.OPEN, view.line.due_on, view.line.id))
    return ReminderPage(reminder.day, views, views[:MOST_SHOWN])


def _names(work: UnitOfWork, people: Collection[int]) -> dict[int, str]:
    if not people:
        return {}
    return dict(work.session.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(people))).all())


def _still_due(work: UnitOfWork, things: Sequence[tuple[ReminderKind, int, date]]) -> list[bool]:
    """Whether each of these records is still due on its day: not done, and its day not moved. One query for each
    kind."""
    by_kind: dict[ReminderKind, list[int]] = defaultdict(list)
    for kind, subject_id, _ in things:
        by_kind[kind].append(subject_id)
    due = {
        (kind, item.subject_id): item.due_on
        for kind, ids in by_kind.items()
        for item in items_still_open(work, kind, ids)
    }
    return [due.get((kind, subject_id), date.max) <= due_on for kind, subject_id, due_on in things]


def _last_spoken(work: UnitOfWork) -> dict[str, datetime]:
    """When people were reminded last, by nation."""
    last = select(col(Occurrence.subject), func.max(col(Occurrence.due_at))).where(col(Occurrence.rule) == RULE)
    return dict(work.session.execute(last.group_by(col(Occurrence.subject))).all())


def _days_to_speak_of(work: UnitOfWork, calendar: NationCalendar, last: datetime | None) -> list[date]:
    """Today, once, on a working morning; and the working days before it on which nobody was reminded of anything."""
    if last == london_instant(work.today, AT_HOUR) or not calendar.is_working_time(work.now):
        return []
    day = work.today if last is None else max(london(last).date() + timedelta(days=1), work.today - MISSED_AT_MOST)
    span = (day + timedelta(days=n) for n in range((work.today - day).days + 1))
    return [each for each in span if calendar.is_working_day(each)]


def _told_on(work: UnitOfWork, since: date) -> dict[str, date]:
    """On which day people were told of a nation's contracts last. Where a worker ended in the middle of a morning, some
    were told and some not."""
    claimed = occurrences.claimed(work, OF_ONE, london_instant(since, AT_HOUR))
    return {subject: london(at).date() for subject, at in claimed.items()}


def _subject(nation: Nation, person_id: int) -> str:
    return f"{nation.value} {person_id}"


def _reminded(work: UnitOfWork, nation: Nation, days: Sequence[date], told_on: Mapping[str, date]) -> list[Reminded]:
    """Who is to be told of what: nobody of a day on which, or before which, they were told."""
    found: list[Reminded] = []
    for last in sorted({date.min, *told_on.values()}):
        later = [day for day in days if day > last]
        items = items_due(work, nation, due_dates_of(work, work.calendar.of(nation), later)) if later else []
        found += [
            each
            for each in who_is_reminded(work, items)
            if told_on.get(_subject(nation, each.person_id), date.min) == last
        ]
    return found


def _tell(work: UnitOfWork, person_id: int, reminded: Sequence[Reminded]) -> bool:
    if not reminded:
        return False
    reminder = work.session.scalar(
        select(Reminder).where(col(Reminder.person_id) == person_id, col(Reminder.day) == work.today)
    )
    begun = reminder is not None
    if reminder is None:
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
            "state": LineState.OPEN,
        }
        for each in unique.values()
    ]
    insert_all(work.session, ReminderLine, lines)
    if begun:
        update_message(work, reminder)
        return False
    _send(work, reminder)
    return True


def _send(work: UnitOfWork, reminder: Reminder) -> None:
    page = page_of(work, reminder)
    slack, kind = work.session.execute(
        select(col(Person.slack), col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id) == reminder.person_id)
    ).one()
    ours = kind.is_department
    message = work.messages.message("reminders/reminder", page=page)
    audience, about = (Audience.INTERNAL, None) if ours else (Audience.SHARED, page.lines[0].line.contract_id)
    why = f"{plural(page.open, 'thing')} with a day"
    work.enqueue(OutgoingMessage(reminder.key, slack, audience, message, why, about))
