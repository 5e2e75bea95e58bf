"""A database that was filled at the first revision: every later one keeps what is in it, there and back."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from bot import migrations
from bot.db import Database
from bot.domain.normalisation import folded
from bot.domain.trail_digests import content_digest
from bot.errors import UserError
from bot.migrations import migrate, migrating
from bot.migrations.shape import differences, read
from bot.models import TrailEntry
from bot.services.trail.entries import content_of
from tests.conftest import KINDS, Templates
from tests.integration.old_rows import Rows, contents, fill, reflected

REVISIONS = [each.revision for each in ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions()][::-1]
RENAMED: Mapping[str, str] = {
    "audit_entry": "trail_entry",
    "memo": "document_recipient",
    "kept_form": "form_draft",
    "nudge": "reminder",
    "nudge_line": "reminder_line",
    "nudge_setting": "reminder_setting",
}
"""What a table of the first revision is called now, where it is called something else."""
APPEND_ONLY = ("trail_entry", "contact", "contact_person", "risk_assessment")
TRIGGERS = {**dict.fromkeys(APPEND_ONLY, ("update",)), "trail_entry": ("update", "replace")}
"""What of each, on SQLite, refuses something other than a removal."""


@pytest.fixture(params=KINDS)
def old(request: pytest.FixtureRequest, templates: Templates) -> Iterator[Database]:
    """A database of each kind at the first revision, with something in every table."""
    url = templates.unmigrated(request.param)
    database = Database(url)
    migrate(database.engine, REVISIONS[0])
    with database.engine.begin() as connection:
        fill(connection)
    yield database
    database.close()
    templates.drop(url)


def test_the_old_rows_leave_no_table_out(old: Database) -> None:
    with old.engine.connect() as connection:
        assert [name for name, rows in contents(connection).items() if not rows] == []


def test_every_step_keeps_every_row_and_can_be_taken_back(old: Database) -> None:
    with old.engine.connect() as connection:
        first = contents(connection)
    shapes = []
    for revision in REVISIONS:
        migrate(old.engine, revision)
        with old.engine.connect() as connection:
            shapes.append(read(connection))
            assert lost(first, contents(connection)) == []
    assert_sound(old)
    for wanted in shapes[-2::-1]:
        with migrating(old.engine) as (config, _):
            command.downgrade(config, "-1")
        with old.engine.connect() as connection:
            assert read(connection) == wanted
    with old.engine.connect() as connection:
        assert contents(connection) == first
    migrate(old.engine)
    assert_sound(old)
    with old.engine.connect() as connection:
        assert lost(first, contents(connection)) == []


def lost(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> list[str]:
    """Tables that have other rows than before, in the columns that are still there."""
    changed = []
    for name, rows in before.items():
        now = after[name if name in after else RENAMED[name]]
        kept = [column for column in rows[0] if column in now[0]]
        if only(rows, kept) != only(now, kept):
            changed.append(name)
    return changed


def only(rows: Rows, columns: list[str]) -> list[str]:
    return sorted(repr([row[column] for column in columns]) for row in rows)


def assert_sound(database: Database) -> None:
    """The shape is the models', foreign keys hold, and what only grows can be neither changed nor emptied."""
    with database.engine.connect() as connection:
        assert differences(connection) == []
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("pragma foreign_key_check").all() == []
            assert connection.exec_driver_sql("pragma foreign_keys").scalar() == 1
    for table in APPEND_ONLY:
        column = next(iter(SQLModel.metadata.tables[table].primary_key)).name
        for statement in (f"update {table} set {column} = {column}", f"delete from {table}"):
            with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
                connection.execute(text(statement))


def test_every_entry_of_the_trail_gets_a_digest_of_what_it_says_and_a_salt_of_its_own(old: Database) -> None:
    migrate(old.engine)
    with old.reading() as session:
        entries = session.scalars(select(TrailEntry)).all()
    assert len(entries) > 10
    assert len({each.salt for each in entries}) == len(entries)
    for each in entries:
        assert len(each.salt) == 32
        assert each.digest == content_digest(each.salt, content_of(each))


def test_every_record_gets_a_public_id_of_its_own(old: Database) -> None:
    migrate(old.engine)
    tables = [name for name, table in SQLModel.metadata.tables.items() if "public_id" in table.c]
    assert len(tables) == 32
    with old.engine.connect() as connection:
        ids = [row["public_id"] for name, rows in contents(connection).items() if name in tables for row in rows]
    assert len(ids) > 100
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{16}", each) for each in ids)


