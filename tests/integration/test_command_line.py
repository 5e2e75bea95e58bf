"""The command line, as somebody at a shell meets it: what it prints, how it ends, and never a traceback."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from bot.db import Database
from bot.errors import UserError
from bot.models import Contract, OutboxMessage
from jobs import JOBS
from tests.builders import ROOT, dump, rows
from tests.conftest import Templates
from tests.samples import SAMPLE, sample_rows, sample_sheets
from tests.written_logs import LOGS

ROWS = sample_rows()
# In the sample they have days to come, by today's clock.
HISTORY = ("milestones", "reports", "figures", "memos", "plans", "plan_submissions", "plan_steps", "risks")
SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-not-a-real-token",
    "SLACK_SIGNING_SECRET": "not-a-real-secret",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}
HEAVY = {
    "alembic", "apscheduler", "asyncio", "httpx", "jinja2", "matplotlib", "openpyxl", "pydantic", "rich",
    "slack_bolt", "slack_sdk", "sqlalchemy", "sqlmodel", "starlette", "uvicorn",
}  # fmt: skip


def liaison(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an empty folder, with these settings and no others."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment: Mapping[str, str] = {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **settings}
    command = [sys.executable, "-m", "bot", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    LOGS.add(done.stderr)
    return done


def in_process(*arguments: str, **settings: str) -> Result:
    """The same command without a process of its own, for what the rest of `main` has no part in."""
    return CliRunner().invoke(cli, arguments, env={**dict.fromkeys(SLACK), **settings})


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["outbox", "--help"], {"pydantic"}),  # typer itself has it check what is typed after a command
        (["import", "--help"], {"pydantic"}),
        (["nonsense"], {"pydantic", "asyncio"}),  # the settings of the log are read before it is known as that
    ],
)
def test_what_needs_no_library_waits_for_none(arguments: list[str], allowed: set[str]) -> None:
    """Importing everything takes seconds, so a command imports what it needs once it is known to be meant."""
    command = [sys.executable, "-X", "importtime", "-m", "bot", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    imported = set(re.findall(r"^import time:.*\| +(\w+)", done.stderr, re.MULTILINE))
    assert {"bot", "typer"} <= imported
    assert imported & HEAVY <= allowed


@pytest.mark.parametrize("name", sorted(HEAVY))
def test_a_library_that_is_heavy_is_installed(name: str) -> None:
    """One that is not, or is misspelt, would be imported nowhere."""
    assert find_spec(name) is not None


@pytest.mark.parametrize("arguments", [["--help"], ["outbox", "--help"], ["holidays", "--help"]])
def test_what_a_list_says_of_a_command_is_cut_nowhere(arguments: list[str]) -> None:
    shown = in_process(*arguments, COLUMNS="80").stdout
    assert "Commands:" in shown
    assert "..." not in shown.replace("[ARGS]...", "")


@pytest.fixture
def register(tmp_path: Path) -> tuple[Path, int]:
    """A file with the sample's register but for its history, and how many rows it has."""
    sheets = {sheet: rows for sheet, rows in sample_sheets().items() if sheet not in HISTORY}
    file = tmp_path / "register.yaml"
    file.write_text(yaml.dump(sheets, Dumper=yaml.CSafeDumper), encoding="utf-8")
    return file, sum(map(len, sheets.values()))


def test_migrate_and_import_make_a_register_out_of_nothing(tmp_path: Path, register: tuple[Path, int]) -> None:
    file, count = register
    url = f"sqlite:///{tmp_path / 'new.db'}"
    migrated = liaison(tmp_path, "migrate", DATABASE_URL=url)
    assert (migrated.returncode, migrated.stdout) == (0, "The database is up to date.\n"), migrated.stderr
    imported = liaison(tmp_path, "import", str(file), DATABASE_URL=url)
    assert imported.returncode == 0, imported.stderr
    assert imported.stdout.startswith("Added 13 organisations, 23 people, 12 contracts, ")
    database = Database(url)
    assert len(rows(database, Contract)) == 12
    before = dump(database)
    again = liaison(tmp_path, "import", str(file), DATABASE_URL=url)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == f"Nothing changed: the register says already what register.yaml says in {count} rows.\n"
    assert dump(database) == before
    database.close()


def test_a_dry_run_of_an_import_prints_what_it_would_do_and_changes_nothing(
    templates: Templates, register: tuple[Path, int]
) -> None:
    file, count = register
    url = templates.copy("sqlite", portfolio=False)
    database = Database(url)
    before = dump(database)
    done = in_process("import", str(file), "--dry-run", DATABASE_URL=url)
    assert done.exit_code == 0
    assert done.stdout.startswith(
        f"register.yaml would add {count - 1} and change 0 records. Nothing has been changed yet.\n"
    )
    assert "\ncontracts: 12 to add, 0 to change, 0 left alone\n  add WP-NE\n" in done.stdout
    assert "\n  and 9 more\n" in done.stdout  # of 29 KPIs
    assert dump(database) == before
    database.close()


