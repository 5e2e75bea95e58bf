"""How much memory a unit of work takes at most, in a process that does nothing else: `peak`, and that process."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.db import Database


def peak(module: str, database_url: str) -> float:
    """The megabytes that a process needs at most which does a module's `unit` once, and keeps nothing of it."""
    command = [sys.executable, "-m", "benchmarks.peak", module, database_url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own module
    return float(done.stdout)


def measure(unit: Callable[[Database], object], database_url: str) -> None:
    """Do it, and print what this process needed at most: Linux counts that from its beginning (VmHWM, in kB), whereas
    getrusage counts what the process had that started it."""
    with closing(Database(database_url)) as database:
        unit(database)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    print(int(kilobytes) / 1024)


if __name__ == "__main__":
    from benchmarks import reminding, summarising

    measure({"reminding": reminding.unit, "summarising": summarising.unit}[sys.argv[1]], sys.argv[2])
