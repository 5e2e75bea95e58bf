"""Units of work: kept as a whole or not at all, each by itself, also where several share one commit to the disk."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col

from bot.db import Database, SingleTransactionDatabase
from bot.models import ActionItem, Contract, Occurrence, Organisation, OrganisationKind, Person, Team
from bot.services import occurrences
from tests.builders import MONDAY, rows, work
from tests.integration.together import PATIENCE

Unit = Callable[[Session], object]


class Broken(Exception):
    """What a unit of work raises."""


def add(number: int) -> Unit:
    """A unit that adds one row, and says its number."""

    def unit(session: Session) -> int:
        assert occurrences.claim(work(session), "rule", f"report {number}", MONDAY)
        return number

    return unit


def add_then_break(number: int) -> Unit:
    def unit(session: Session) -> None:
        add(number)(session)
        raise Broken

    return unit


def add_then_be_refused(number: int) -> Unit:
    """The database refuses the second half, when the unit flushes."""

    def unit(session: Session) -> None:
        add(number)(session)
        session.add(Team(slack="T1", organisation_id=999_999))
        session.flush()

    return unit


def refused_at_the_end(number: int) -> Unit:
    """The database refuses the second half, when the unit is over."""

    def unit(session: Session) -> None:
        add(number)(session)
        session.add(Team(slack="T1", organisation_id=999_999))

    return unit


def added(database: Database) -> list[str]:
    return [row.subject for row in rows(database, Occurrence)]


def run_all(database: Database, *units: Unit) -> list[object]:
    """Run units that all wait while another holds the database's threads, so that on SQLite they share a commit."""
    busy, go_on = Event(), Event()

    def holding(_session: Session) -> None:
        busy.set()
        assert go_on.wait(PATIENCE)

    async def running() -> list[object]:
        first = asyncio.ensure_future(database.write(holding))
        await asyncio.to_thread(busy.wait, PATIENCE)
        waiting = [asyncio.ensure_future(database.write(unit)) for unit in units]
        await asyncio.sleep(0)  # every unit is handed over before the first may end
        go_on.set()
        await first
        return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(running())


@pytest.fixture
def reopened(blank_url: str) -> Iterator[Database]:
    """The same database, as another program sees it: only what is committed."""
    other = Database(blank_url)
    yield other
    other.close()


def test_units_that_wait_together_are_each_kept_and_answered(blank: Database, reopened: Database) -> None:
    assert run_all(blank, *(add(number) for number in range(5))) == list(range(5))
    assert sorted(added(reopened)) == [f"report {number}" for number in range(5)]


@pytest.mark.parametrize("bad", [add_then_break, add_then_be_refused, refused_at_the_end])
def test_a_unit_that_fails_is_undone_and_takes_no_other_with_it(
    blank: Database, reopened: Database, bad: Callable[[int], Unit]
) -> None:
    one, failed, other = run_all(blank, add(1), bad(2), add(3))
    assert (one, other) == (1, 3)
    assert isinstance(failed, Broken | IntegrityError)
    assert sorted(added(reopened)) == ["report 1", "report 3"]


def test_what_is_only_rehearsed_leaves_nothing(blank: Database, reopened: Database) -> None:
    """Units of a rehearsal are parts of one whole: the second sees what the first did."""

    async def both(stand_in: SingleTransactionDatabase) -> list[str]:
        for number in (1, 2):
            await stand_in.write(add(number))
        return await stand_in.read(lambda session: list(session.scalars(select(col(Occurrence.subject)))))

    assert asyncio.run(blank.rehearse(both)) == ["report 1", "report 2"]
    with blank.rehearsing() as session:
        add(3)(session)
    assert added(reopened) == added(blank) == []


@pytest.mark.parametrize("bad", [add(1), refused_at_the_end(1)])
def test_a_read_that_would_write_is_refused_by_the_database(blank: Database, reopened: Database, bad: Unit) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        asyncio.run(blank.read(bad))
    with pytest.raises(DBAPIError, match=r"read-?only"), blank.reading() as session:
        bad(session)
    assert added(reopened) == []


