"""Whatever is done to the trail afterwards is named: on both databases, by somebody who may change everything in it."""

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot import trail
from bot.db import Database, table
from bot.errors import UserError
from bot.models import REDACTED, TrailEntry
from bot.services.trail.entries import content_of
from bot.services.trail.redacting import redact
from bot.services.trail.verifying import Verification
from tests.builders import MONDAY, work
from tests.conftest import KINDS, Templates
from tests.integration.tampering import (
    DRAWN,
    LOOSE,
    NEXT,
    SEALED,
    WEEK,
    drop_triggers,
    entry,
    fill,
    named,
    prove_again,
    put,
    run,
    seal_again,
    seal_all,
    seals,
    write,
)

LATER = MONDAY + 3 * WEEK
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=4,
)
CHANGES = {
    "id": st.integers(-5, 40).filter(lambda key: key not in (*SEALED, *LOOSE)),
    "at": st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    "contract_id": st.just(None),
    "redaction_id": st.sampled_from((*SEALED, *LOOSE)),
    "details": JSON,
    "changes": JSON,
    **dict.fromkeys(("actor", "action", "subject", "why"), WORDS),
    "salt": st.text("0123456789abcdef", max_size=32),
    "digest": st.text("0123456789abcdef", max_size=64),
}


@pytest.fixture(scope="session", params=KINDS)
def sealed(request: pytest.FixtureRequest, templates: Templates) -> Iterator[Database]:
    """A trail with three segments on each kind of database, for tests that roll back."""
    url = templates.copy_of(request.param, "sealed", fill)
    database = Database(url)
    yield database
    database.close()
    templates.drop(url)


def changed(column: str, value: str) -> Callable[[Session], None]:
    return lambda session: run(session, f"update trail_entry set {column} = {value} where id = 7")


def swapped(session: Session) -> None:
    for old, new in ((7, -7), (8, 7), (-7, 8)):
        run(session, f"update trail_entry set id = {new} where id = {old}")


def changed_and_proved(session: Session) -> None:
    run(session, "update trail_entry set why = 'Another reason' where id = 7")
    prove_again(session, 7)


def changed_proved_and_sealed(session: Session) -> None:
    changed_and_proved(session)
    seal_again(session, 2)


def sealed_after_another(session: Session) -> None:
    """The segment is made anew with an entry less, and the one after it has a fault of its own."""
    run(session, "delete from trail_entry where id = 7", "update trail_entry set why = 'Other' where id = 13")
    prove_again(session, 13)
    seal_again(session, 2)


def blanked(session: Session, subject: str, redaction: int | None = None) -> None:
    """Blank an entry, and name the one that tells of it, or another."""
    told = trail.record(session, LATER, "trail", REDACTED, subject)
    blank = "actor = '', subject = '', why = '', salt = '', details = '{}', changes = '{}'"
    run(session, f"update trail_entry set {blank}, redaction_id = {redaction or told} where id = 7")


DONE: dict[str, tuple[Callable[[Session], Any], list[str]]] = {
    "nothing": (lambda _: None, []),
    "text changed": (changed("why", "'Another reason'"), ["changed entry 7"]),
    "actor changed": (changed("actor", "'U0HELEN'"), ["changed entry 7"]),
    "time changed": (changed("at", "(select at from trail_entry where id = 1)"), ["changed entry 7"]),
    "text changed and proved again": (changed_and_proved, ["changed entry 7"]),
    "text changed, proved and sealed again": (changed_proved_and_sealed, ["changed segment 2"]),
    "sealed again before a fault": (sealed_after_another, ["changed entry 13", "changed segment 2"]),
    "entry removed": (lambda s: run(s, "delete from trail_entry where id = 7"), ["removed entry 7"]),
    "last sealed entries removed": (
        lambda s: run(s, "delete from trail_entry where id >= 15"),
        ["removed entry 15", "removed entry 16"],
    ),
    "seal removed": (lambda s: run(s, "delete from trail_seal where number = 2"), ["removed segment 2"]),
    "segment removed": (
        lambda s: run(
            s, "delete from trail_seal where number = 2", "delete from trail_entry where id between 6 and 10"
        ),
        ["removed segment 2"],
    ),
    "first segment removed": (
        lambda s: run(s, "delete from trail_seal where number = 1", "delete from trail_entry where id <= 5"),
        ["removed segment 1"],
    ),
    "reordered": (swapped, ["changed entry 7", "changed entry 8"]),
    "inserted in a gap": (lambda s: put(s, DRAWN, MONDAY + 2 * WEEK), [f"forged entry {DRAWN}"]),
    "inserted before the first": (lambda s: put(s, 0, MONDAY), ["forged entry 0"]),
    "added with an earlier time": (lambda s: put(s, NEXT, MONDAY), [f"back-dated entry {NEXT}"]),
    "an entry that is not sealed changed": (
        lambda s: run(s, "update trail_entry set why = 'Another' where id = 18"),
        ["changed entry 18"],
    ),
    "seal's time": (
        lambda s: run(s, "update trail_seal set at = (select at from trail_entry where id = 1) where number = 2"),
        ["changed segment 2"],
    ),
    "seal's digest": (
        lambda s: run(s, "update trail_seal set digest = previous where number = 2"),
        ["changed segment 2"],
    ),
    "seal's chain": (
        lambda s: run(s, "update trail_seal set previous = digest where number = 2"),
        ["changed segment 2"],
    ),
    "seal's list": (
        lambda s: run(s, "update trail_seal set entries = '[[6, \"00000000\"]]' where number = 2"),
        ["changed segment 2"],
    ),
    "seal's list is none": (
        lambda s: run(s, "update trail_seal set entries = '7' where number = 2"),
        ["changed segment 2"],
    ),
    "blanked, with nothing that tells of it": (lambda s: blanked(s, "entry 7", LOOSE[0]), ["changed entry 7"]),
    "blanked, and something tells of another": (lambda s: blanked(s, "entry 8"), ["changed entry 7"]),
}


