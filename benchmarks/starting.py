"""What `liaison --help` takes of the processor, beside a Python that does nothing: `python -m benchmarks.starting`."""

import resource
import statistics
import subprocess
import sys

from benchmarks.figures import Figure, Size, run_alone

COMMANDS = {"python -c pass": ("-c", "pass"), "liaison --help": ("-m", "bot", "--help")}


def measure(size: Size) -> list[Figure]:
    """Run both in turn, so that a busy moment meets both, and print the middle figures."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(size.of(5, 3)):
        for name, arguments in COMMANDS.items():
            taken[name].append(_processor_time(arguments))
    floor = statistics.median(taken["python -c pass"])
    print(f"\n{'starting, ms of processor time':34}{'':>22}{'':>14}{'ratio':>9}")
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        print(f"{name:34}{middle * 1000:>22.0f}{'':>14}{middle / floor:>9.2f}")
    return [Figure("liaison --help, processor", statistics.median(taken["liaison --help"]), "s", 0.5)]


def _processor_time(arguments: tuple[str, ...]) -> float:
    """Seconds of processor time, in user mode and for the system, that a Python with these arguments takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run((sys.executable, *arguments), stdout=subprocess.DEVNULL, check=True)  # noqa: S603  # ours
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    run_alone("starting", measure)
