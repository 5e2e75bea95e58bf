"""What a job writes, it writes in small units, and it may end between any two of them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import count
from typing import TypeVar

import pytest
from sqlalchemy import Connection, delete, select, update
from sqlmodel import Session, col

from bot import demo
from bot.db import Database, SingleTransactionDatabase
from bot.domain.calendar import Nation
from bot.models import (
    Audience,
    Channel,
    Escalation,
    EscalationStep,
    OutboxMessage,
    Person,
    ProclaimedDay,
    Report,
    ReportDecision,
)
from bot.services.portfolio.reading import read
from tests.builders import DAY, MONDAY, REPORTED, open_all, run_job, work
from tests.conftest import KINDS, Templates
from tests.counting import counted
from tests.samples import doubled, imported

T = TypeVar("T")
WEEK = 7 * DAY
COPIES = 25  # of the sample's twelve contracts
MOST_STATEMENTS = 30  # at a third of a millisecond each, half of what a write may take
LATER = MONDAY + WEEK + DAY  # reports are late, and everybody is reminded of something
RUNS = [
    *((name, MONDAY) for name in ("prompt", "holidays", "summary", "propose")),
    ("monthly", REPORTED),
    *((name, LATER) for name in ("remind", "escalate", "mend")),
]
DAILY = pytest.mark.parametrize(("name", "now"), RUNS, ids=[name for name, _ in RUNS])


class Killed(BaseException):
    """The end of a worker: nothing catches it."""


class Dying(SingleTransactionDatabase):
    """A database whose worker is killed before one of its writes."""

    left = 0

    async def write(self, unit: Callable[[Session], T]) -> T:
        """A write, or the end."""
        if self.left == 0:
            raise Killed
        self.left -= 1
        return await super().write(unit)


class Broken(Exception):
    """What goes wrong in one write."""


class Failing(SingleTransactionDatabase):
    """A database of which one write fails."""

    left = 0

    async def write(self, unit: Callable[[Session], T]) -> T:
        """A write, undone where it is the one."""

        def failing(session: Session) -> T:
            answer = unit(session)
            session.flush()
            self.left -= 1
            if self.left == -1:
                raise Broken
            return answer

        return await super().write(failing)


class Recording(SingleTransactionDatabase):
    """A database that keeps the statements of each write."""

    writes: list[Sequence[str]]

    async def write(self, unit: Callable[[Session], T]) -> T:
        """A write, and what it took."""

        def recorded(session: Session) -> T:
            with counted(session) as seen:
                answer = unit(session)
                session.flush()
            self.writes.append(seen)
            return answer

        return await super().write(recorded)


def recording(into: list[Sequence[str]]) -> Callable[[Connection], Recording]:
    def made(connection: Connection) -> Recording:
        database = Recording(connection)
        database.writes = into
        return database

    return made


def dying(after: int) -> Callable[[Connection], Dying]:
    def made(connection: Connection) -> Dying:
        database = Dying(connection)
        database.left = after
        return database

    return made


def failing(at: int) -> Callable[[Connection], Failing]:
    def made(connection: Connection) -> Failing:
        database = Failing(connection)
        database.left = at
        return database

    return made


def prepared(session: Session, name: str, now: datetime) -> None:
    """What was there before the run: for what follows from reports, the reports, which the partners were asked for."""
    if name == "holidays":
        session.add(ProclaimedDay(nation=Nation.SCOTLAND, day=date(2027, 1, 11), name="Jubilee"))
        session.add(ProclaimedDay(nation=Nation.ENGLAND_AND_WALES, day=date(2027, 2, 1), name="Jubilee"))
    if name == "propose":
        manager = session.scalars(select(col(Person.id)).where(col(Person.slack) == "U0AMIRA")).one()
        accepted = col(Report.decision) == ReportDecision.ACCEPTED
        session.execute(update(Report).where(accepted).values(decided_at=MONDAY, decided_by_id=manager))
    if now != MONDAY:
        for report in open_all(work(session, now)):
            report.asked_on = MONDAY.date()
        session.flush()
    if name == "mend":
        session.execute(update(Report).values(asked_on=None))
        session.execute(delete(Channel).where(col(Channel.audience) == Audience.SHARED))


def messages(session: Session) -> list[tuple[str, str]]:
    """What is sent, and to whom: of a message that asks about several escalations each of them by itself, because what
    failed and is tried again comes in another message."""
    asked = (
        select(
            col(EscalationStep.message), col(OutboxMessage.channel), col(Escalation.subject_id), col(Escalation.what)
        )
        .join(Escalation, col(Escalation.id) == col(EscalationStep.escalation_id))
        .join(OutboxMessage, col(OutboxMessage.key) == col(EscalationStep.message))
    )
    pings = session.execute(asked).all()
    keys = {key for key, *_ in pings}
    rows = session.execute(select(col(OutboxMessage.key), col(OutboxMessage.channel), col(OutboxMessage.text)))
    return sorted(
        [
            *((channel, f"asked about {what} ({subject})") for _, channel, subject, what in pings),
            *((channel, text) for key, channel, text in rows if key not in keys),
        ]
    )


@DAILY
def test_a_run_that_ends_between_any_two_writes_is_finished_by_the_next_and_nobody_hears_twice(
    unchanged: Database, name: str, now: datetime
) -> None:
    with unchanged.rehearsing() as session:
        prepared(session, name, now)
        assert run_job(session, name, now) > 0
        whole = messages(session)
    assert whole
    for after in count():
        with unchanged.rehearsing() as session:
            prepared(session, name, now)
            try:
                run_job(session, name, now, dying(after))
            except Killed:
                run_job(session, name, now)
            else:
                break
            assert messages(session) == whole, f"after {after} writes"
    assert after > 1, "there is something to end between"


@pytest.mark.parametrize(
    ("name", "now", "people"), [("remind", LATER, 3), ("escalate", LATER, 3), ("monthly", REPORTED, 2)]
)
def test_what_goes_wrong_with_one_holds_up_no_other_and_is_tried_again(
    unchanged: Database, name: str, now: datetime, people: int
) -> None:
    with unchanged.rehearsing() as session:
        prepared(session, name, now)
        run_job(session, name, now)
        whole = messages(session)
    for at in range(people):
        with unchanged.rehearsing() as session:
            prepared(session, name, now)
            with pytest.raises(Broken):  # so that its heartbeat says that it failed
                run_job(session, name, now, failing(at))
            heard = messages(session)
            assert 0 < len(heard) < len(whole)
            assert set(heard) < set(whole)
            run_job(session, name, now)
            assert messages(session) == whole


@pytest.fixture(scope="session", params=KINDS)
def sizes(request: pytest.FixtureRequest, templates: Templates) -> Iterator[tuple[Database, Database]]:
    """The sample, and the sample with its contracts 25 times more, for tests that roll back."""

    def fill(session: Session) -> None:
        imported(work(session), read(demo.SAMPLE))
        for copy in range(COPIES):
            imported(work(session), doubled(f"C{copy}"))

    few = Database(templates.copy(request.param, portfolio=True))
    many = Database(templates.copy_of(request.param, "many", fill))
    yield few, many
    few.close()
    many.close()


def largest(database: Database, name: str, now: datetime) -> int:
    """How many statements the largest write of a run has."""
    writes: list[Sequence[str]] = []
    with database.rehearsing() as session:
        prepared(session, name, now)
        run_job(session, name, now, recording(writes))
    return max(len(each) for each in writes)


@DAILY
def test_no_write_takes_more_statements_for_more_contracts(
    sizes: tuple[Database, Database], name: str, now: datetime
) -> None:
    few, many = (largest(database, name, now) for database in sizes)
    assert few == many <= MOST_STATEMENTS