def test_a_table_that_is_made_anew_keeps_its_triggers_and_loses_those_it_is_to_lose(tmp_path: Path) -> None:
    """On SQLite; PostgreSQL changes a table in place."""
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(database.engine)
    with migrating(database.engine) as (_, connection):
        operations = Operations(MigrationContext.configure(connection))
        for table in APPEND_ONLY:
            connection.execute(text(f"drop trigger {table}_no_delete"))
            with operations.batch_alter_table(table, recreate="always"):
                pass
        shape = read(connection)
    database.close()
    for table in APPEND_ONLY:
        kept = [part for part in shape[table] if part.startswith("trigger")]
        assert kept == [f"trigger {table}_no_{verb}" for verb in TRIGGERS[table]]


def test_a_migration_that_would_leave_rows_of_nothing_is_undone(tmp_path: Path) -> None:
    """On SQLite, where foreign keys do not hold while tables are made anew."""
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(database.engine)
    with (
        pytest.raises(UserError, match="rows would point at nothing, from") as refused,
        migrating(database.engine) as (_, connection),
    ):
        orphan(connection)
    assert refused.value.sentence == (
        "The migration was undone: rows would point at nothing, from channel to contract, digest to channel."
    )
    with database.engine.connect() as connection:
        assert {name for name, rows in contents(connection).items() if rows} == {"proclaimed_day"}, "what it brings"
        assert connection.exec_driver_sql("pragma foreign_keys").scalar() == 1
    database.close()


def orphan(connection: Connection) -> None:
    inserts: dict[str, dict[str, Any]] = {
        "channel": {"id": 1, "slack": "C1", "contract_id": 99, "audience": "internal", "created_at": "2027-01-04"},
        "digest": {
            "channel_id": 9,
            "weekday": 0,
            "hour": 9,
            "minute": 0,
            "if_quiet": "silence",
            "stopped": 0,
            "since": "2027-01-04",
        },
    }
    for table, values in inserts.items():
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(text(f"insert into {table} ({names}) values ({marks})"), values)


def test_what_is_stored_under_an_old_word_is_found_under_the_new_one(old: Database) -> None:
    """All but the key of a message that may be in Slack already: it is looked for there by the key that it has."""
    migrate(old.engine, "0003")
    with old.engine.begin() as connection:
        contents_of = reflected(connection)
        messages, claims, beats = (contents_of[name] for name in ("outbox_message", "occurrence", "job_heartbeat"))
        claim = connection.execute(select(claims)).mappings().first()
        assert claim is not None
        claimed = {**claim, "rule": "nudges", "subject": "scotland"}
        connection.execute(claims.insert(), {**claimed, "id": 901})
        connection.execute(claims.insert(), {**claimed, "rule": "nudges of a person", "id": 902})
        beat = connection.execute(select(beats)).mappings().first()
        assert beat is not None
        connection.execute(beats.insert(), {**beat, "job": "nudge"})
        message = connection.execute(select(messages)).mappings().first()
        assert message is not None
        for number, state in enumerate(("sent", "pending", "sending")):
            unsent = {} if state == "sent" else {"settled_at": None, "slack_channel": None, "slack_ts": None}
            changed = {"id": 900 + number, "key": f"nudge-{number}", "state": state, **unsent}
            connection.execute(messages.insert(), {**message, **changed})
    migrate(old.engine)
    with old.engine.connect() as connection:
        keys = connection.execute(text("select key from outbox_message where id >= 900 order by id")).scalars().all()
        rules = connection.execute(text("select rule from occurrence where id >= 900 order by id")).scalars().all()
        jobs = connection.execute(text("select job from job_heartbeat")).scalars().all()
    assert keys == ["reminder-0", "reminder-1", "nudge-2"]
    assert rules == ["reminders", "reminders of a person"]
    assert "remind" in jobs
    assert "nudge" not in jobs


def test_a_kind_that_comes_later_is_kept_and_goes_on_the_way_back(old: Database) -> None:
    """What falls due is no list of the tables'; the revision before has one, with the kinds of its time."""
    migrate(old.engine)
    with old.engine.begin() as connection:
        snoozes = reflected(connection)["snooze"]
        known = connection.execute(select(snoozes)).mappings().all()
        connection.execute(snoozes.insert(), {**known[0], "id": 901, "kind": "of another year"})
    with migrating(old.engine) as (config, _):
        command.downgrade(config, "0005")
    with old.engine.begin() as connection:
        assert connection.execute(select(snoozes)).mappings().all() == known
        with pytest.raises(DBAPIError, match="reminderkind"):
            connection.execute(snoozes.insert(), {**known[0], "id": 901, "kind": "of another year"})


