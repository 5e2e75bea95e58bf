"""A database whose revision says one thing and whose tables say another is found out, in words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.db import Database
from bot.errors import UserError
from bot.migrations import Standing, migrate, require_up_to_date
from bot.migrations.shape import differences
from tests.conftest import Templates

REWRITTEN = "update sqlite_master set sql = replace(sql, '{}', '{}') where type = 'table' and name = '{}'"
SQLITE = [
    ("drop table snooze", "The table snooze is missing."),
    ("alter table risk add column mood text", "risk: the column mood should not be there."),
    ("alter table risk drop column controls", "risk: the column controls is missing."),
    ("drop trigger contact_no_update", "contact: the trigger contact_no_update is missing."),
    (
        "create trigger gone after insert on risk begin delete from risk; end",
        "risk: the trigger gone should not be there.",
    ),
    ("drop index ix_risk_review_on", "risk: the index ix_risk_review_on is missing."),
    ("create unique index once on risk (title)", "risk: the index once should not be there."),
    (
        REWRITTEN.format("between 1 and 15", "between 1 and 20", "contract"),
        "contract: the check contract_report_working_day is ( report_working_day between 1 and 20 ) "
        "and should be ( report_working_day between 1 and 15 ).",
    ),
    (
        REWRITTEN.format("''shared''", "''open''", "channel"),
        "channel: the check audience is ( audience in ( 'internal' , 'open' ) ) "
        "and should be ( audience in ( 'internal' , 'shared' ) ).",
    ),
    (
        REWRITTEN.format("title VARCHAR(150) NOT NULL", "title VARCHAR(150)", "contract"),
        "contract: the column title is VARCHAR(150) and should be VARCHAR(150) not null.",
    ),
    (
        REWRITTEN.format("title VARCHAR(150) NOT NULL", "title INTEGER NOT NULL DEFAULT 7", "contract"),
        "contract: the column title is INTEGER not null default 7 and should be VARCHAR(150) not null.",
    ),
    (
        REWRITTEN.format("UNIQUE (person_id, day)", "UNIQUE (day, person_id)", "reminder"),
        "reminder: the unique constraint (day, person_id) should not be there. "
        "reminder: the unique constraint (person_id, day) is missing.",
    ),
    (
        REWRITTEN.format(
            "times_told INTEGER NOT NULL", "times_told INTEGER NOT NULL CHECK (times_told > 0)", "reminder"
        ),
        "reminder: the check should not be there.",
    ),
    (
        REWRITTEN.format("REFERENCES person (id)", "REFERENCES contract (id)", "home_page"),
        "home_page: the foreign key (person_id) to contract (id) should not be there. "
        "home_page: the foreign key (person_id) to person (id) is missing.",
    ),
    (
        REWRITTEN.format(" ON DELETE CASCADE", "", "digest"),
        "digest: the foreign key (channel_id) to channel (id) is on update no action on delete no action "
        "and should be on update no action on delete cascade.",
    ),
    (
        REWRITTEN.format(
            "PRIMARY KEY (contact_id, person_id)", "PRIMARY KEY (person_id, contact_id)", "contact_person"
        ),
        "contact_person: the primary key is person_id, contact_id and should be contact_id, person_id.",
    ),
]
POSTGRESQL = [
    ("drop table snooze", "The table snooze is missing."),
    ("alter table risk add column mood text", "risk: the column mood should not be there."),
    ("alter table risk drop column controls", "risk: the column controls is missing."),
    ("drop trigger contact_append_only on contact", "contact: the trigger contact_append_only is missing."),
    (
        "alter table contact disable trigger contact_append_only",
        "contact: the trigger contact_append_only is .*, switched off: begin raise exception .* and should be .*",
    ),
    (
        "create or replace function contact_append_only() returns trigger language plpgsql as "
        "$$ begin return null; end $$",
        "contact: the trigger contact_append_only is .*: begin return null; end and should be .*",
    ),
    ("drop index ix_risk_review_on", "risk: the index ix_risk_review_on is missing."),
    ("create unique index once on risk (title)", "risk: the index once should not be there."),
    (
        "alter table contract drop constraint contract_report_working_day, "
        "add constraint contract_report_working_day check (report_working_day between 1 and 20)",
        "contract: the check contract_report_working_day is CHECK .* 20\\) and should be CHECK .* 15\\).",
    ),
    (
        "alter table contract alter title drop not null",
        "contract: the column title is character varying\\(150\\) and should be character varying\\(150\\) not null.",
    ),
    (
        "alter table contract alter title type varchar(99), alter title set default 'x'",
        "contract: the column title is character varying\\(99\\) not null default 'x'::character varying "
        "and should be .*",
    ),
    (
        "alter table reminder drop constraint reminder_person_id_day_key",
        "reminder: the UNIQUE \\(person_id, day\\) is missing.",
    ),
    (
        "alter table home_page drop constraint home_page_person_id_fkey",
        "home_page: the FOREIGN KEY \\(person_id\\) REFERENCES person\\(id\\) is missing.",
    ),
    (
        "alter table contact_person drop constraint contact_person_pkey",
        "contact_person: the PRIMARY KEY \\(contact_id, person_id\\) is missing.",
    ),
]


@pytest.fixture(scope="module")
def shared(templates: Templates) -> Iterator[dict[str, Database]]:
    """A database of each kind, of which every change is rolled back."""
    urls = [templates.copy(kind, portfolio=False) for kind in ("sqlite", "postgresql")]
    databases = [Database(url) for url in urls]
    yield {each.engine.dialect.name: each for each in databases}
    for each, url in zip(databases, urls, strict=True):
        each.close()
        templates.drop(url)


@pytest.mark.parametrize(("change", "says"), POSTGRESQL)
def test_postgresql_is_read_whole(shared: dict[str, Database], change: str, says: str) -> None:
    with shared["postgresql"].engine.connect() as connection:
        assert differences(connection) == []
        connection.execute(text(change))
        assert re.fullmatch(says, " ".join(differences(connection)))


@pytest.mark.parametrize(("change", "says"), SQLITE)
def test_sqlite_is_read_whole(templates: Templates, change: str, says: str) -> None:
    database = Database(templates.copy("sqlite", portfolio=False))
    with database.engine.connect() as connection:
        assert differences(connection) == []
        connection.exec_driver_sql("pragma writable_schema=on")
        assert connection.exec_driver_sql(change).rowcount != 0
        connection.exec_driver_sql("pragma writable_schema=reset")  # it is read anew
        assert " ".join(differences(connection)) == says
    database.close()


def test_words_of_a_condition_count_and_their_spelling_does_not(templates: Templates) -> None:
    database = Database(templates.copy("sqlite", portfolio=False))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("drop index more_time_waiting")
        connection.exec_driver_sql(
            'CREATE UNIQUE INDEX more_time_waiting ON "more_time" ("kind",subject_id)  WHERE decided_at IS NULL'
        )
        assert differences(connection) == []
        connection.exec_driver_sql("drop index more_time_waiting")
        connection.exec_driver_sql("create unique index more_time_waiting on more_time (kind, subject_id)")
        assert len(differences(connection)) == 1
    database.close()


def test_a_table_of_somebody_else_is_left_alone(empty: Database) -> None:
    with empty.engine.connect() as connection:
        connection.execute(text("create table _backup_position (id integer primary key, at integer)"))
        assert differences(connection) == []


def test_to_look_leaves_nothing_behind(empty: Database) -> None:
    with empty.engine.connect() as connection:
        assert differences(connection) == differences(connection) == []
        if connection.dialect.name == "postgresql":
            left = "select count(*) from pg_class where relpersistence = 't'"
            assert connection.execute(text(left)).scalar() == 0
            assert connection.execute(text("show search_path")).scalar() == '"$user", public'


def damage(database: Database) -> None:
    """What somebody does who wants a record gone."""
    on = " on trail_entry" if database.engine.dialect.name == "postgresql" else ""
    name = "trail_entry_append_only" if on else "trail_entry_no_delete"
    with database.engine.begin() as connection:
        connection.execute(text(f"drop trigger {name}{on}"))


def test_a_database_that_only_says_it_is_up_to_date_is_refused(empty: Database) -> None:
    require_up_to_date(empty.engine)
    damage(empty)
    for attempt in (require_up_to_date, migrate):
        with pytest.raises(UserError, match="It was changed by hand, or made by") as refused:
            attempt(empty.engine)
        assert re.fullmatch(
            r"The database is at revision \d{4}, but it is not what that revision makes\. "
            r"trail_entry: the trigger trail_entry_(no_delete|append_only) is missing\. "
            r"It was changed by hand, or made by a version that was never released\. "
            r"Undo that change, or restore a backup from before it; then run: liaison migrate",
            refused.value.sentence,
        )


def test_one_made_by_a_migration_that_was_written_anew_is_refused(tmp_path: Path) -> None:
    """Its revision is the newest; the first of them did something else at the time."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    database = Database(url)
    migrate(database.engine, "0001")
    with database.engine.begin() as connection:
        connection.execute(text("alter table occurrence add column note text"))
    with pytest.raises(UserError, match="It was changed by hand, or made by"):
        migrate(database.engine)
    with database.engine.connect() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalar() == "0001", "as it was"
    with database.engine.begin() as connection:
        connection.execute(text("alter table occurrence drop column note"))
    database.close()
    done = CliRunner().invoke(cli, ["migrate"], env={"DATABASE_URL": url})
    assert (done.exit_code, done.stdout) == (0, "The database is up to date.\n")


def test_who_asks_again_and_again_is_answered_from_memory_while_all_is_well(empty: Database) -> None:
    standing = Standing()

    def asked(each: Standing) -> str:
        with empty.engine.connect() as connection:
            return each.problem(connection)

    assert asked(standing) == ""
    damage(empty)
    assert asked(standing) == "", "the revision is the same"
    late = Standing()
    assert [asked(late), asked(late)] == ["shape", "shape"]
    with empty.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '0001'"))
    assert [asked(standing), asked(late)] == ["migrations", "migrations"]
