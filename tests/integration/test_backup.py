"""Backups: the whole record in one file, taken from either database while others write, and restored into either."""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import func, inspect, select, text
from sqlmodel import SQLModel
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.db import Database, table
from bot.engines import snapshot_engine
from bot.errors import UserError
from bot.migrations import migrate, out_of_shape
from bot.models import Contract, JobHeartbeat, OutboxMessage, OutboxState, TrailEntry
from bot.snapshots import manifest
from bot.snapshots.file import opened
from bot.snapshots.restoring import restored
from bot.snapshots.taking import take
from tests.builders import draft, dump, rows, work
from tests.conftest import KINDS, Templates
from tests.integration import old_rows
from tests.integration.everything import fill_everything
from tests.integration.test_upgrading import assert_sound

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
TAKEN = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


def ran(command: str, file: Path, url: str) -> str:
    """What the command prints, or the sentence with which it is refused."""
    done = CliRunner().invoke(cli, [command, str(file)], env={"DATABASE_URL": url})
    if isinstance(done.exception, UserError):
        return done.exception.sentence
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(params=KINDS)
def full_url(request: pytest.FixtureRequest, templates: Templates) -> Iterator[str]:
    """A database with something in every table."""
    url = templates.copy_of(request.param, "everything", fill_everything)
    yield url
    templates.drop(url)


