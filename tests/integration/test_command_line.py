"""The command line, as somebody at a shell meets it: what it prints, how it ends, and never a traceback."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.db import Database
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


def test_migrate_and_import_make_a_register_out_of_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    for _ in range(2):
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


def test_a_bad_file_is_one_sentence_and_exit_status_2(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("sample: perhaps", encoding="utf-8")
    done = liaison(tmp_path, "import", str(bad), DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert done.returncode == 2
    assert "bad.yaml: sample: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new.db").exists()


def test_importing_before_migrating_says_what_to_do(tmp_path: Path) -> None:
    done = liaison(tmp_path, "import", str(SAMPLE), DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert done.returncode == 2
    assert "migrate" in done.stderr
    assert "Traceback" not in done.stderr


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
    early = liaison(tmp_path, "job", "summary", "--at", "2027-01-04T08:59", "--dry-run", **SLACK, DATABASE_URL=url)
    assert early.stdout == "Nothing would be sent.\n"
    database.close()


def test_a_job_run_by_hand_runs_for_real_at_the_instant_that_was_asked_for(
    tmp_path: Path, templates: Templates
) -> None:
    """Without a zone the instant is London's: on 6 July 2027 that is an hour ahead of universal time."""
    url = templates.copy("sqlite", portfolio=True)
    database = Database(url)
    done = liaison(tmp_path, "job", "summary", "--at", "2027-07-05T09:00", **SLACK, DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (0, "summary: 1\n"), done.stderr
    (message,) = rows(database, OutboxMessage)
    assert message.created_at.isoformat() == "2027-07-05T08:00:00+00:00"
    database.close()


def test_a_job_it_does_not_know_is_answered_with_those_there_are(tmp_path: Path) -> None:
    done = liaison(tmp_path, "job", "backup", **SLACK, DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert done.returncode == 2
    said = " ".join(done.stderr.replace("│", " ").split())
    assert "There is no job 'backup'. The jobs are deliver, prompt, summary." in said
    assert "Traceback" not in done.stderr


def test_an_instant_it_cannot_read_is_answered_without_a_traceback(tmp_path: Path) -> None:
    done = liaison(tmp_path, "job", "summary", "--at", "Monday", **SLACK)
    assert done.returncode == 2
    assert "Monday" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_setting_is_one_sentence_and_exit_status_2(tmp_path: Path) -> None:
    without = {name: value for name, value in SLACK.items() if name != "SLACK_SIGNING_SECRET"}
    done = liaison(tmp_path, "serve", **without)
    assert done.returncode == 2
    assert done.stderr == "SLACK_SIGNING_SECRET is not set: put it in the environment or in a .env file.\n"
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_malformed_setting_is_named_and_its_value_is_not(tmp_path: Path) -> None:
    done = liaison(tmp_path, "serve", **{**SLACK, "SLACK_BOT_TOKEN": "tell-nobody"})
    assert done.returncode == 2
    assert done.stderr.startswith("SLACK_BOT_TOKEN is malformed: it must be the bot token")
    assert "tell-nobody" not in done.stderr
    assert "Traceback" not in done.stderr