def test_reads_go_on_beside_a_write_and_each_sees_one_state_of_the_database(blank: Database) -> None:
    """A write holds the database's only writer while reads begin and end; one that began before it sees nothing of it
    to its end, and one that begins when it has been acknowledged sees it."""

    def count(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(Occurrence)) or 0

    begun, written = Event(), Event()

    def reading(session: Session) -> tuple[int, int]:
        before = count(session)
        begun.set()
        assert written.wait(PATIENCE)
        return before, count(session)

    def writing(session: Session) -> None:
        add(1)(session)
        assert asyncio.run(blank.read(count)) == 0, "what is not committed is not seen, and nobody waits for it"

    async def both() -> None:
        early = asyncio.ensure_future(blank.read(reading))
        await asyncio.to_thread(begun.wait, PATIENCE)
        await blank.write(writing)
        assert await blank.read(count) == 1
        written.set()
        assert await early == (0, 0)

    asyncio.run(both())


def test_what_is_read_in_turn_waits_for_its_own_kind_and_keeps_no_other_read_waiting(blank: Database) -> None:
    ends, drawn = Event(), list[str]()

    def long(_session: Session) -> None:
        assert ends.wait(PATIENCE)
        drawn.append("long")

    async def all_of_them() -> None:
        first = asyncio.ensure_future(blank.read_in_turn(long))
        second = asyncio.ensure_future(blank.read_in_turn(lambda _session: drawn.append("next")))
        await blank.read(lambda _session: drawn.append("command"))
        ends.set()
        await asyncio.gather(first, second)

    asyncio.run(all_of_them())
    assert drawn == ["command", "long", "next"]


def test_a_database_that_is_closed_leaves_no_connection_open(blank_url: str) -> None:
    database = Database(blank_url)
    opened: list[Any] = []
    for engine in (database.engine, database.reading_engine):
        event.listen(engine, "connect", lambda connection, _record: opened.append(connection))

    async def several() -> None:
        await asyncio.gather(*(database.read(rows_of) for _ in range(8)), database.write(add(1)))

    def rows_of(session: Session) -> int:
        return len(session.scalars(select(col(Occurrence.subject))).all())

    asyncio.run(several())
    database.close()
    assert len(opened) >= 2
    for connection in opened:
        with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
            connection.execute("select 1")


def test_a_unit_sees_what_the_one_before_it_did(blank: Database) -> None:
    async def both() -> bool:
        await blank.write(add(1))
        return await blank.write(lambda session: occurrences.claim(work(session), "rule", "report 1", MONDAY))

    assert asyncio.run(both()) is False


def test_a_record_that_is_added_is_numbered_at_once_and_what_changes_later_is_kept(portfolio: Database) -> None:
    with portfolio.writing() as session:
        contract, person = session.scalars(select(Contract)).first(), session.scalars(select(Person)).first()
        assert contract is not None
        assert person is not None
        item = ActionItem(
            contract_id=contract.id,
            what="Écoute",
            owner_id=person.id,
            due_on=MONDAY.date(),
            added_by_id=person.id,
            added_at=MONDAY,
        )
        work(session).add(item)
        number = item.id
        found = select(col(ActionItem.what), col(ActionItem.folded)).where(col(ActionItem.id) == number)
        assert session.connection().execute(found).one() == ("Écoute", "ecoute")
        item.what = "Listen"

    with portfolio.reading() as session:
        kept = session.get_one(ActionItem, number)
        assert (kept.what, kept.folded) == ("Listen", "listen")


def test_a_record_that_is_added_may_name_one_that_waits_to_be_written(portfolio: Database) -> None:
    with portfolio.writing() as session:
        partner = Organisation(key="ladders", name="Ladders", kind=OrganisationKind.CHARITY)
        person = Person(slack="U0NEWEST", name="Nel", organisation_id=0)
        session.add(partner)
        session.flush()
        partner.name, person.organisation_id = "Ladders Ltd", partner.id
        work(session).add(person)

        assert session.connection().scalar(select(col(Organisation.name)).where(col(Organisation.id) == partner.id))
        assert session.connection().scalar(select(col(Person.id)).where(col(Person.slack) == "U0NEWEST")) == person.id


def test_what_was_answered_is_durable(blank: Database, reopened: Database) -> None:
    """The answer comes after the commit: another program sees the row when the first has heard of it."""

    async def one() -> list[str]:
        await blank.write(add(1))
        return added(reopened)

    assert asyncio.run(one()) == ["report 1"]


def test_the_database_works_for_one_event_loop_after_another(blank: Database) -> None:
    for number in range(3):
        assert asyncio.run(blank.write(add(number))) == number
    assert len(added(blank)) == 3


def test_a_transaction_that_raises_keeps_nothing(blank: Database) -> None:
    with pytest.raises(Broken), blank.writing() as session:
        add_then_break(1)(session)
    assert added(blank) == []


def test_a_database_that_was_never_used_closes(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'unused.db'}").close()
    assert not (tmp_path / "unused.db").exists()