@pytest.mark.parametrize("name", ["register.yaml", "register.xlsx", "register.zip", "register"])
def test_what_is_exported_is_imported_again_and_changes_nothing(
    tmp_path: Path, templates: Templates, name: str
) -> None:
    url = templates.copy("sqlite", portfolio=True)
    database = Database(url)
    before = dump(database)
    for _ in range(2):  # the second time over what is there
        wrote = in_process("export", str(tmp_path / name), DATABASE_URL=url)
        assert (wrote.exit_code, wrote.stdout) == (0, f"Wrote {ROWS} rows to {tmp_path / name}.\n")
    again = in_process("import", str(tmp_path / name), DATABASE_URL=url)
    assert again.stdout == f"Nothing changed: the register says already what {name} says in {ROWS} rows.\n"
    assert dump(database) == before
    assert [each.name for each in tmp_path.iterdir()] == [name]
    database.close()


def test_bank_holidays_are_listed_added_and_removed(templates: Templates) -> None:
    url = templates.copy("sqlite", portfolio=False)

    def said(*arguments: str) -> list[str]:
        return in_process("holidays", *arguments, DATABASE_URL=url).stdout.splitlines()

    known, world_cup = said("list")
    assert known == "Bank holidays are published until 31 December 2028. Known besides:"
    assert world_cup == "  15 June 2026, Scotland: World Cup bank holiday, Royal Proclamation of 4 February 2026"
    (added,) = said("add", "2027-06-07", "northern ireland", "--name", "Coronation")
    assert added.startswith("7 June 2027 is a bank holiday in Northern Ireland.")
    assert "  7 June 2027, Northern Ireland: Coronation" in said("list")
    (removed,) = said("remove", "7 June 2027", "Northern Ireland")
    assert removed.startswith("7 June 2027 is a working day in Northern Ireland.")
    assert said("list") == [known, world_cup]


def test_a_template_is_written_and_says_what_to_do_with_it(tmp_path: Path) -> None:
    path = tmp_path / "contracts.xlsx"
    done = in_process("template", str(path))
    assert done.stdout == f"Wrote {path}. Fill it in, then run: liaison import {path} --dry-run\n"
    assert path.stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export", "register.pdf"], "Nothing can be written as .pdf. Use .yaml, .yml, .xlsx or .zip"),
        (["export", "nowhere/register.yaml"], "register.yaml could not be written: No such file or directory."),
        (["template", "contracts.yaml"], "Give it a name that ends in .xlsx, for example contracts.xlsx."),
        (["import", "nothing.yaml"], "nothing.yaml could not be read: No such file or directory."),
        (["import", "register.pdf"], "register.pdf is in no format that is read here."),
    ],
)
def test_a_file_that_cannot_be_is_answered_in_a_sentence(
    tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("register.pdf").touch()
    done = in_process(*arguments, DATABASE_URL=templates.copy("sqlite", portfolio=False))
    assert isinstance(done.exception, UserError)
    assert says in done.exception.sentence


def test_a_long_import_shows_a_bar_on_a_screen(tmp_path: Path, templates: Templates) -> None:
    people = "".join(f"U{n:06},Person {n},department\n" for n in range(1_200))
    (tmp_path / "people.csv").write_text(f"slack,name,organisation\n{people}", encoding="utf-8")
    screen, its_end = os.openpty()
    command = [sys.executable, "-m", "bot", "import", "people.csv"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": templates.copy("sqlite", portfolio=True)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=its_end, check=True)
    os.close(its_end)
    shown = os.read(screen, 100_000).decode()
    os.close(screen)
    assert done.stdout == b"Added 1,200 people. Left alone: 0 rows.\n"
    assert "Importing people.csv  [####################################]  100%" in shown


def test_a_bad_file_is_refused_before_the_database_is_touched(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("people: [{slack: amira, name: Amira Shah, organisation: department}]", encoding="utf-8")
    done = in_process("import", str(bad), DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert isinstance(done.exception, UserError)
    assert "bad.yaml, sheet people, row 1 (line 1), column slack: “amira” is not" in done.exception.sentence
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
    assert "At 4 January 2027 at 9am this would send 3:" in done.stdout
    assert "To C0PORTFOLIO: Weekly performance summary, 4 January 2027: " in done.stdout
    assert "Why: the weekly performance summary of Monday is due in this channel." in done.stdout
    assert dump(database) == before
    database.close()


def test_a_job_run_by_hand_runs_for_real_at_the_instant_that_was_asked_for(templates: Templates) -> None:
    """Without a zone the instant is London's: on 5 July 2027 that is an hour ahead of universal time."""
    url = templates.copy("sqlite", portfolio=True)
    done = in_process("job", "summary", "--at", "2027-07-05T09:00", **SLACK, DATABASE_URL=url)
    assert (done.exit_code, done.stdout) == (0, "summary: 1\n")
    database = Database(url)
    message, *_thread = rows(database, OutboxMessage)
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
        (["job", "archive"], f"There is no job 'archive'. The jobs are {', '.join(job.name for job in JOBS)}."),
        (["job", "summary", "--at", "Monday"], "Monday"),
        (["archive"], "No such command 'archive'."),
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
    assert (
        done.stderr
        == "SLACK_SIGNING_SECRET is not set: put it in the environment, in a .env file, or in a file of SECRETS_DIR.\n"
    )
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []
