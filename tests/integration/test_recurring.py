"""Obligations that come again: each one once, whoever makes it, never past the contract's end, late ones in sight."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.due_kinds import DueKind
from bot.domain.provisional import in_words
from bot.models import Audience, Contract, Obligation, Party, TrailEntry
from bot.services.due import due_lines
from bot.services.due.sources import source_of
from bot.services.portfolio.exporting import export_bytes, register_rows
from bot.services.portfolio.reading import read_bytes
from bot.services.specification import owed, recurring
from tests.builders import MONDAY, act, contract_named, run_job, work
from tests.integration.together import at_once
from tests.samples import imported

AMIRA = "U0AMIRA"
TODAY = MONDAY.date()
NAME = "Send the list of advisers"
END = date(2029, 3, 31)


def new(session: Session, due: date, recurs: str = "monthly", *, rule: str = "", end: date = END) -> Obligation:
    """An obligation of the partner of WP-NE that comes again."""
    contract = contract_named(session, "WP-NE")
    contract.end_date = end
    usual: dict[str, Any] = {"contract_id": contract.id, "name": NAME, "owed_by": Party.PARTNER, "clause": "9.2"}
    made = Obligation(**usual, due_on=due, rule=rule, recurs=recurs)
    session.add(made)
    session.flush()
    return made


def series(session: Session) -> list[Obligation]:
    rows = select(Obligation).where(col(Obligation.name).startswith(NAME)).order_by(col(Obligation.id))
    return list(session.scalars(rows))


def at(day: date) -> datetime:
    """An instant of a day, in working hours."""
    return MONDAY + (day - TODAY)


def test_the_next_one_is_made_when_one_is_met_and_says_all_that_it_said(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        first = new(session, date(2027, 1, 29), "quarterly")
        done = owed.done(act(session, AMIRA), first.public_id, TODAY, "The list came")
        assert done.next is not None
        _, following = series(session)
        assert following is done.next
        assert (following.name, following.due_on) == (f"{NAME} (29 April 2027)", date(2027, 4, 29))
        assert (following.owed_by, following.clause, following.recurs) == (Party.PARTNER, "9.2", "quarterly")
        assert (first.recurs, first.met_on) == ("", TODAY)
        assert run_job(session, "recur") == 0, "it is made once"
        entry = session.scalars(select(TrailEntry).where(col(TrailEntry.action) == "obligation comes again")).one()
        assert (entry.why, entry.changes) == ("It comes again quarterly", {"due on": ["nothing", "29 April 2027"]})


def test_one_that_is_late_stays_late_when_the_next_one_is_made(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        new(session, TODAY)
        assert run_job(session, "recur") == 0, "its day has not passed"
        assert run_job(session, "recur", at(TODAY + timedelta(days=1))) == 1
        assert run_job(session, "recur", at(TODAY + timedelta(days=1))) == 0
        doing = act(session, AMIRA, at(TODAY + timedelta(days=1)))
        due = due_lines.due_on_contract(doing, contract_named(session, "WP-NE").id, Audience.INTERNAL)
        lines = [(each.what, each.is_late(doing.today)) for each in due if each.what.startswith(NAME)]
        assert lines == [(NAME, True), (f"{NAME} (4 February 2027)", False)]


def test_after_an_outage_all_that_were_missed_are_made_and_nothing_of_long_ago(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        new(session, TODAY - timedelta(days=400), "monthly on the last day")
        assert run_job(session, "recur") == 2
        assert [each.due_on for each in series(session)][1:] == [date(2026, 12, 31), date(2027, 1, 31)]


def test_the_end_of_the_contract_is_the_end_and_a_later_end_goes_on(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        first = new(session, date(2027, 1, 31), end=date(2027, 2, 28))
        owed.done(act(session, AMIRA), first.public_id, TODAY, "It came")
        (_, second) = series(session)
        assert second.due_on == date(2027, 2, 28)
        assert owed.done(act(session, AMIRA), second.public_id, TODAY, "It came too").next is None
        contract_named(session, "WP-NE").end_date = date(2027, 3, 31)
        session.flush()
        assert run_job(session, "recur") == 1
        assert [each.due_on for each in series(session)][2:] == [date(2027, 3, 31)]


def test_more_time_moves_one_of_them_and_not_the_next(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        first = new(session, date(2027, 1, 30))
        move = source_of(DueKind.OBLIGATION).move
        assert move is not None
        move(act(session, AMIRA), first.id, date(2027, 2, 12))
        owed.done(act(session, AMIRA), first.public_id, TODAY, "It came")
        second = series(session)[-1]
        owed.done(act(session, AMIRA), second.public_id, TODAY, "It came")
        assert [each.due_on for each in series(session)][1:] == [date(2027, 2, 28), date(2027, 3, 30)]


def test_a_rule_is_worked_out_by_the_nation_s_calendar_and_marked_where_it_is_provisional(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        rule = "5 working days after 24 March 2027"
        first = new(session, date(2027, 4, 2), "yearly", rule=rule, end=date(2031, 3, 31))
        owed.done(act(session, AMIRA), first.public_id, TODAY, "It came")
        second = series(session)[-1]
        assert (second.rule, second.due_on) == ("5 working days after 24 March 2028", date(2028, 3, 31))
        owed.done(act(session, AMIRA), second.public_id, TODAY, "It came")
        key = series(session)[-1].id
        session.flush()
        session.expire_all()
        third = session.get_one(Obligation, key)
        assert third.due_on is not None
        assert in_words(third.due_on) == " (provisional)"
        assert contract.nation == "England and Wales"


def test_of_two_processes_one_makes_the_next(portfolio: Database, portfolio_url: str) -> None:
    with portfolio.writing() as session:
        key = new(session, TODAY - timedelta(days=3)).id

    def make(database: Database, barrier: Barrier) -> bool:
        barrier.wait()
        with database.writing() as session:
            return recurring.make_next(work(session), key) is not None

    assert sorted(at_once(portfolio_url, 2, make)) == [False, True]
    with portfolio.reading() as session:
        assert len(series(session)) == 2


@pytest.mark.parametrize("ending", [".yaml", ".xlsx", ".zip"])
def test_what_is_exported_comes_back_as_it_was_and_an_older_file_makes_none_twice(
    unchanged: Database, ending: str
) -> None:
    with unchanged.rehearsing() as session:
        first = new(session, date(2027, 1, 30))
        older = export_bytes(register_rows(work(session)), ending)
        first.keep_next()
        owed.done(act(session, AMIRA), first.public_id, TODAY, "It came")
        rows = register_rows(work(session))
        imported(work(session), read_bytes(f"x{ending}", export_bytes(rows, ending)))
        assert register_rows(work(session)) == rows
        imported(work(session), read_bytes(f"x{ending}", older))
        assert run_job(session, "recur") == 0
        assert [each.due_on for each in series(session)] == [date(2027, 1, 30), date(2027, 2, 28)]
        assert [each.recurs for each in series(session)] == ["", "monthly on the 30th"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.dates(date(2027, 1, 4), date(2027, 3, 31)),
    months=st.sampled_from([1, 2, 3]),
    length=st.integers(1, 500),
    moves=st.lists(st.tuples(st.integers(1, 25), st.booleans()), min_size=1, max_size=15),
)
def test_however_time_goes_and_whatever_is_met_each_is_made_once_in_order(
    unchanged: Database, first: date, months: int, length: int, moves: list[tuple[int, bool]]
) -> None:
    with unchanged.rehearsing() as session:
        end = first + timedelta(days=length)
        recurs = "monthly" if months == 1 else f"every {months} months"
        new(session, first, recurs, end=end)
        now = TODAY
        for days, meets in moves:
            now += timedelta(days=days)
            still = [each for each in series(session) if each.met_on is None]
            if meets and still:
                owed.done(act(session, AMIRA, at(now)), still[0].public_id, now, "It came")
            run_job(session, "recur", at(now))
        made = series(session)
        when = [each.due_on for each in made if each.due_on]
        apart = [(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(when)]
        assert apart == [months] * (len(made) - 1), "none is left out, and none is made twice"
        assert max(when) <= end
        assert [bool(each.recurs) for each in made] == [False] * (len(made) - 1) + [True]
        last = made[-1]
        over = last.met_on is not None or (last.due_on is not None and last.due_on < now)
        assert not over or not recurring.to_make_again(work(session, at(now)))
        assert session.get_one(Contract, last.contract_id).end_date == end
