"""The program that reads a file which somebody sent, from its standard input into its standard output.

It bounds itself before it looks at the file: whatever a parser does then costs no more than this. It has no database,
no token and no network of ours to use.
"""

import json
import pickle
import resource
import signal
import sys
from typing import BinaryIO, NamedTuple

from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.source import SENT

ROWS, REFUSAL = b"R", b"F"
"""The first byte of an answer: what follows are pickled rows, or the sentence of a refusal."""

TOO_MUCH = 3
"""How it ends where the memory did not do."""


class ProcessLimits(NamedTuple):
    """What a process that reads a file may use.

    `memory` is its address space in bytes: it begins with 180 million, and 20,000 rows in use take 240. `processor` is
    in seconds: 20,000 rows take up to 5. After `seconds` it ends itself, even if nobody waits for it any more.
    """

    memory: int = 768_000_000
    processor: int = 30
    seconds: int = 45


def main() -> None:
    """Read the file. It says nothing where its limits end it."""
    limit(ProcessLimits(*map(int, sys.argv[1:])))
    try:
        answer = read_from(sys.stdin.buffer)
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    except (MemoryError, RecursionError):
        raise SystemExit(TOO_MUCH) from None


def limit(limits: ProcessLimits) -> None:
    """Bound what this process may use. Whoever presses Ctrl+C ends the process that started it, which ends this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.alarm(limits.seconds)
    _at_most(resource.RLIMIT_CPU, limits.processor)
    _at_most(resource.RLIMIT_FSIZE, 0)
    _at_most(resource.RLIMIT_CORE, 0)
    _at_most(resource.RLIMIT_AS, limits.memory)


def _at_most(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(what, (bound, bound))
    except (ValueError, OSError):  # macOS does not bound the address space
        return


def read_from(source: BinaryIO) -> bytes:
    """The answer for what was given: one line with the name of the file as JSON, and its content."""
    name, content = json.loads(source.readline()), source.read()
    try:
        return ROWS + pickle.dumps(read_bytes(name, content, SENT), pickle.HIGHEST_PROTOCOL)
    except CannotImport as refusal:
        return REFUSAL + refusal.sentence.encode()


if __name__ == "__main__":
    main()
