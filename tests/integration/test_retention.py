"""Records of contracts that ended long ago: what goes, what stays and why, and what a legal hold holds."""

from contextlib import closing
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel, col
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from bot.db import Database, table
from bot.delivery import outbox
from bot.domain.retention import years_before
from bot.errors import UserError
from bot.models import (
    ActionItem,
    Audience,
    Channel,
    Contact,
    ContactChannel,
    Contract,
    ContractRemoval,
    Digest,
    LegalHold,
    Person,
    TrailEntry,
)
from bot.services.pages.contract import contract_page
from bot.services.retention import holds, removing
from bot.services.retention.records import HANGS_BY, STAYS, hangs_on, tables_of_contract
from bot.services.trail.redacting import redact
from tests.builders import DAY, MONDAY, act, contract, contract_named, draft, run_job, saved_contract, work
from tests.integration.tampering import named, seal_all

YEARS = 6
LONG_AGO = {"start_date": date(2015, 4, 1), "end_date": date(2020, 3, 31), "longest_end_date": date(2020, 3, 31)}


def test_every_table_that_names_a_contract_is_declared() -> None:
    """A new table that hangs on a contract, however far, has to say whether it goes with it."""
    named_by = {table(Contract).name}
    while True:
        found = {
            each.name
            for each in SQLModel.metadata.tables.values()
            if "contract_id" in each.c or any(key.column.table.name in named_by for key in each.foreign_keys)
        }
        if found <= named_by:
            break
        named_by |= found
    declared = {table(model).name for model in (*HANGS_BY, *STAYS)}
    assert named_by - {table(Contract).name} == declared


@given(st.dates(date(1990, 1, 1), date(2080, 12, 31)), st.integers(1, 80))
def test_years_before_is_the_same_day_of_an_earlier_year(day: date, years: int) -> None:
    before = years_before(day, years)
    assert before.year == day.year - years
    assert (before.month, before.day) in {(day.month, day.day), (2, 28)}


def past(session: Session) -> Contract:
    """A contract that ended long ago, with a few records, and a newer one."""
    row = saved_contract(session, reference="OLD-1", **LONG_AGO)
    session.add(contract(id=None, partner_id=row.partner_id, reference="NEW-1"))
    person = Person(organisation_id=row.partner_id, slack="U0ANN", name="Ann", email="ann@example.org")
    session.add(person)
    session.flush()
    channel = Channel(slack="C0OLD", contract_id=row.id, audience=Audience.INTERNAL, created_at=MONDAY)
    session.add(channel)
    first = Contact(
        contract_id=row.id,
        happened_on=date(2019, 1, 1),
        channel=ContactChannel.PHONE,
        summary="Talked",
        author_id=person.id,
        logged_at=MONDAY,
    )
    session.add(first)
    session.flush()
    session.add(Digest(channel_id=channel.id, weekday=0, hour=9, minute=0, since=MONDAY))
    work(session).record("contact logged", first.reference, contract_id=row.id)
    outbox.enqueue(session, draft("k", contract_id=row.id), MONDAY)
    outbox.reply(session, "k", "k-reply", draft().message, "", MONDAY)
    session.execute(text("update outbox_message set state = 'dropped', settled_at = created_at"))
    session.flush()
    return row


def left_of(session: Session, contract_id: int) -> int:
    return sum(
        session.scalar(select(func.count()).select_from(each).where(hangs_on(each, contract_id))) or 0
        for each in tables_of_contract()
    )


def why_kept(session: Session, reference: str = "OLD-1") -> str:
    [found] = [each for each in removing.past_contracts(work(session), YEARS) if each.reference == reference]
    return " ".join(found.kept)


def test_a_contract_is_past_the_day_after_its_years(empty: Database) -> None:
    with empty.rehearsing() as session:
        past(session)
        for on, found in ((datetime(2026, 3, 31, 12, tzinfo=MONDAY.tzinfo), 0), (MONDAY, 1)):
            assert len(removing.past_contracts(work(session, on), YEARS)) == found
        on = datetime(2026, 4, 1, 12, tzinfo=MONDAY.tzinfo)
        assert [each.reference for each in removing.past_contracts(work(session, on), YEARS)] == ["OLD-1"]


