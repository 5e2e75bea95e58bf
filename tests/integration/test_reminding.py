"""Reminding: the same as a reading of the rules that counts day by day, whatever is missed, and never twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.calendar import Nation, NationCalendar
from bot.domain.due_kinds import DueKind
from bot.domain.london import london_instant
from bot.models import (
    Absence,
    ActionItem,
    LineState,
    Milestone,
    MilestoneKind,
    MoreTime,
    Obligation,
    OutboxMessage,
    Party,
    Person,
    Reminder,
    ReminderLine,
    Role,
    RoleName,
)
from bot.services.reminders import reminder_page
from tests.builders import CALENDAR, MONDAY, contract_named, run_job, work
from tests.once import usual_or

FIRST = date(2027, 3, 22)  # Good Friday, Easter Monday, and the change of the clocks follow
CONTRACTS = {"WP-NE": Nation.ENGLAND_AND_WALES, "SK-SC": Nation.SCOTLAND, "HA-NI": Nation.NORTHERN_IRELAND}
BEFORE_AND_LATE = {"milestone": ((10, 5, 1, 0), 2), "obligation": ((10, 1, 0), 5), "action": ((2, 0), 2)}


@dataclass(frozen=True)
class Owed:
    """Something that is due, on which contract, by which side, and the day it is done, if it is."""

    kind: str
    contract: str
    due: int
    by: Party
    done: int | None


owed = st.builds(
    Owed,
    st.sampled_from(list(BEFORE_AND_LATE)),
    st.sampled_from(list(CONTRACTS)),
    st.integers(-15, 26),
    st.sampled_from(Party),
    st.none() | st.integers(0, 11),
)
DAYS = 12


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def expected(things: list[Owed], down: set[int]) -> set[tuple[date, str]]:
    """Which thing is spoken of on which day: counted one day at a time, from the words of the rules."""
    said: set[tuple[date, str]] = set()
    for number, thing in enumerate(things):
        calendar = CALENDAR.of(CONTRACTS[thing.contract])
        before, every = BEFORE_AND_LATE[thing.kind]
        missed = False
        last = DAYS if thing.done is None else min(thing.done, DAYS)
        for today in range(last):
            if calendar.is_working_day(day(today)):
                missed = missed or _speaks(thing.due, today, before, every, calendar)
                if missed and today not in down:
                    said.add((day(today), f"Thing {number}"))
                    missed = False
    return said


def _speaks(due: int, today: int, before: tuple[int, ...], every: int, calendar: NationCalendar) -> bool:
    counts_as = due
    while not calendar.is_working_day(day(counts_as)):
        counts_as -= 1
    between = range(min(counts_as, today) + 1, max(counts_as, today) + 1)
    days = sum(calendar.is_working_day(day(n)) for n in between)
    return days in before if today <= counts_as else days % every == 0


def add(session: Session, number: int, thing: Owed) -> Milestone | Obligation | ActionItem:
    contract = contract_named(session, thing.contract)
    name = f"Thing {number}"
    made: Milestone | Obligation | ActionItem
    if thing.kind == "action":
        manager = select(col(Role.person_id)).where(
            col(Role.contract_id) == contract.id, col(Role.role) == RoleName.CONTRACT_MANAGER
        )
        who = session.scalars(manager).one()
        made = ActionItem(
            contract_id=contract.id, what=name, owner_id=who, due_on=day(thing.due), added_by_id=who, added_at=MONDAY
        )
    elif thing.kind == "obligation":
        made = Obligation(contract_id=contract.id, name=name, owed_by=thing.by, due_on=day(thing.due))
    else:
        kind = MilestoneKind.MILESTONE
        made = Milestone(contract_id=contract.id, name=name, kind=kind, owed_by=thing.by, due_on=day(thing.due))
    session.add(made)
    session.flush()
    return made


def finish(session: Session, made: Milestone | Obligation | ActionItem, today: date) -> None:
    if isinstance(made, ActionItem):
        made.done_on, made.done_by_id = today, made.owner_id
    else:
        made.met_on = today
    session.flush()


def said(session: Session) -> set[tuple[date, str]]:
    rows = session.execute(
        select(col(Reminder.day), col(ReminderLine.what)).join(
            ReminderLine, col(ReminderLine.reminder_id) == Reminder.id
        )
    )
    return {(on, what[what.index("Thing") :]) for on, what in rows if "Thing" in what}


@given(st.lists(owed, min_size=1, max_size=8), st.sets(st.integers(1, DAYS - 1), max_size=6))
@settings(max_examples=usual_or(3, 2), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_thing_is_spoken_of_on_the_days_of_its_rule_and_after_an_outage_at_once(
    unchanged: Database, things: list[Owed], down: set[int]
) -> None:
    with unchanged.rehearsing() as session:
        made = [add(session, number, thing) for number, thing in enumerate(things)]
        for today in range(DAYS):
            for thing, record in zip(things, made, strict=True):
                if thing.done == today:
                    finish(session, record, day(today))
            if today not in down:
                for minutes in (0, 5):
                    run_job(session, "remind", london_instant(day(today), 9) + timedelta(minutes=minutes))
        assert said(session) == expected(things, down)


@pytest.fixture
def session(unchanged: Database) -> Iterator[Session]:
    with unchanged.rehearsing() as opened:
        yield opened


def messages(session: Session) -> list[OutboxMessage]:
    rows = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key).like("reminder-%")))
    return [row for row in rows if "Thing" in str(row.blocks)]


def test_a_day_has_ten_lines_and_counts_the_rest(session: Session) -> None:
    for number in range(16):
        add(session, number, Owed("milestone", "WP-NE", -6, Party.PARTNER, None))
    run_job(session, "remind", london_instant(FIRST, 9))
    [message] = messages(session)
    lines = session.scalars(select(ReminderLine).join(Reminder, col(Reminder.id) == col(ReminderLine.reminder_id)))
    told = [line for line in lines if message.key == f"reminder-{line.reminder_id}"]
    assert message.text.startswith(f"{len(told)} things wait for you. First: Thing 0 on WP-NE")
    assert str(message.blocks).count("reminder_open") == reminder_page.MOST_SHOWN == 10
    assert f"And {len(told) - 10} more" in str(message.blocks)


def test_a_request_for_more_time_counts_for_its_own_thing_alone(session: Session) -> None:
    """A milestone and an obligation can have the same number."""
    contract = contract_named(session, "WP-NE")
    person = session.scalars(select(Person)).first()
    assert person is not None
    reminder = Reminder(person_id=person.id, day=MONDAY.date())
    session.add(reminder)
    session.flush()
    of_both: dict[str, Any] = {"subject_id": 77, "contract_id": contract.id, "what": "Opening", "due_on": MONDAY.date()}
    asked: dict[str, Any] = {
        "until": MONDAY.date() + timedelta(days=9),
        "why": "Late",
        "asked_by_id": person.id,
        "asked_at": MONDAY,
    }
    for kind in (DueKind.MILESTONE, DueKind.OBLIGATION):
        session.add(MoreTime(kind=kind, **of_both, **asked, to_decide_id=person.id))
    line: dict[str, Any] = {"kind": DueKind.MILESTONE, "meant_for_id": person.id, "state": LineState.MORE_TIME}
    session.add(ReminderLine(reminder_id=reminder.id, **of_both, **line))
    session.flush()
    assert reminder_page.page_of(work(session), reminder).undecided == 1


def test_a_deputy_is_reminded_in_place_of_who_is_away_and_the_manager_where_there_is_none(session: Session) -> None:
    add(session, 1, Owed("milestone", "WP-NE", 0, Party.DEPARTMENT, None))
    contract = contract_named(session, "WP-NE")
    people = {person.slack: person for person in session.scalars(select(Person))}
    amira, callum = people["U0AMIRA"], people["U0CALLUM"]
    session.add(Absence(person_id=amira.id, first_day=FIRST, last_day=FIRST))
    role = session.get_one(Role, (contract.id, amira.id, RoleName.CONTRACT_MANAGER))
    role.deputy_id = callum.id
    session.flush()
    run_job(session, "remind", london_instant(FIRST, 9))
    [message] = messages(session)
    assert message.channel == "U0CALLUM"
    assert "You are covering for Amira Shah" in str(message.blocks)


def test_nobody_is_reminded_at_night_or_at_a_weekend(session: Session) -> None:
    add(session, 1, Owed("milestone", "WP-NE", 0, Party.PARTNER, None))
    saturday: datetime = london_instant(FIRST - timedelta(days=2), 10)
    for at in (saturday, london_instant(FIRST, 8), london_instant(FIRST, 17)):
        assert run_job(session, "remind", at) == 0
    run_job(session, "remind", london_instant(FIRST + timedelta(days=2), 9))
    assert "2 working days late" in messages(session)[0].text
