"""Whose turn it is to write to an SQLite file: a command comes before the next write of a job, whoever asked first."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from subprocess import Popen
from sys import executable
from threading import Event, Thread

import pytest

from bot.db import Database
from bot.turns import NICER
from tests.integration.together import PATIENCE


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.001)  # between two looks at a lock, of which the system tells nobody


class Writers:
    """What several programs write to one file, in the order in which they were let."""

    def __init__(self, file: Path, opened: ExitStack) -> None:
        self.order: list[str] = []
        self._file, self._opened = file, opened
        self._threads: list[Thread] = []

    def begin(self, name: str, *, gives_way: bool, until: Event | None = None) -> None:
        """Begin a write in a program of its own, which ends with the event."""
        database = self._opened.enter_context(closing(Database(f"sqlite:///{self._file}", gives_way=gives_way)))

        def write() -> None:
            with database.writing() as session:
                session.connection()
                self.order.append(name)
                if until is not None:
                    until.wait(PATIENCE)

        self._threads.append(Thread(target=write))
        self._threads[-1].start()

    def is_held(self, lock: str) -> bool:
        """Whether somebody holds a lock, alone or with others."""
        with Path(f"{self._file}.{lock}.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def end(self) -> None:
        """Wait until all have written."""
        for thread in self._threads:
            thread.join(PATIENCE)


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[Writers]:
    with ExitStack() as opened:
        yield Writers(tmp_path / "liaison.db", opened)


@pytest.mark.parametrize("first_gives_way", [True, False])
def test_a_command_writes_before_jobs_that_asked_earlier(writers: Writers, *, first_gives_way: bool) -> None:
    go_on = Event()
    writers.begin("first", gives_way=first_gives_way, until=go_on)
    wait_until(lambda: writers.order == ["first"])
    writers.begin("command", gives_way=False)
    wait_until(lambda: writers.is_held("asked"))
    for _ in range(3):
        writers.begin("job", gives_way=True)
    wait_until(lambda: writers.is_held("behind"))
    go_on.set()
    writers.end()
    assert writers.order == ["first", "command", "job", "job", "job"]


def test_what_nobody_waits_for_also_computes_behind_others(tmp_path: Path) -> None:
    """The file that it is to import is a pipe into which nobody writes."""
    pipe = tmp_path / "portfolio.yaml"
    os.mkfifo(pipe)
    with Popen([executable, "-m", "bot", "import", str(pipe)]) as process:
        try:
            wait_until(lambda: os.getpriority(os.PRIO_PROCESS, process.pid) == os.nice(0) + NICER)
        finally:
            process.kill()
