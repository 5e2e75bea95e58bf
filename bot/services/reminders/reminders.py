"""Reminding: once on each working day, one message for each person, updated as what it asks for is done."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation, NationCalendar
from bot.domain.london import london, london_instant
from bot.domain.reminders import NudgeKind
from bot.domain.wording import plural
from bot.models import (
    Audience,
    Contract,
    LineState,
    Nudge,
    NudgeLine,
    Occurrence,
    Organisation,
    OrganisationKind,
    Person,
)
from bot.services import occurrences
from bot.services.due.reminder_due import NudgeItem, items_due, items_still_open
from bot.services.due.rules import due_dates_of
from bot.services.reminders import recipients
from bot.services.reminders.recipients import Reminded, who_is_reminded
from bot.services.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

RULE = "nudges"
AT_HOUR = 9
MOST_SHOWN = 10  # lines in one message: the rest is counted
UPDATED_FOR = timedelta(days=14)
MISSED_AT_MOST = timedelta(days=31)  # what an outage left out further back than that is late by now, and comes as such


@dataclass(frozen=True)
class NudgeView:
    """A line as people read it: working days until it is due, below 0 so many late; for whom, where one stands in."""

    line: NudgeLine
    contract: str
    days_left: int
    meant_for: str | None


@dataclass(frozen=True)
class NudgePage:
    """A person's message of a day: what is open first, the most urgent first."""

    day: date
    lines: Sequence[NudgeView]
    shown: Sequence[NudgeView]

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


def remind(work: UnitOfWork) -> int:
    """Send each person what waits for them today, in every nation where it is a working morning and nobody has; how
    many messages are new. What an outage left out is made up for."""
    items: list[NudgeItem] = []
    woken: list[Reminded] = []
    spoken = _last_spoken(work)
    for nation in Nation:
        calendar = work.calendar.of(nation)
        days = _days_to_speak_of(work, calendar, spoken.get(nation.value))
        if days:
            items += items_due(work, nation, due_dates_of(work, calendar, days))
            woken += recipients.woken(work, nation)
    if not items and not woken:
        return 0
    asleep = recipients.asleep(work)
    told: dict[int, list[Reminded]] = defaultdict(list)
    for each in (*who_is_reminded(work, items), *woken):
        if (each.person_id, each.item.kind, each.item.subject_id) not in asleep:
            told[each.person_id].append(each)
    return sum(_tell(work, person_id, reminded) for person_id, reminded in sorted(told.items()))


def refresh(work: UnitOfWork) -> int:
    """Update the messages in which something has been done meanwhile; how many were."""
    lines = work.session.scalars(
        select(NudgeLine)
        .join(Nudge, col(Nudge.id) == col(NudgeLine.nudge_id))
        .where(col(Nudge.day) > work.today - UPDATED_FOR, col(NudgeLine.state) == LineState.OPEN)
        .order_by(col(NudgeLine.id))
    ).all()
    by_kind: dict[NudgeKind, list[NudgeLine]] = defaultdict(list)
    for line in lines:
        by_kind[line.kind].append(line)
    changed: set[int] = set()
    for kind, some in by_kind.items():
        still = items_still_open(work, kind, [line.subject_id for line in some])
        due = {item.subject_id: item.due_on for item in still}
        for line in some:
            if due.get(line.subject_id, date.max) > line.due_on:  # done, or its day was moved
                line.state = LineState.DONE
                changed.add(line.nudge_id)
    work.session.flush()
    for nudge_id in sorted(changed):
        update_message(work, work.session.get_one(Nudge, nudge_id))
    return len(changed)


def update_message(work: UnitOfWork, nudge: Nudge) -> None:
    """Show in its message what has become of each line."""
    nudge.times_told += 1
    message = work.messages.message("reminders/reminder", page=page_of(work, nudge))
    work.replace(nudge.key, f"{nudge.key}-{nudge.times_told}", message, "what it asked for has moved on")


def page_of(work: UnitOfWork, nudge: Nudge) -> NudgePage:
    """A person's message of a day. Two queries."""
    rows = work.session.execute(
        select(NudgeLine, col(Contract.reference), col(Contract.nation))
        .join(Contract, col(Contract.id) == col(NudgeLine.contract_id))
        .where(col(NudgeLine.nudge_id) == nudge.id)
    ).all()
    others = {line.meant_for_id for line, _, _ in rows} - {nudge.person_id}
    names = dict(work.session.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(others))).all())
    views = []
    for line, reference, nation in rows:
        days_left = work.calendar.of(nation).working_days_between(nudge.day, line.due_on)
        views.append(NudgeView(line, reference, days_left, names.get(line.meant_for_id)))
    views.sort(key=lambda view: (view.line.state is not LineState.OPEN, view.line.due_on, view.line.id))
    return NudgePage(nudge.day, views, views[:MOST_SHOWN])


def _last_spoken(work: UnitOfWork) -> dict[str, datetime]:
    """When people were reminded last, by nation."""
    last = select(col(Occurrence.subject), func.max(col(Occurrence.due_at))).where(col(Occurrence.rule) == RULE)
    return dict(work.session.execute(last.group_by(col(Occurrence.subject))).all())


def _days_to_speak_of(work: UnitOfWork, calendar: NationCalendar, last: datetime | None) -> list[date]:
    """Today, once, on a working morning; and the working days before it on which nobody was reminded of anything."""
    morning = london_instant(work.today, AT_HOUR)
    if last == morning or not calendar.is_working_time(work.now):
        return []
    if not occurrences.claim(work, RULE, calendar.nation.value, morning):
        return []
    day = work.today if last is None else max(london(last).date() + timedelta(days=1), work.today - MISSED_AT_MOST)
    span = (day + timedelta(days=n) for n in range((work.today - day).days + 1))
    return [each for each in span if calendar.is_working_day(each)]


def _tell(work: UnitOfWork, person_id: int, reminded: Iterable[Reminded]) -> bool:
    """Make a person's message of today, or add to it where another nation's morning began it; whether it is new."""
    nudge = work.session.scalar(select(Nudge).where(col(Nudge.person_id) == person_id, col(Nudge.day) == work.today))
    begun = nudge is not None
    if nudge is None:
        nudge = Nudge(person_id=person_id, day=work.today)
        work.session.add(nudge)
        work.session.flush()
    unique = {(each.item.kind, each.item.subject_id): each for each in reminded}
    work.session.add_all(
        NudgeLine(
            nudge_id=nudge.id,
            kind=each.item.kind,
            subject_id=each.item.subject_id,
            contract_id=each.item.contract_id,
            meant_for_id=each.meant_for_id,
            what=each.item.what[:300],
            due_on=each.item.due_on,
        )
        for each in unique.values()
    )
    work.session.flush()
    if begun:
        update_message(work, nudge)
        return False
    _send(work, nudge)
    return True


def _send(work: UnitOfWork, nudge: Nudge) -> None:
    page = page_of(work, nudge)
    person = work.session.get_one(Person, nudge.person_id)
    ours = work.session.get_one(Organisation, person.organisation_id).kind is OrganisationKind.DEPARTMENT
    message = work.messages.message("reminders/reminder", page=page)
    audience, about = (Audience.INTERNAL, None) if ours else (Audience.SHARED, page.lines[0].line.contract_id)
    why = f"{plural(page.open, 'thing')} with a day"
    work.enqueue(OutgoingMessage(nudge.key, person.slack, audience, message, why, about))
