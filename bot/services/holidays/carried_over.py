"""What was sent by the calendar of before and runs on by the one in force, so that nothing is sent twice or missed:
summaries that were posted, reminders that were sent, reports to ask for, and the clocks of escalations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from bot import homes
from bot.db import insert_all, table
from bot.domain.calendar import Nation
from bot.domain.digests import due_around, months_begin
from bot.domain.due_kinds import DueKind
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.reminders import MOST_DAYS_AHEAD, next_reminder
from bot.domain.working_hours import after_working_time, working_time_between
from bot.models import Contract, Escalation, Occurrence, Snooze
from bot.scopes import in_nations
from bot.services.digest import monthly, posting
from bot.services.due.rules import rules_of
from bot.services.due.selection import DueBetween
from bot.services.due.source import DueItem
from bot.services.due.sources import SOURCES
from bot.services.holidays.calendar_change import CalendarChange
from bot.services.holidays.moved_days import MovedDay
from bot.services.progress.reports import first_report_at
from bot.services.reminders import recipients, reminders
from bot.services.reminders.recipients import AddressedItem
from bot.services.unit_of_work import UnitOfWork

_WEEK, _YEAR = timedelta(days=7), timedelta(days=366)


@dataclass(frozen=True)
class CarriedOver:
    """What of the calendar of before runs on: when each running escalation's time is up now and was before, by its id,
    and until when a person is not reminded of an item."""

    clocks: Mapping[int, tuple[datetime, datetime]]
    waits: Sequence[tuple[AddressedItem, date]]


def carry_claims(work: UnitOfWork, change: CalendarChange) -> None:
    """Carry over what is claimed by the instant at which it was due: before any job runs by the calendar in force, as
    far as that can be. It may be done again."""
    _next_reports(work, change)
    pairs: dict[tuple[str, str | None], list[tuple[datetime, datetime]]] = {}
    for to in posting.subscribers(work):
        before, after = change.before.of(to.nation), change.after.of(to.nation)
        pairs[posting.RULE, posting.subject(to)] = due_around(to.weekly, before, after, work.now)
    england = Nation.ENGLAND_AND_WALES
    pairs[monthly.RULE, None] = months_begin(change.before.of(england), change.after.of(england), work.now)
    _move_claims(work, pairs)


def _next_reports(work: UnitOfWork, change: CalendarChange) -> None:
    """Each contract is asked for its next report on the first working day after its month."""
    nation, period, at = col(Contract.nation), col(Contract.next_period), col(Contract.next_report_at)
    found = work.session.execute(select(nation, period).where(nation.in_(change.nations)).distinct()).all()
    for where, key in found:
        was, on = (first_report_at(Month.parse(key), each.of(where)) for each in (change.before, change.after))
        if was != on:
            work.session.execute(
                update(Contract).where(nation == where, period == key, at == was).values(next_report_at=on)
            )


def _move_claims(work: UnitOfWork, pairs: Mapping[tuple[str, str | None], Sequence[tuple[datetime, datetime]]]) -> None:
    """What was sent at its time has been sent at its new time as well. `None` stands for every subject of a rule."""
    instants = {at for those in pairs.values() for pair in those for at in pair}
    rules = {rule for rule, _ in pairs}
    claims = select(Occurrence).where(col(Occurrence.rule).in_(rules), col(Occurrence.due_at).in_(instants))
    found = work.session.scalars(claims).all() if instants else ()
    there = {(each.rule, each.subject, each.due_at) for each in found}
    for each in found:
        for was, on in pairs.get((each.rule, each.subject)) or pairs.get((each.rule, None), ()):
            if each.due_at == was and (each.rule, each.subject, on) not in there:
                each.due_at = on


def find(work: UnitOfWork, change: CalendarChange, moved: Iterable[MovedDay]) -> CarriedOver:
    """What else is to be carried over: it depends on the calendar, and is done once."""
    changed = {(each.item.kind, each.item.subject_id): each for each in moved}
    last = reminders.last_mornings(work)
    waits = [
        each
        for nation in change.nations
        if (morning := last.get(nation.value)) is not None
        for each in _waits(work, change, nation, london(morning).date(), changed)
    ]
    return CarriedOver(_clocks(work, change), waits)


def carry_over(work: UnitOfWork, found: CarriedOver) -> None:
    """Carry it over, in one transaction with the calendar's adoption."""
    if found.clocks:
        escalations = table(Escalation)
        moving = update(escalations).where(
            escalations.c.id == bindparam("of"), escalations.c.due_at == bindparam("was")
        )
        values = [{"of": key, "was": was, "on": on} for key, (on, was) in found.clocks.items()]
        work.session.connection().execute(moving.values(due_at=bindparam("on")), values)
    held = {(each.person_id, each.kind, each.subject_id) for each in work.session.scalars(select(Snooze))}
    waits = {recipients.snooze_key(each): until for each, until in found.waits}
    insert_all(
        work.session,
        Snooze,
        [
            {"person_id": person_id, "kind": kind, "subject_id": subject_id, "until": until}
            for (person_id, kind, subject_id), until in waits.items()
            if (person_id, kind, subject_id) not in held
        ],
    )
    homes.mark_stale_for(work.session, None, work.now)


def _clocks(work: UnitOfWork, change: CalendarChange) -> dict[int, tuple[datetime, datetime]]:
    """Whoever was asked keeps the working time that was left to them."""
    rows = work.session.execute(
        select(col(Escalation.id), col(Escalation.due_at), col(Contract.nation))
        .join(Contract, col(Contract.id) == col(Escalation.contract_id))
        .where(col(Contract.nation).in_(change.nations), col(Escalation.due_at) > work.now)
    )
    found = {}
    for key, was, nation in rows:
        left = working_time_between(work.now, was, change.before.of(nation))
        on = after_working_time(work.now, left, change.after.of(nation))
        if on != was:
            found[key] = (on, was)
    return found


def _waits(
    work: UnitOfWork,
    change: CalendarChange,
    nation: Nation,
    last: date,
    moved: Mapping[tuple[DueKind, int], MovedDay],
) -> Iterator[tuple[AddressedItem, date]]:
    """A reminder whose day has gone by unseen comes on the next working morning; one that was sent already comes no
    second time."""
    before, after = change.before.of(nation), change.after.of(nation)
    rule_of = rules_of(work)
    ahead = after.add_working_days(work.today, MOST_DAYS_AHEAD) + _WEEK
    for source in SOURCES:
        due: dict[int, tuple[DueItem, date]] = {}
        for item in source.find(work, in_nations([nation]), DueBetween(work.today - _YEAR, ahead)):
            was = moved[key].was if (key := (item.kind, item.subject_id)) in moved else item.due_on
            again = next_reminder(rule_of(item.kind, item.contract_id), last, (was, before), (item.due_on, after))
            if again is not None:
                due[item.subject_id] = (item, max(again, after.roll_forward(work.today)))
        for each in recipients.address(work, [item for item, _ in due.values()]):
            yield each, due[each.item.subject_id][1]