def test_what_is_open_waits_or_is_held_keeps_a_contract_and_is_said(empty: Database) -> None:
    with empty.rehearsing() as session:
        row = past(session)
        assert why_kept(session) == ""
        person = session.scalars(select(Person)).one()
        item = ActionItem(
            contract_id=row.id,
            what="Send the keys back",
            owner_id=person.id,
            due_on=date(2020, 1, 1),
            added_by_id=person.id,
            added_at=MONDAY,
        )
        with session.begin_nested() as savepoint:
            session.add(item)
            session.flush()
            assert why_kept(session).startswith("1 thing of it")
            assert "Send the keys back" in why_kept(session)
            savepoint.rollback()
        outbox.enqueue(session, draft("waits", contract_id=row.id), MONDAY)
        assert why_kept(session) == "1 message about it wait to be sent"
        session.execute(text("update outbox_message set state = 'dropped', settled_at = created_at"))
        holds.hold(work(session), "old-1", "A claim")
        assert why_kept(session) == "it is on legal hold since 4 January 2027: A claim"
        holds.release(work(session), "OLD-1", "The claim is settled")
        session.execute(delete(Contract).where(col(Contract.reference) == "NEW-1"))
        assert why_kept(session) == "it is the newest contract in the register"


def test_the_job_only_counts_them_unless_it_is_to_apply_it(empty: Database, caplog: pytest.LogCaptureFixture) -> None:
    with empty.rehearsing() as session, caplog.at_level("INFO"):
        past(session)
        before = left_of(session, 1)
        run_job(session, "retention")
        assert left_of(session, 1) == before > 0
        assert "1 contract ended more than 6 years ago" in caplog.text


def remove(session: Session, row_id: int) -> int:
    """Remove a contract that may go, as the job does."""
    [found] = [each for each in removing.past_contracts(work(session), YEARS) if each.id == row_id]
    assert removing.begin(work(session), found, YEARS)
    return remove_all(session, row_id)


def remove_all(session: Session, row_id: int) -> int:
    rows = 0
    while left := removing.some_left(work(session), row_id):
        assert len(left.keys) <= removing.AT_ONCE
        rows += removing.remove(work(session), left)
        session.expire_all()
    return rows


def test_what_goes_goes_whole_and_the_trail_says_so_and_is_still_proved(empty: Database) -> None:
    with empty.rehearsing() as session:
        row = past(session)
        key, before = row.id, left_of(session, row.id)
        seal_all(session, MONDAY)
        assert remove(session, key) == before + 1
        session.expire_all()
        assert session.get(Contract, key) is None
        assert left_of(session, key) == 0
        assert contract_named(session, "NEW-1")
        entry = session.scalars(select(TrailEntry).where(col(TrailEntry.action) == "records removed")).one()
        assert (entry.subject, entry.contract_id) == ("OLD-1", None)
        assert entry.why == "it ended on 31 March 2020, more than 6 years ago"
        assert set(str(entry.details["rows"]).split(", ")) == {"digest 1", "outbox_message 2", "contact 1", "channel 1"}
        assert session.get_one(ContractRemoval, key).reference == "OLD-1"
        seal_all(session, MONDAY + DAY)
        assert named(session) == []


