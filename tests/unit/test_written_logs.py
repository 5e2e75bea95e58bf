"""The check of what the tests write to the log finds what must not be there, and ends the run with an error."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import ROOT
from tests.written_logs import found_in

LEAKS = """
import logging
def test_that_is_green():
    logging.getLogger("bot").info("%s")
"""


@pytest.mark.parametrize(
    "line",
    [
        "asked with xoxb-12-34-abc",
        "opened with xapp-1-A-2-b",
        "sent to hooks.slack.com/commands/T1/2/x",
        "sent to http://127.0.0.1:8000/response/abcdef",
        "connected to wss://wss-primary.slack.example/link/?ticket=1",
        "it says q0012q Advisers leave",
        "DETAIL:  Failing row contains (1, Amira)",
        "Key (slack)=(U0AMIRA) already exists",
        "we said Two advisers left last week to them",
    ],
)
def test_what_must_not_be_in_a_log_is_found(line: str) -> None:
    lines = f"a line before\n{line}\na line after\n"
    found = found_in(lines, {"Two advisers left last week"})
    assert found
    assert all(each.endswith(f"in: {line}") for each in found)


def test_what_may_be_there_is_not() -> None:
    lines = '{"task": "command /risk", "message": "answered", "user": "U0AMIRA", "ms": 12}\nhttp://127.0.0.1:8000/…\n'
    assert found_in(lines, {"Two advisers left last week"}) == []


@pytest.mark.parametrize(("line", "status"), [("a marker, q0012q, of a record", 1), ("nothing of the record", 0)])
@pytest.mark.parametrize("processes", [0, 1])
def test_a_green_run_that_wrote_it_ends_with_an_error(tmp_path: Path, line: str, status: int, processes: int) -> None:
    (tmp_path / "test_leaking.py").write_text(LEAKS % line, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    options = ["-p", "tests.written_logs", "-p", "no:cacheprovider", "--numprocesses", str(processes)]
    command = [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == status, done.stdout
    assert ("MUST NOT BE IN A LOG: 'q0012q'" in done.stdout) == bool(status)
    assert "1 passed" in done.stdout
