"""A file that somebody sent is read in a process of its own, which costs what it may and no more."""

import asyncio
import json
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import passed_on
from bot.records import ContractRecord
from bot.services.portfolio import reading_process
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.reading_process import FileReader, rows_of
from bot.services.portfolio.reading_program import ROWS, ProcessLimits
from tests.bombs import BOMBS, many_cells
from tests.portfolio_files import FORMATS, as_csv
from tests.samples import sample_sheets

ON_LINUX = sys.platform == "linux"
# Runs a program and prints its most memory in kB. It is small itself: Linux counts what a program was forked from.
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_is_read_as_in_this_process(ending: str) -> None:
    sheets = sample_sheets()
    sheets["contracts"][0]["value"] = "776,888.48"
    name, content = f"x{ending}", FORMATS[ending](sheets)
    assert asyncio.run(FileReader().read(name, content)) == read_bytes(name, content)


def test_what_becomes_of_pence_is_said_of_a_file_that_was_sent() -> None:
    content = as_csv([{**sample_sheets()["contracts"][0], "value": "776,888.48"}])
    rows = asyncio.run(FileReader().read("contracts.csv", content))
    assert rows.entries[ContractRecord][0].row.rounded == {"value": "£776,888.48 is kept as £776,888"}


@pytest.mark.parametrize("case", BOMBS)
@pytest.mark.skipif(not ON_LINUX, reason="macOS does not bound the address space of a process")
def test_a_bomb_costs_its_process_alone_and_is_refused_in_a_sentence(case: str) -> None:
    name, content, says = BOMBS[case]
    with pytest.raises(CannotImport) as refusal:
        asyncio.run(FileReader().read(name, content()))
    assert says in refusal.value.sentence
    assert len(refusal.value.sentence.splitlines()[0]) < 600


@pytest.mark.parametrize("case", BOMBS)
@pytest.mark.skipif(not ON_LINUX, reason="macOS does not bound the address space of a process")
def test_the_memory_of_a_process_that_reads_a_bomb_is_bounded(case: str, tmp_path: Path) -> None:
    name, content, _ = BOMBS[case]
    given = tmp_path / "given"
    given.write_bytes(json.dumps(name).encode() + b"\n" + content())
    program = [sys.executable, "-m", reading_process.PROGRAM, *map(str, ProcessLimits())]
    with given.open("rb") as file:
        measured = subprocess.run(
            [sys.executable, "-c", MEASURED, *program], stdin=file, stdout=subprocess.PIPE, check=True
        )
    assert int(measured.stdout) * 1024 < 768_000_000


def test_a_file_that_takes_too_long_to_parse_is_refused() -> None:
    with pytest.raises(CannotImport, match=r"^x.xlsx takes more memory or time to read"):
        asyncio.run(FileReader(ProcessLimits(processor=2)).read("x.xlsx", many_cells()))


def test_a_process_that_does_not_end_is_ended() -> None:
    """It is ended where it waits for what never comes, and leaves nothing behind."""
    with pytest.raises(CannotImport, match="memory or time"):
        asyncio.run(FileReader(ProcessLimits(seconds=0)).read("people.csv", as_csv([{"slack": "U0AMIRA"}])))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_process_that_nobody_waits_for_ends_by_itself() -> None:
    limits = map(str, ProcessLimits(seconds=1))
    program = subprocess.Popen([sys.executable, "-m", reading_process.PROGRAM, *limits], stdin=subprocess.PIPE)
    with program:
        assert program.wait(timeout=60) == -signal.SIGALRM


def test_a_reader_that_is_given_up_ends_its_process() -> None:
    async def given_up() -> None:
        reading = asyncio.ensure_future(FileReader().read("x.csv", b"," * 20_000_000))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reading, 0.2)

    asyncio.run(given_up())
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_no_more_files_are_read_at_once_than_there_are_turns() -> None:
    async def many() -> list[object]:
        reader = FileReader(waits_for=0.01)
        content = as_csv([{"slack": "U0AMIRA"}])
        reading = (reader.read("people.csv", content) for _ in range(reading_process.AT_ONCE + 1))
        return list(await asyncio.gather(*reading, return_exceptions=True))

    *_, last = asyncio.run(many())
    assert "Liaison is reading other files just now, so people.csv was not read. Send it again" in str(last)


def test_the_process_is_given_neither_token_nor_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    monkeypatch.setenv("PYTHONUTF8", "1")
    given = passed_on()
    assert given["PYTHONUTF8"] == "1"
    assert not {"SLACK_BOT_TOKEN", "DATABASE_URL"} & given.keys()


class Harm:
    """What makes something else when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize("harm", [Harm(), read_bytes, FileReader])
def test_an_answer_holds_rows_and_nothing_that_runs(harm: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="is no part of a row"):
        rows_of(ROWS + pickle.dumps(harm))
