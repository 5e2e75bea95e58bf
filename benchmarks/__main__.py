"""`make bench`: every measurement in turn, or those that are named: python -m benchmarks reading looking."""

import sys
from collections.abc import Callable, Mapping

from benchmarks import (
    beside,
    commands,
    delivering,
    importing,
    looking,
    page,
    reading,
    reminding,
    starting,
    summarising,
)

PARTS: Mapping[str, Callable[[], None]] = {
    part.__name__.rpartition(".")[2]: part.main
    for part in (
        commands,
        reading,
        looking,
        summarising,
        beside,
        page,
        importing,
        delivering,
        reminding,
        starting,
    )
}


def main() -> None:
    """Measure the parts that are named, or all."""
    named = sys.argv[1:] or list(PARTS)
    if unknown := sorted(set(named) - set(PARTS)):
        raise SystemExit(f"There is no part {', '.join(unknown)}. The parts are {', '.join(PARTS)}.")
    for name in named:
        PARTS[name]()


if __name__ == "__main__":
    main()