def test_the_cut_offs_of_before_hold_from_the_first_period(old: Database) -> None:
    migrate(old.engine, "0015")
    cut_offs = ("good", "approaching", "requires_improvement")
    with old.engine.connect() as connection:
        kpis = connection.execute(select(reflected(connection)["kpi"]).order_by(text("id"))).mappings().all()
        began: dict[int, Any] = dict(connection.execute(text("select id, start_date from contract")).all())
        reported: dict[int, str] = dict(
            connection.execute(text("select contract_id, min(period) from report group by 1")).all()
        )
    migrate(old.engine)
    with old.engine.connect() as connection:
        kept = connection.execute(select(reflected(connection)["kpi_target"]).order_by(text("kpi_id"))).mappings().all()
    assert [each["kpi_id"] for each in kept] == [each["id"] for each in kpis]
    for before, after in zip(kpis, kept, strict=True):
        contract = before["contract_id"]
        assert [after[name] for name in cut_offs] == [before[name] for name in cut_offs]
        assert after["from_period"] == min(str(began[contract])[:7], reported.get(contract, "9999-12"))


def test_what_search_looks_in_is_there_for_the_rows_of_before(old: Database) -> None:
    texts = {
        "organisation": ["name"],
        "person": ["name"],
        "contract": ["title"],
        "contact": ["summary", "decisions", "purpose", "attendees"],
        "action": ["what"],
    }
    migrate(old.engine, "0007")
    with old.engine.begin() as connection:
        connection.execute(text("update person set name = 'Zoë \u0141ukasz O\u2019Hara \u200bﬁrst'"))
        connection.execute(text("update organisation set name = 'Ynys \u2013 M\u00d4N'"))
    migrate(old.engine)
    with old.engine.connect() as connection:
        for table, of in texts.items():
            for row in connection.execute(select(reflected(connection)[table])).mappings():
                assert row["folded"] == folded(" ".join(row[each] for each in of))
        assert set(connection.scalars(text("select folded from person"))) == {"zoe lukasz ohara first"}
        assert set(connection.scalars(text("select folded from organisation"))) == {"ynys - mon"}


def test_a_renewal_of_a_partner_becomes_a_certificate_with_its_reminders_and_goes_back(old: Database) -> None:
    """One that the department owes stays what it owes, as a milestone."""
    migrate(old.engine, "0015")
    with old.engine.begin() as connection:
        tables = reflected(connection)
        known = connection.execute(select(tables["milestone"])).mappings().first()
        snoozed = connection.execute(select(tables["snooze"])).mappings().first()
        assert known is not None
        assert snoozed is not None
        renewal = {**known, "kind": "certificate or policy", "rule": "", "due_on": date(2027, 3, 31)}
        rows: list[dict[str, Any]] = [
            {"id": 901, "name": "Public liability insurance", "owed_by": "partner", "met_on": None},
            {"id": 902, "name": "Cyber Essentials", "owed_by": "partner", "met_on": date(2027, 1, 2)},
            {"id": 903, "name": "Our licence", "owed_by": "department", "met_on": None},
        ]
        for row in rows:
            connection.execute(tables["milestone"].insert(), {**renewal, **row})
            about = {"id": row["id"], "kind": "renewal", "subject_id": row["id"]}
            connection.execute(tables["snooze"].insert(), {**snoozed, **about})
        setting = {"contract_id": known["contract_id"], "kind": "renewal", "before": "20", "late_every": None}
        connection.execute(tables["reminder_setting"].insert(), setting)
        milestones = contents(connection)["milestone"]
        if connection.dialect.name == "postgresql":  # which has not counted the rows that brought their ids
            connection.execute(text("select setval(pg_get_serial_sequence('milestone', 'id'), 1000)"))
    migrate(old.engine)
    with old.engine.begin() as connection:
        found = contents(connection)
        made = {row["name"]: row for row in found["certificate"]}
        insurance, cyber = made["Public liability insurance"], made["Cyber Essentials"]
        assert (insurance["kind"], insurance["state"], insurance["needed_by"]) == (
            "insurance",
            "awaited",
            date(2027, 3, 31),
        )
        assert (cyber["kind"], cyber["state"], cyber["verified_on"]) == ("accreditation", "verified", date(2027, 1, 2))
        assert [row["kind"] for row in found["milestone"] if row["id"] > 900] == ["milestone"]
        assert {(row["kind"], row["subject_id"]) for row in found["snooze"] if row["id"] > 900} == {
            ("certificate", insurance["id"]),
            ("certificate", cyber["id"]),
            ("milestone", 903),
        }
        assert ("certificate", "20") in {(row["kind"], row["before"]) for row in found["reminder_setting"]}
        with pytest.raises(DBAPIError, match="milestonekind"), connection.begin_nested():
            connection.execute(text("update milestone set kind = 'certificate or policy'"))
    with migrating(old.engine) as (config, _):
        command.downgrade(config, "0015")
    with old.engine.connect() as connection:
        before, back = (
            {row["name"]: (row["due_on"], row["met_on"], row["owed_by"]) for row in some}
            for some in (milestones, contents(connection)["milestone"])
        )
        assert back == before