@pytest.fixture
def full(full_url: str) -> Iterator[Database]:
    database = Database(full_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def file_of_all(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with something in every table, not to be changed."""
    file = tmp_path_factory.mktemp("backups") / "all.backup"
    ran("backup", file, templates.copy_of("sqlite", "everything", fill_everything))
    return file


@pytest.fixture
def file(file_of_all: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(copyfile(file_of_all, tmp_path / "all.backup"))


def test_every_table_has_something_to_copy(full: Database) -> None:
    """What the other tests say of every row says nothing of a table without any."""
    before = dump(full)
    assert [name for name in SQLModel.metadata.tables if not before[name]] == []


def test_a_round_trip_through_the_other_database_gives_back_every_row(
    full: Database, templates: Templates, tmp_path: Path
) -> None:
    kind = full.engine.dialect.name
    before = dump(full)
    at = full
    for number, there in enumerate((OTHER[kind], kind)):
        path = tmp_path / f"{number}.backup"
        taken = take(at.reading_engine, path, TAKEN)
        assert taken.rows == sum(map(len, before.values())) - 1  # but for the row of the revision
        target = Database(templates.unmigrated(there))
        with opened(path) as snapshot, restored(target.engine, snapshot) as (_, left_out):
            assert left_out == []
        if at is not full:
            at.close()
        at = target
    assert dump(at) == before
    assert_sound(at)
    at.close()


def test_the_numbers_go_on_after_those_that_are_there(templates: Templates, file: Path) -> None:
    with templates.lent("postgresql", portfolio=False) as url:
        ran("restore", file, url)
        database = Database(url)
        with database.engine.connect() as connection:
            for name, each in SQLModel.metadata.tables.items():
                if "id" not in each.c or not inspect(connection).get_columns(name)[0]["default"]:
                    continue
                following = connection.scalar(text(f"select nextval(pg_get_serial_sequence('{name}', 'id'))"))
                assert following == connection.scalar(select(func.max(each.c.id))) + 1, name
        database.close()


def test_a_backup_says_what_it_holds_and_only_its_owner_may_read_it(full_url: str, tmp_path: Path) -> None:
    path = tmp_path / "new.backup"
    told = ran("backup", path, full_url).splitlines()
    assert re.fullmatch(rf"Wrote {path}: [\d,]+ rows in \d\d tables, at migration \d{{4}}, in \d+ seconds?\.", told[0])
    assert "         12 contracts" in told
    assert "          1 outbox message" in told
    assert "          6 absences" not in told
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == ["new.backup"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert ran("backup", path, full_url).startswith(f"{path} is there already")


def test_who_writes_all_the_time_is_not_stopped_and_what_is_kept_is_of_one_instant(
    full: Database, templates: Templates, tmp_path: Path
) -> None:
    """Each write is an entry of the trail, a message and its update: a backup has all of a write or nothing."""
    path, ended, done = tmp_path / "busy.backup", threading.Event(), [0]
    url = full.engine.url.render_as_string(hide_password=False)

    def write_on() -> None:
        while not ended.is_set():
            with full.writing() as session:
                doing = work(session, TAKEN)
                number = doing.record("tried", f"write {done[0]}")
                doing.enqueue(draft(f"write {number}", channel="CBUSY"))
                session.flush()
                first = session.scalars(
                    select(OutboxMessage).where(table(OutboxMessage).c.key == f"write {number}")
                ).one()
                session.add(
                    OutboxMessage(
                        **{**first.model_dump(exclude={"id", "key"}), "key": f"again {number}", "replaces_id": first.id}
                    )
                )
            done[0] += 1

    writer = threading.Thread(target=write_on)
    writer.start()
    while not done[0]:
        pass
    before = done[0]
    try:
        ran("backup", path, url)
        meanwhile = done[0] - before
    finally:
        ended.set()
        writer.join()
    assert meanwhile > 5
    with templates.lent(OTHER[full.engine.dialect.name], portfolio=False) as target:
        assert "All of it is as it was written." in ran("restore", path, target)
        after = Database(target)
        tried = {each.id for each in rows(after, TrailEntry) if each.action == "tried"}
        kept = {each.key for each in rows(after, OutboxMessage)}
        after.close()
    assert before <= len(tried) <= before + meanwhile + 1
    assert {key for key in kept if key.startswith(("write", "again"))} == {
        f"{what} {number}" for what in ("write", "again") for number in tried
    }


def test_a_restored_record_goes_on_from_where_it_is(full_url: str, templates: Templates, tmp_path: Path) -> None:
    """What waits is in doubt, so that it is looked for before it is sent; what is shown is drawn anew."""
    path = tmp_path / "last-night.backup"
    database = Database(full_url)
    before = dump(database)
    database.close()
    ran("backup", path, full_url)
    with templates.lent(OTHER["sqlite" if full_url.startswith("sqlite") else "postgresql"], portfolio=False) as target:
        told = ran("restore", path, target)
        after = Database(target)
        message, *_ = rows(after, OutboxMessage)
        assert (message.state, message.in_doubt, message.lease) == (OutboxState.FAILED, True, None)
        assert rows(after, JobHeartbeat) == []
        entry = rows(after, TrailEntry)[-1]
        assert (entry.actor, entry.action, entry.subject) == ("restore", "database restored", "database")
        counts = {name: len(kept) for name, kept in dump(after).items()}
        after.close()
    but = {
        "job_heartbeat": 0,
        "trail_entry": 1 + len(before["trail_entry"]),
        "home_change": 1 + len(before["home_change"]),
    }
    assert counts == {name: len(kept) for name, kept in before.items()} | but
    assert "1 message waits to be sent, the oldest for" in told
    assert "  liaison job --dry-run --from 20" in told


def test_a_backup_of_an_earlier_revision_is_brought_up_to_date(
    templates: Templates, tmp_path: Path, old_url: str
) -> None:
    """It says what the database says that was migrated itself, but for what is drawn at random."""
    path, kind = tmp_path / "old.backup", "sqlite" if old_url.startswith("sqlite") else "postgresql"
    ran("backup", path, old_url)
    itself = Database(old_url)
    migrate(itself.engine)
    drawn = ("public_id", "salt", "digest")
    with templates.lent(kind, portfolio=False) as target:  # which is at the newest revision
        database = Database(target)
        with opened(path) as snapshot, restored(database.engine, snapshot):
            pass
        with itself.engine.connect() as first, database.engine.connect() as second:
            one, other = old_rows.contents(first), old_rows.contents(second)
        assert_sound(database)
        database.close()
    itself.close()
    for name, kept in one.items():
        without = [
            sorted(repr({c: v for c, v in row.items() if c not in drawn}) for row in said)
            for said in (kept, other[name])
        ]
        assert without[0] == without[1], name


@pytest.fixture(params=KINDS)
def old_url(request: pytest.FixtureRequest, templates: Templates) -> Iterator[str]:
    """A database at the first revision, with something in every table."""
    url = templates.unmigrated(request.param)
    database = Database(url)
    migrate(database.engine, "0001")
    with database.engine.begin() as connection:
        old_rows.fill(connection)
    database.close()
    yield url
    templates.drop(url)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def change(statement: str) -> Callable[[Path], None]:
    def changed(file: Path) -> None:
        with sqlite3.connect(file) as connection:
            connection.execute(statement)
        connection.close()

    return changed


def flip(file: Path) -> None:
    """Change one letter where it stands, as a disk might."""
    content = file.read_bytes()
    at = content.index(b"Northgate Futures")
    file.write_bytes(content[:at] + b"M" + content[at + 1 :])


def say_again(**changes: str | int) -> Callable[[Path], None]:
    """Another list, with its own digest, as another version would write it."""

    def changed(file: Path) -> None:
        with opened(file) as snapshot:
            other = manifest.Manifest(**{**vars(snapshot.manifest), **changes})
        for name, value in {**changes, "digest": other.digest}.items():
            change(f"update liaison_snapshot set {name} = '{value}'")(file)

    return changed


CHANGED = "is not as it was written: it was changed or damaged. It cannot be restored. Take another backup."
REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off": (cut, "is no backup of Liaison, or is damaged"),
    "a letter": (flip, CHANGED),
    "a row changed": (change("update contract set title = 'Another'"), CHANGED),
    "a row less": (change("delete from risk where rowid = 1"), CHANGED),
    "a table less": (change("drop table risk"), CHANGED),
    "the list": (change("update liaison_snapshot set taken_at = '2020-01-01T00:00:00+00:00'"), CHANGED),
    "no backup": (change("drop table liaison_snapshot"), "is no backup of Liaison. One is made by: liaison backup."),
    "no SQLite": (lambda file: file.write_text("contracts"), "is no backup of Liaison, or is damaged: file is not a"),
    "empty": (lambda file: file.write_text(""), "A plain copy of a running database is none"),
    "not there": (Path.unlink, "could not be read: No such file or directory."),
    "newer": (say_again(revision="9999"), "at migration 9999, which this version of Liaison does not know."),
    "newer form": (say_again(format=2), "was made by a newer version of Liaison. Restore it with that version."),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_whole_backup_is_refused_and_no_database_is_made(file: Path, tmp_path: Path, what: str) -> None:
    spoil, says = REFUSED[what]
    spoil(file)
    assert says in ran("restore", file, f"sqlite:///{tmp_path / 'new.db'}")
    assert what == "newer" or not (tmp_path / "new.db").exists()


def test_a_database_with_something_in_it_is_not_restored_into(portfolio: Database, file: Path) -> None:
    before = dump(portfolio)
    said = ran("restore", file, portfolio.engine.url.render_as_string(hide_password=False))
    assert "is not empty, and nothing was restored: its table" in said
    assert dump(portfolio) == before


def test_a_database_of_something_else_is_neither_backed_up_nor_restored_into(file: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    change("create table music (title text)")(tmp_path / "other.db")
    assert (
        ran("backup", tmp_path / "x.backup", url)
        == "The database that DATABASE_URL names has no record of Liaison in it."
    )
    assert "has other tables in it" in ran("restore", file, url)
    assert not (tmp_path / "x.backup").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_database_does_not_take_leaves_it_empty(templates: Templates, file: Path, kind: str) -> None:
    """A row that points at nothing, in a file that is otherwise as it should be."""
    change("update milestone set contract_id = 999 where rowid = 1")(file)
    _list_again(file)
    with templates.lent(kind, portfolio=False) as url:
        database = Database(url)
        before = dump(database)
        assert ran("restore", file, url) == (
            "Nothing was restored: rows of the table milestone would point at others that are not there."
        )
        assert dump(database) == before
        assert out_of_shape(database.engine) == []
        database.close()


def test_what_is_too_long_for_postgresql_is_named(templates: Templates, file: Path) -> None:
    """SQLite keeps to no length."""
    change(f"update organisation set name = '{'x' * 1000}' where rowid = 1")(file)
    _list_again(file)
    with templates.lent("postgresql", portfolio=False) as url:
        said = ran("restore", file, url)
        assert said.startswith("Nothing was restored: the database does not take a row of the table organisation. ")
        assert "too long" in said


def test_a_trail_that_was_changed_is_restored_and_said_to_be(templates: Templates, file: Path) -> None:
    change("update trail_entry set actor = 'U0NOBODY' where id = 2")(file)
    _list_again(file)
    with templates.lent("sqlite", portfolio=False) as url:
        done = CliRunner().invoke(cli, ["restore", str(file)], env={"DATABASE_URL": url})
        assert done.exit_code == 1
        assert "CHANGED    entry 2: it does not say what it said when written" in done.stdout
        database = Database(url)
        assert len(rows(database, Contract)) == 12
        database.close()


def _list_again(file: Path) -> None:
    """Make the list of a backup say what is in it now, as if it had been so when it was taken."""
    with sqlite3.connect(file) as connection:
        said = connection.execute("select revision, taken_at, taken_from from liaison_snapshot").fetchone()
        names = [name for (name,) in connection.execute("select name from liaison_snapshot_table")]
        for each in ("liaison_snapshot", "liaison_snapshot_table"):
            connection.execute(f"drop table {each}")
    connection.close()
    engine = snapshot_engine(file, only_reads=False)
    with engine.begin() as snapshot:
        held = manifest.held_in(snapshot, names)
        manifest.write(snapshot, manifest.Manifest(said[0], datetime.fromisoformat(said[1]), said[2], held))
    engine.dispose()