@pytest.mark.parametrize("what", DONE)
def test_what_is_done_with_the_triggers_dropped_is_named(sealed: Database, what: str) -> None:
    tamper, wanted = DONE[what]
    with sealed.rehearsing() as session:
        drop_triggers(session)
        tamper(session)
        assert named(session) == wanted


@pytest.mark.parametrize("of", ["entries", "everything"])
def test_a_seal_that_was_noted_shows_what_the_database_alone_does_not(sealed: Database, of: str) -> None:
    with sealed.rehearsing() as session:
        noted = {number: seal.digest for number, seal in seals(session).items()}
        assert named(session, noted) == []
        drop_triggers(session)
        if of == "everything":
            changed_and_proved(session)
            seal_again(session, 2, 3)
            assert named(session) == []
            assert named(session, noted) == ["changed segment 2", "changed segment 3"]
        else:
            run(session, "delete from trail_seal where number = 3", f"delete from trail_entry where id > {DRAWN}")
            assert named(session) == []
            assert named(session, noted) == ["removed segment 3"]


def test_what_was_back_dated_is_named_when_it_is_sealed_as_well(sealed: Database) -> None:
    with sealed.rehearsing() as session:
        run(session, "select 1")
        added = trail.record(session, MONDAY, "U0AMIRA", "risk closed", "R-1")
        seal_all(session, LATER)
        assert named(session) == [f"back-dated entry {added}"]


@given(key=st.sampled_from(SEALED), column=st.sampled_from([*CHANGES]), data=st.data())
def test_any_change_of_any_sealed_entry_is_named(sealed: Database, key: int, column: str, data: st.DataObject) -> None:
    value = data.draw(CHANGES[column])
    with sealed.rehearsing() as session:
        assume(getattr(entry(session, key), column) != value)
        drop_triggers(session)
        session.execute(update(table(TrailEntry)).where(table(TrailEntry).c.id == key).values({column: value}))
        assert f"entry {key}" in {each.partition(" ")[2] for each in named(session)}


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("update trail_entry set at = 'never' where id = 7", ["changed entry 7"]),
        ("update trail_entry set details = '{' where id = 7", ["changed entry 7"]),
        ("update trail_entry set digest = x'00ff' where id = 7", ["changed entry 7"]),
        (f"update trail_entry set details = '{'[' * 100_000}' where id = 7", ["changed entry 7"]),
        ("update trail_entry set why = cast(x'ff' as text) where id = 18", ["changed entry 18"]),
        ("update trail_seal set entries = '[' where number = 2", ["changed segment 2"]),
    ],
)
def test_what_cannot_be_read_is_named(templates: Templates, statement: str, wanted: list[str]) -> None:
    """SQLite takes anything in any column; PostgreSQL refuses it."""
    database = Database(templates.copy_of("sqlite", "sealed", fill))
    with database.rehearsing() as session:
        drop_triggers(session)
        run(session, statement)
        assert named(session) == wanted
    database.close()


