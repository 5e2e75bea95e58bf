"""The command line, as somebody at a shell meets it: what it prints, how it ends, and never a traceback."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from bot.db import Database
from bot.errors import UserError
from bot.models import Contract, OutboxMessage
from tests.builders import ROOT, SAMPLE, dump, rows
from tests.conftest import Templates

SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-not-a-real-token",
    "SLACK_SIGNING_SECRET": "not-a-real-secret",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}


def liaison(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an empty folder, with these settings and no others."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment: Mapping[str, str] = {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **settings}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def in_process(*arguments: str, **settings: str) -> Result:
    """The same command without a process of its own, for what the rest of `main` has no part in."""
    return CliRunner().invoke(cli, arguments, env={**dict.fromkeys(SLACK), **settings})


def test_migrate_and_import_make_a_register_out_of_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    migrated = liaison(tmp_path, "migrate", DATABASE_URL=url)
    assert (migrated.returncode, migrated.stdout) == (0, "The database is up to date.\n"), migrated.stderr
    imported = liaison(tmp_path, "import", str(SAMPLE), DATABASE_URL=url)
    assert (imported.returncode, imported.stdout) == (0, "Added 12 contracts, 12 partners and 23 people.\n")
    database = Database(url)
    assert len(rows(database, Contract)) == 12
    before = dump(database)
    again = liaison(tmp_path, "import", str(SAMPLE), DATABASE_URL=url)
    assert again.returncode == 2
    assert "is in the register already" in again.stderr
    assert "Traceback" not in again.stderr
    assert dump(database) == before
    database.close()


def test_a_bad_file_is_refused_before_the_database_is_touched(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("sample: perhaps", encoding="utf-8")
    done = in_process("import", str(bad), DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert isinstance(done.exception, UserError)
    assert "bad.yaml: sample: " in done.exception.sentence
    assert not (tmp_path / "new.db").exists()


def test_importing_before_migrating_says_what_to_do(tmp_path: Path) -> None:
    done = in_process("import", str(SAMPLE), DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert isinstance(done.exception, UserError)
    assert "migrate" in done.exception.sentence


def test_a_dry_run_prints_what_goes_where_and_why_and_changes_nothing(tmp_path: Path, templates: Templates) -> None:
    url = templates.copy("sqlite", portfolio=True)
    database = Database(url)
    before = dump(database)
    done = liaison(tmp_path, "job", "summary", "--at", "2027-01-04T09:00", "--dry-run", **SLACK, DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert "At 4 January 2027 at 9am this would send 1:" in done.stdout
    assert "To C0PORTFOLIO: Weekly performance summary, 4 January 2027: " in done.stdout
    assert "Because the weekly performance summary of Monday is due in this channel." in done.stdout
    assert dump(database) == before
    database.close()


def test_a_job_run_by_hand_runs_for_real_at_the_instant_that_was_asked_for(templates: Templates) -> None:
    """Without a zone the instant is London's: on 5 July 2027 that is an hour ahead of universal time."""
    url = templates.copy("sqlite", portfolio=True)
    done = in_process("job", "summary", "--at", "2027-07-05T09:00", **SLACK, DATABASE_URL=url)
    assert (done.exit_code, done.stdout) == (0, "summary: 1\n")
    database = Database(url)
    (message,) = rows(database, OutboxMessage)
    database.close()
    assert message.created_at == datetime(2027, 7, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize("at", ["2027-01-04T08:59", "2027-01-04T08:59:59+00:00", "2027-01-04T09:59+01:00"])
def test_a_dry_run_with_nothing_due_says_so(templates: Templates, at: str) -> None:
    url = templates.copy("sqlite", portfolio=True)
    done = in_process("job", "summary", "--at", at, "--dry-run", **SLACK, DATABASE_URL=url)
    assert (done.exit_code, done.stdout) == (0, "Nothing would be sent.\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["job", "backup"], "There is no job 'backup'. The jobs are deliver, prompt, summary."),
        (["job", "summary", "--at", "Monday"], "Monday"),
        (["backup"], "No such command 'backup'."),
    ],
)
def test_what_it_does_not_know_is_answered_with_what_there_is(arguments: list[str], says: str) -> None:
    done = in_process(*arguments, **SLACK)
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.replace("│", " ").split())


def test_a_missing_setting_is_one_sentence_and_exit_status_2(tmp_path: Path) -> None:
    without = {name: value for name, value in SLACK.items() if name != "SLACK_SIGNING_SECRET"}
    done = liaison(tmp_path, "serve", **without)
    assert done.returncode == 2
    assert done.stderr == "SLACK_SIGNING_SECRET is not set: put it in the environment or in a .env file.\n"
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []
