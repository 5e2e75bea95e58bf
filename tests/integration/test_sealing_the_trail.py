"""The job that seals the trail: whoever writes meanwhile, each entry is sealed once, and the newest seal is noted."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import select, text
from sqlmodel import Session
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from bot.clock import SystemClock
from bot.db import Database, SingleTransactionDatabase
from bot.models import OutboxMessage, TrailEntry
from bot.services.trail import noting, sealing
from tests.builders import DAY, MONDAY, ROOT, rows, run_job, saved_contract, work
from tests.conftest import KINDS, Templates
from tests.integration.tampering import drop_triggers, named, run, seal_all, seals, write
from tests.integration.together import at_once

T = TypeVar("T")
WRITERS, SEALERS, TURNS = 2, 2, 40
SATURDAY = MONDAY + 5 * DAY
PROGRAM = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture
def written(empty: Database) -> Database:
    """A database with a contract, for entries about it."""
    with empty.writing() as session:
        saved_contract(session)
    return empty


def test_the_job_seals_what_is_there_once(written: Database) -> None:
    with written.rehearsing() as session:
        assert run_job(session, "seal") == 0
        write(session, 3, MONDAY)
        assert run_job(session, "seal") == 3
        assert run_job(session, "seal") == 0
        write(session, 2, MONDAY)
        assert run_job(session, "seal", MONDAY + DAY) == 2
        first, second = seals(session).values()
        assert (first.number, first.first_id, first.at, first.previous) == (1, 1, MONDAY, "")
        assert (second.number, second.first_id, second.at) == (2, first.last_id + 1, MONDAY + DAY)
        assert second.previous == first.digest
        assert named(session) == []


def test_a_segment_has_a_thousand_entries_at_most(written: Database) -> None:
    with written.rehearsing() as session:
        write(session, sealing.AT_MOST * 2 + 1, MONDAY)
        assert run_job(session, "seal", MONDAY + 30 * DAY) == 2001
        assert [len(each.entries) for each in seals(session).values()] == [1000, 1000, 1]
        assert named(session) == [], "what was written long before it is sealed is not back-dated"


class Killed(BaseException):
    """The end of a worker: nothing catches it."""


class Dying(SingleTransactionDatabase):
    """A database whose worker is killed before its second write."""

    wrote = False

    async def write(self, unit: Callable[[Session], T]) -> T:
        """The first write, or the end."""
        if self.wrote:
            raise Killed
        self.wrote = True
        return await super().write(unit)


def test_a_run_that_ends_between_two_segments_is_finished_by_the_next(written: Database) -> None:
    with written.rehearsing() as session:
        write(session, sealing.AT_MOST + 1, MONDAY)
        with pytest.raises(Killed):
            run_job(session, "seal", MONDAY, Dying)
        assert len(seals(session)) == 1
        assert run_job(session, "seal", MONDAY) == 1
        assert len(seals(session)) == 2
        assert named(session) == []


def test_processes_that_write_while_others_seal_lose_nothing_and_each_entry_is_sealed_once(
    written: Database, empty_url: str
) -> None:
    command = [sys.executable, "-m", "tests.integration.writing_entries", empty_url, str(TURNS)]
    writers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(WRITERS)
    ]

    def sealer(database: Database, barrier: Barrier) -> None:
        barrier.wait()
        while any(each.poll() is None for each in writers):
            seal(database)

    at_once(empty_url, SEALERS, sealer)
    said = [each.communicate() for each in writers]
    assert [each.returncode for each in writers] == [0] * WRITERS, said
    ids = sorted(int(key) for out, _ in said for key in out.split())
    assert len(ids) > TURNS
    seal(written)
    with written.reading() as session:
        assert [key for each in seals(session).values() for key, _ in each.entries] == ids
        assert named(session) == []
        assert len(seals(session)) > 1, "some were sealed while others were written"
    assert [each.id for each in rows(written, TrailEntry)] == ids


def seal(database: Database) -> None:
    """What the job does, in transactions of their own."""
    with database.reading() as session:
        horizon = sealing.horizon(work(session))
    left = horizon.writers
    while left:
        with database.reading() as session:
            left &= sealing.writers(work(session))
    while True:
        with database.reading() as session:
            segment = sealing.next_segment(work(session), horizon.last_id)
        if segment is None:
            return
        with database.writing() as session:
            if not sealing.keep(work(session), segment):
                return


def test_what_an_open_transaction_may_still_commit_is_waited_for_and_nothing_later(templates: Templates) -> None:
    """On PostgreSQL: ids are drawn in another order than they are committed in."""
    with (
        templates.lent("postgresql", portfolio=False) as url,
        closing(Database(url)) as slow,
        closing(Database(url)) as quick,
    ):
        with quick.writing() as session:
            saved_contract(session)
        with slow.writing() as early:
            [first] = write(early, 1, MONDAY)
            with quick.writing() as session:
                [second] = write(session, 1, MONDAY)
            assert first < second
            with quick.reading() as session:
                horizon = sealing.horizon(work(session))
            assert horizon.last_id == second
            assert len(horizon.writers) == 1
            with quick.writing() as session:
                assert run_job(session, "seal") == 0, "the first may still come"
        with quick.writing() as later:
            write(later, 1, MONDAY)
            with slow.reading() as session:
                now = sealing.writers(work(session))
                assert len(now) == 1
                assert not now & horizon.writers, "who came later is not waited for"
                segment = sealing.next_segment(work(session), horizon.last_id)
        assert segment is not None
        assert [key for key, _ in segment.entries] == [first, second]


def test_a_transaction_that_was_rolled_back_leaves_a_gap_and_nothing_to_wait_for(written: Database) -> None:
    with written.writing() as session:
        write(session, 2, MONDAY)
        session.rollback()
    with written.writing() as session:
        write(session, 1, MONDAY)
    seal(written)
    with written.reading() as session:
        [sealed] = seals(session).values()
        assert (sealed.first_id, len(sealed.entries)) == (1, 1)
        assert named(session) == []


def test_two_workers_that_seal_the_same_segment_keep_it_once(written: Database) -> None:
    with written.rehearsing() as session:
        write(session, 2, MONDAY)
        doing = work(session)
        segment = sealing.next_segment(doing, sealing.horizon(doing).last_id)
        assert segment is not None
        assert sealing.keep(doing, segment)
        assert not sealing.keep(doing, segment)
        assert len(seals(session)) == 1


def test_the_newest_seal_goes_to_the_log_once_a_day_from_nine(
    written: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "jobs.sealing")
    with written.rehearsing() as session:
        run_job(session, "seal", MONDAY)
        assert caplog.messages == [], "there is no seal"
        write(session, 1, MONDAY)
        run_job(session, "seal", MONDAY - timedelta(minutes=1))
        assert caplog.messages == [], "it is not nine"
        for at in (MONDAY, MONDAY + timedelta(minutes=5), SATURDAY):
            run_job(session, "seal", at)
        [seal] = seals(session).values()
        assert [each.partition(", of")[0] for each in caplog.messages] == [
            f"the newest seal of the audit trail is 1:{seal.digest}"
        ] * 2
        assert session.scalars(select(OutboxMessage)).all() == []


def test_the_channel_that_is_wished_gets_each_newest_seal_once_on_working_days(written: Database) -> None:
    def noted(at: datetime) -> list[str]:
        noting.note(work(session, at), "C0TRAIL")
        return [row.key for row in session.scalars(select(OutboxMessage)) if row.channel == "C0TRAIL"]

    with written.rehearsing() as session:
        write(session, 1, MONDAY)
        seal_all(session, MONDAY)
        assert noted(MONDAY) == ["trail-seal-1"]
        assert noted(MONDAY) == ["trail-seal-1"]
        assert noted(MONDAY + DAY) == ["trail-seal-1"], "it is there already"
        write(session, 1, SATURDAY)
        seal_all(session, SATURDAY)
        assert noted(SATURDAY) == ["trail-seal-1"]
        assert noted(MONDAY + 7 * DAY) == ["trail-seal-1", "trail-seal-2"]
        message = session.scalars(select(OutboxMessage).order_by(text("id desc"))).first()
        assert message is not None
        assert f"liaison trail verify --seal 2:{seals(session)[2].digest}" in json.dumps(message.blocks)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, templates: Templates) -> Iterator[str]:
    """A database with a sealed trail of today, by the clock that a command reads, and an entry that is not sealed."""
    with templates.lent(request.param, portfolio=False) as url:
        now = SystemClock().now()
        with closing(Database(url)) as database, database.writing() as session:
            saved_contract(session)
            write(session, 3, now)
            seal_all(session, now)
            write(session, 1, now)
        yield url


def liaison(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["trail", *arguments], env={"DATABASE_URL": url})


def verified(folder: Path, *noted: str) -> subprocess.CompletedProcess[str]:
    """What the program in the documentation says of an export."""
    [program] = PROGRAM.findall((ROOT / "docs" / "trail.md").read_text(encoding="utf-8"))
    command = [sys.executable, "-I", "-c", program, str(folder / "trail.jsonl"), *noted]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_the_command_says_that_all_is_well_and_what_is_not_sealed(url: str) -> None:
    done = liaison(url, "verify")
    assert done.exit_code == 0, done.output
    found = re.fullmatch(
        r"3 entries in 1 segment, the newest of .*\.\nThe newest seal is (1:[0-9a-f]{64})\n"
        r"Not sealed yet: 1 entry, the first of .*\.\nAll of it is as it was written\.\n",
        done.stdout,
    )
    assert found is not None, done.stdout
    assert liaison(url, "verify", "--seal", found[1]).exit_code == 0
    other = liaison(url, "verify", "--seal", f"1:{'0' * 64}")
    assert (other.exit_code, "CHANGED    segment 1: its seal is not the one that was noted" in other.stdout) == (
        1,
        True,
    )
    assert liaison(url, "verify", "--seal", "1").exit_code == 2


def test_the_command_names_what_was_done_and_that_nothing_refuses_it_any_more(url: str) -> None:
    with closing(Database(url)) as database, database.writing() as session:
        drop_triggers(session)
        run(session, "delete from trail_entry where id = 2")
    done = liaison(url, "verify")
    assert done.exit_code == 1
    assert "CHANGED    the database: trail_entry: the trigger trail_entry_no_update is missing.\n" in done.stdout
    assert re.search(r"^REMOVED    entry 2: it was sealed in segment 1$", done.stdout, re.MULTILINE)


def test_an_export_is_verified_by_the_program_in_the_documentation(url: str, tmp_path: Path) -> None:
    assert liaison(url, "redact", "2", "--why", "A person asked for it").exit_code == 0
    wrote = liaison(url, "export", str(tmp_path / "trail.jsonl"))
    assert (wrote.exit_code, wrote.stdout) == (0, f"Wrote 7 lines to {tmp_path / 'trail.jsonl'}.\n")
    with closing(Database(url)) as database, database.reading() as session:
        noted = f"1:{seals(session)[1].digest}"
    done = verified(tmp_path, noted)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 segments up to entry 3; 2 entries are not sealed\nAll of it is as it was written.\n"
    assert verified(tmp_path, f"1:{'0' * 64}").returncode == 1


@pytest.mark.parametrize(
    ("line", "field", "value", "says"),
    [
        (1, "why", "Another reason", "entry 1 was changed"),
        (1, "at", "2026-01-01T00:00:00.000000+00:00", "entry 1 was changed\nsegment 1 was changed"),
        (
            1,
            "id",
            9,
            "entry 2 is out of order\nsegment 1 was changed",
        ),
        (2, None, None, "segment 1 was changed"),
        (
            3,
            "redaction_id",
            4,
            "entry 3 is redacted and not blank\nentry 3 is blank, and",
        ),
        (4, "previous", "00", "segment 1 was changed"),
        (4, "number", 2, "segment 2 was changed"),
    ],
)
def test_the_program_names_what_was_done_to_an_export(
    templates: Templates, tmp_path: Path, line: int, field: str | None, value: object, says: str
) -> None:
    with templates.lent("sqlite", portfolio=False) as url:
        with closing(Database(url)) as database, database.writing() as session:
            saved_contract(session)
            write(session, 3, MONDAY)
            seal_all(session, MONDAY)
            write(session, 1, MONDAY)
        liaison(url, "export", str(tmp_path / "trail.jsonl"))
    lines = (tmp_path / "trail.jsonl").read_text(encoding="utf-8").splitlines()
    [(kind, row)] = json.loads(lines[line]).items()
    lines[line : line + 1] = [] if field is None else [json.dumps({kind: {**row, field: value}})]
    (tmp_path / "trail.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = verified(tmp_path)
    assert done.returncode == 1, done.stderr
    assert says in done.stdout


def test_a_file_that_cannot_be_written_is_answered_in_a_sentence(url: str, tmp_path: Path) -> None:
    done = liaison(url, "export", str(tmp_path / "nowhere" / "trail.jsonl"))
    assert "could not be written: No such file or directory." in str(done.exception)


def test_an_upgraded_trail_is_sealed_whole(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        count = len(rows(portfolio, TrailEntry))
        assert run_job(session, "seal") == count > 400
        assert named(session) == []