REFUSED = [
    "update trail_entry set why = 'Other' where id = 7",
    "update trail_entry set id = 40 where id = 7",
    "update trail_entry set salt = '', actor = '', subject = '', why = '' where id = 7",
    "update trail_entry set redaction_id = 8 where id = 7",
    "delete from trail_entry where id = 7",
    "update trail_seal set digest = previous where number = 2",
    "delete from trail_seal",
]
BLANK = "salt = '', actor = '', subject = '', why = '', details = '{}', changes = '{}', redaction_id = 17"
REFUSED += [
    f"update trail_entry set {BLANK}, {more} where id = 7"
    for more in ("action = 'x'", "digest = 'x'", "contract_id = null", "id = 40")
]
REFUSED += [
    f"update trail_entry set {BLANK.replace(each, other)} where id = 7"
    for each, other in (("why = ''", "why = 'x'"), ("salt = ''", "salt = 'x'"), ("details = '{}'", "details = '[]'"))
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_what_is_no_redaction(sealed: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), sealed.rehearsing() as session:
        session.execute(text(statement.replace(":", "\\:")))


@pytest.mark.parametrize("table_of", ["trail_entry", "trail_seal"])
@pytest.mark.parametrize("verb", ["insert or replace", "replace"])
def test_sqlite_refuses_to_put_another_row_in_the_place_of_one(templates: Templates, table_of: str, verb: str) -> None:
    database = Database(templates.copy_of("sqlite", "sealed", fill))
    key = "id" if table_of == "trail_entry" else "number"
    again = f"{verb} into {table_of} select * from {table_of} where {key} = 2"
    with pytest.raises(DBAPIError, match="append-only"), database.rehearsing() as session:
        session.execute(text(again))
    with database.rehearsing() as session:
        drop_triggers(session)
        session.execute(text(again))  # which is allowed then
    database.close()


def test_a_redaction_leaves_the_trail_provable(sealed: Database) -> None:
    with sealed.rehearsing() as session:
        before = entry(session, 7)
        redact(work(session, LATER, "trail"), 7, "A person asked for it")
        after = entry(session, 7)
        assert content_of(after) == (before.at, "", "risk raised", "", 1, {}, {}, "")
        assert (after.salt, after.digest) == ("", before.digest)
        assert after.redaction_id is not None
        told = entry(session, after.redaction_id)
        assert content_of(told) == (
            LATER, "trail", REDACTED, "entry 7", 1, {}, {}, "A person asked for it",
        )  # fmt: skip
        assert named(session) == []
        seal_all(session, LATER)
        assert named(session) == []


@pytest.mark.parametrize("column", ["at", "action", "digest", "contract_id", "actor", "why", "salt", "redaction_id"])
def test_what_is_done_to_an_entry_that_is_redacted_is_named(sealed: Database, column: str) -> None:
    other = {"at": "(select at from trail_entry where id = 1)", "contract_id": "null", "redaction_id": "17"}
    with sealed.rehearsing() as session:
        redact(work(session, LATER, "trail"), 7, "A person asked for it")
        drop_triggers(session)
        changed(column, other.get(column, "'x'"))(session)
        assert named(session) == ["changed entry 7"]


def test_what_cannot_be_redacted_is_refused_in_a_sentence(sealed: Database) -> None:
    with sealed.rehearsing() as session:
        doing = work(session, LATER, "trail")
        redact(doing, 7, "A person asked for it")
        told = entry(session, 7).redaction_id
        for key, sentence in (
            (99, "There is no entry 99 in the audit trail."),
            (7, f"Entry 7 is redacted already: entry {told} says why."),
            (told or 0, f"Entry {told} says why another was redacted, so it stays."),
        ):
            with pytest.raises(UserError) as refused:
                redact(doing, key, "Again")
            assert refused.value.sentence == sentence
        with pytest.raises(UserError):
            redact(doing, 8, " ")


def test_what_is_not_sealed_is_told(sealed: Database) -> None:
    with sealed.reading() as session:
        verification = Verification(session)
        assert [*verification.discrepancies()] == []
        assert (verification.sealed, verification.unsealed, verification.unsealed_since) == (15, 2, LATER)
        assert verification.newest is not None
        assert verification.newest.number == 3


def test_many_entries_take_no_more_memory_than_few(templates: Templates) -> None:
    database = Database(templates.copy("sqlite", portfolio=False))
    peaks, entries = [], [trail.NewEntry("risk raised", f"R-{n}", None, {"score": ["4", "9"]}) for n in range(3000)]
    for times in (1, 3):
        for _ in range(times):
            with database.writing() as session:
                trail.record_all(session, MONDAY, "U0AMIRA", "Seen", entries)
        with database.writing() as session:
            seal_all(session, MONDAY)
        tracemalloc.start()
        with database.reading() as session:
            assert named(session) == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    database.close()
    few, many = peaks
    assert many < few * 1.3, "of 3,000 and of 12,000"


def test_entries_and_salts_are_never_alike(sealed: Database) -> None:
    with sealed.rehearsing() as session:
        keys = [*write(session, 1, MONDAY), *write(session, 1, MONDAY)]
        one, two = (entry(session, key) for key in keys)
        assert content_of(one) == content_of(two)
        assert one.digest != two.digest
        salts = session.scalars(select(table(TrailEntry).c.salt)).all()
        assert len({*salts} - {"5a" * 16}) >= len(salts) - 1