def test_what_was_said_to_be_done_in_a_reminder_is_said_on_its_record(old: Database) -> None:
    migrate(old.engine, "0018")
    with old.engine.begin() as connection:
        found = contents(connection)
        line, milestone = found["reminder_line"][0], found["milestone"][0]
        (reminder,) = [row for row in found["reminder"] if row["id"] == line["reminder_id"]]
        connection.execute(text("update milestone set met_on = null"))
        claims = text(
            "update reminder_line set state = 'said to be done', kind = 'milestone', subject_id = :of where id = :id"
        )
        connection.execute(text("delete from reminder_line where id <> :id"), {"id": line["id"]})
        connection.execute(claims, {"of": milestone["id"], "id": line["id"]})
    migrate(old.engine)
    with old.engine.connect() as connection:
        (said,) = [row for row in contents(connection)["milestone"] if row["id"] == milestone["id"]]
    assert (said["said_on"], said["said_done_on"]) == (reminder["day"], reminder["day"])
    assert (said["said_done_by_id"], said["met_on"]) == (reminder["person_id"], None)


@pytest.mark.parametrize(("amount", "known"), [(15_000_000, True), (15_000_001, False)])
def test_the_lines_of_a_settled_credit_are_filled_in_where_they_make_its_sum(
    old: Database, amount: int, known: bool
) -> None:
    """3 points of 0.5% of £100,000 make £1,500."""
    migrate(old.engine, "0027")
    with old.engine.begin() as connection:
        tables = reflected(connection)
        (kpi,) = contents(connection)["kpi"][:1]
        of: dict[str, Any] = {"contract_id": kpi["contract_id"]}
        (reading,) = [each for each in contents(connection)["reading"] if each["kpi_id"] == kpi["id"]][:1]
        report = next(each for each in contents(connection)["report"] if each["id"] == reading["report_id"])
        assert report["decision"] == "accepted"
        worse = {"rating": "Inadequate", "computed": "Inadequate"}
        of_kpi = tables["reading"].c.kpi_id == kpi["id"]
        connection.execute(tables["reading"].update().where(of_kpi).values(**worse))
        terms = {"since": "2020-01", "percent_per_point": 5_000, "approaching": 1, "requires_improvement": 2}
        connection.execute(
            tables["credit_terms"].insert(), {**of, **terms, "inadequate": 3, "doubles": True, "year_cap": None}
        )
        month = {**of, "period": report["period"], "charges": 1_000_000_000, "reason": ""}
        connection.execute(tables["spend"].delete())
        connection.execute(tables["spend"].insert(), {**month, "entered_on": date(2027, 1, 4)})
        connection.execute(tables["service_credit"].delete())
        credit = {**of, "id": 901, "public_id": "key-of-credit901", "period": report["period"], "part": 1, "worth": 0}
        credit |= {"sendings": 1, "comment": "", "reason": "", "invoice": "BC-1", "state": "deducted", "amount": amount}
        days = {"proposed_on": date(2026, 9, 1), "deducted_on": date(2026, 9, 30)}
        connection.execute(tables["service_credit"].insert(), {**credit, **days})
    migrate(old.engine)
    with old.engine.begin() as connection:
        found = contents(connection)
    workings = [(each["credit_id"], each["percent"], each["amount"]) for each in found["credit_working"]]
    assert workings == ([(901, 15_000, 15_000_000)] if known else [])
    lines = [each for each in found["credit_working_line"] if each["kpi"] == kpi["code"]]
    said = [(each["rating"], each["points"], each["times"], each["name"]) for each in lines]
    assert said == ([("Inadequate", 3, 1, kpi["name"])] if known else [])
