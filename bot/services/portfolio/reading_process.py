"""Reading a file that somebody sent in a process of its own with limits: one that makes a parser run wild costs that
process, and neither the memory nor the time of anybody else."""

import asyncio
import io
import json
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from bot.config import passed_on
from bot.domain.deadlines import Deadline
from bot.domain.figures import RoundedPounds
from bot.domain.periods import Month
from bot.records import Record
from bot.records.cells import Percentage
from bot.services.portfolio.faults import CannotImport, CellRef
from bot.services.portfolio.reading_program import REFUSAL, ROWS, TOO_MUCH, ProcessLimits
from bot.services.portfolio.source import Rows, SourceRow

PROGRAM = "bot.services.portfolio.reading_program"
AT_ONCE = 2  # files that one process of ours has read at once; others wait for their turn
WAITS_FOR = 30.0  # seconds until the turn of a file comes
MOST_ANSWERED = 64_000_000  # bytes: 20,000 rows in use take 5 million

_VALUES = (Rows, SourceRow, CellRef, Decimal, Percentage, RoundedPounds, date, Month, Deadline)


@dataclass(frozen=True)
class FileReader:
    """Reads the files that people send. Each waits for its turn so many seconds."""

    limits: ProcessLimits = field(default_factory=ProcessLimits)
    waits_for: float = WAITS_FOR
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def read(self, name: str, content: bytes) -> Rows:
        """The rows of a file's content. Raises `CannotImport` for a file that is wrong, or takes too much to read."""
        try:
            await asyncio.wait_for(self._turns.acquire(), self.waits_for)
        except TimeoutError as error:
            raise CannotImport(
                f"Liaison is reading other files just now, so {name} was not read. Send it again in a few minutes."
            ) from error
        try:
            answer = await _answer(name, content, self.limits)
        finally:
            self._turns.release()
        return await asyncio.to_thread(rows_of, answer)


async def _answer(name: str, content: bytes, limits: ProcessLimits) -> bytes:
    """What the program says of a file. Raises `CannotImport` where its limits end it, and `RuntimeError` for a fault of
    ours in it."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", PROGRAM, *map(str, limits), stdin=PIPE, stdout=PIPE, env=passed_on()
    )
    try:
        async with asyncio.timeout(limits.seconds):
            _, answer = await asyncio.gather(_give(program, name, content), _take(program))
            status = await program.wait()
    except TimeoutError as error:
        raise _takes_too_much(name) from error
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    if status < 0 or status == TOO_MUCH or len(answer) > MOST_ANSWERED:
        raise _takes_too_much(name)
    if status != 0:
        raise RuntimeError(f"the program that reads a file ended with {status}")
    return answer


async def _give(program: Process, name: str, content: bytes) -> None:
    assert program.stdin is not None  # noqa: S101  # it is a pipe
    with suppress(BrokenPipeError, ConnectionResetError):  # the program has ended, and how says more
        program.stdin.write(json.dumps(name).encode() + b"\n")
        program.stdin.write(content)
        await program.stdin.drain()
    program.stdin.close()


async def _take(program: Process) -> bytes:
    """What the program writes, up to one byte more than it may; beyond that it is ended."""
    assert program.stdout is not None  # noqa: S101  # it is a pipe
    try:
        answer = await program.stdout.readexactly(MOST_ANSWERED + 1)
    except asyncio.IncompleteReadError as whole:
        return whole.partial
    program.kill()
    return answer


def _takes_too_much(name: str) -> CannotImport:
    return CannotImport(
        f"{name} takes more memory or time to read than a file that is sent here may have, so it was not read. "
        "Keep only the cells that are filled in, divide it into several files, or save it as CSV."
    )


def rows_of(answer: bytes) -> Rows:
    """The rows in an answer of the program. Raises `CannotImport` for a refusal."""
    kind, said = answer[:1], memoryview(answer)[1:]
    if kind == REFUSAL:
        raise CannotImport(str(said, "utf-8"))
    assert kind == ROWS  # noqa: S101  # it has no other
    rows: Rows = _RowsUnpickler(io.BytesIO(said)).load()
    return rows


class _RowsUnpickler(pickle.Unpickler):
    """Makes rows and the plain values in them, and nothing else: a program that a file took over gains nothing here."""

    def find_class(self, module: str, name: str) -> object:
        found = getattr(sys.modules.get(module), name, None)
        if isinstance(found, type) and (found in _VALUES or issubclass(found, Enum | Record)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a row")