def test_every_contract_of_the_sample_can_be_removed_and_takes_nothing_of_the_others(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        for name in ("prompt", "remind", "summary", "escalate"):
            run_job(session, name, MONDAY + 7 * DAY)
        ids = session.scalars(select(col(Contract.id)).order_by(col(Contract.id))).all()
        rest = {key: left_of(session, key) for key in ids}
        assert sum(rest.values()) > 400
        for key in ids:
            session.execute(update(Contract).where(col(Contract.id) == key).values(LONG_AGO))
            found = removing.PastContract(key, "X", LONG_AGO["end_date"], [], {})
            assert removing.begin(work(session), found, YEARS)
            assert remove_all(session, key) == rest[key] + 1
            assert rest.pop(key) > 0
            # A line of a summary of all contracts goes with its own contract alone.
            assert {other: left_of(session, other) for other in rest} == rest
        assert session.scalar(select(func.count()).select_from(Contract)) == 0


def test_what_is_only_added_to_is_not_removed_without_the_note(empty: Database) -> None:
    with empty.rehearsing() as session:
        row = past(session)
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.execute(delete(Contact).where(col(Contact.contract_id) == row.id))
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.execute(delete(TrailEntry))


def test_a_hold_is_refused_without_a_reason_twice_and_for_what_is_not_there(empty: Database) -> None:
    with empty.rehearsing() as session:
        row = past(session)
        for reference, reason, says in (("OLD-1", " ", "reason"), ("NO-1", "A claim", "There is no contract NO-1")):
            with pytest.raises(UserError, match=says):
                holds.hold(work(session), reference, reason)
        with pytest.raises(UserError, match="not on hold"):
            holds.release(work(session), "OLD-1", "Settled")
        holds.hold(work(session), "OLD-1", "A claim")
        with pytest.raises(UserError, match="on hold already"):
            holds.hold(work(session), "OLD-1", "Another")
        found = removing.PastContract(row.id, "OLD-1", row.end_date, [], {})
        assert not removing.begin(work(session), found, YEARS)
        holds.release(work(session), "OLD-1", "Settled")
        assert removing.begin(work(session), found, YEARS)
        with pytest.raises(UserError, match="being removed"):
            holds.hold(work(session), "OLD-1", "Too late")


def test_nothing_of_a_contract_on_hold_is_redacted(empty: Database) -> None:
    with empty.rehearsing() as session:
        row = past(session)
        entry = session.scalars(select(TrailEntry).where(col(TrailEntry.contract_id) == row.id)).one()
        holds.hold(work(session), "OLD-1", "A claim")
        with pytest.raises(UserError, match="legal hold"):
            redact(work(session), entry.id, "Asked for")
        holds.release(work(session), "OLD-1", "Settled")
        redact(work(session), entry.id, "Asked for")


def test_a_hold_stands_on_the_page_and_in_the_history(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        holds.hold(work(session), "WP-NE", "A claim")
        page = contract_page(act(session, "U0AMIRA"), "WP-NE")
        assert page.hold is not None
        assert page.hold.reason == "A claim"
        entry = session.scalars(select(TrailEntry).where(col(TrailEntry.action) == "legal hold placed")).one()
        assert (entry.contract_id, entry.why) == (page.contract.id, "A claim")


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans(), st.booleans()), min_size=1, max_size=5))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_contracts_past_their_years_without_a_hold_or_anything_waiting_go(
    empty: Database, contracts: list[tuple[int, bool, bool]]
) -> None:
    with empty.rehearsing() as session:
        first = saved_contract(session, reference="KEPT")
        wanted = set()
        for number, (ended, is_held, waits) in enumerate(contracts):
            end = MONDAY.date() - timedelta(days=366 * ended)
            days = {"start_date": end - DAY, "end_date": end, "longest_end_date": end}
            row = contract(id=None, partner_id=first.partner_id, reference=f"C-{number}", **days)
            session.add(row)
            session.flush()
            if is_held:
                session.add(LegalHold(contract_id=row.id, reason="A claim", since=MONDAY))
            if waits:
                outbox.enqueue(session, draft(f"k{number}", contract_id=row.id), MONDAY)
            if ended >= YEARS and not is_held and not waits:
                wanted.add(row.reference)
        session.add(contract(id=None, partner_id=first.partner_id, reference="NEWEST"))
        session.flush()
        found = removing.past_contracts(work(session), YEARS)
        assert {each.reference for each in found if not each.kept} == wanted


def retention(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["retention", *arguments], env={"DATABASE_URL": url})


def test_the_command_line_says_what_would_go_and_removes_it_when_it_is_told_to(empty_url: str) -> None:
    with closing(Database(empty_url)) as database:
        with database.writing() as session:
            past(session)
        said = retention(empty_url, "--dry-run").output
        assert "OLD-1, ended on 31 March 2020: goes. " in said
        assert "outbox_message 2" in said
        assert "1 contract ended more than 6 years ago; 1 may go." in said
        assert retention(empty_url, "hold", "OLD-1", "--reason", "A claim").exit_code == 0
        assert (
            "OLD-1, ended on 31 March 2020: stays, because it is on legal hold"
            in retention(empty_url, "--apply").output
        )
        assert retention(empty_url, "release", "OLD-1", "--reason", "Settled").exit_code == 0
        assert "OLD-1 is removed: " in retention(empty_url, "--apply").output
        assert "0 contracts ended" in retention(empty_url, "--dry-run").output
        with database.reading() as session:
            assert session.scalars(select(col(Contract.reference))).all() == ["NEW-1"]


@pytest.mark.parametrize("arguments", [(), ("--dry-run", "--apply")])
def test_the_command_line_asks_which(empty_url: str, arguments: tuple[str, ...]) -> None:
    assert retention(empty_url, *arguments).exit_code == 2


def test_a_removal_that_is_cut_short_is_finished_by_the_next(empty: Database) -> None:
    with empty.rehearsing() as session:
        row = past(session)
        [found] = removing.past_contracts(work(session), YEARS)
        assert removing.begin(work(session), found, YEARS)
        left = removing.some_left(work(session), row.id)
        assert left
        removing.remove(work(session), left)
        session.execute(text("update contract set end_date = '2029-01-01', longest_end_date = '2029-01-01'"))
        [again] = removing.past_contracts(work(session), YEARS)
        assert again.kept == []
        assert removing.begin(work(session), again, YEARS)
        remove_all(session, found.id)
        session.expire_all()
        assert session.get(Contract, found.id) is None
        told = select(func.count()).where(col(TrailEntry.action) == "records removed")
        assert session.scalar(told) == 1
