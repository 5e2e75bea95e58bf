"""`make bench`: every measurement in turn, or those that are named, as in `python -m benchmarks reading looking`; with
`--quick` a small form of each. It ends with a table: the goal, the figure, and whether it is met."""

import sys

from benchmarks import (
    beside,
    commands,
    delivering,
    holding,
    importing,
    keeping,
    looking,
    page,
    reading,
    reminding,
    sharing,
    starting,
    summarising,
)
from benchmarks.figures import Part, Size, run

MODULES = (
    commands,
    reading,
    looking,
    summarising,
    beside,
    sharing,
    holding,
    keeping,
    page,
    importing,
    delivering,
    reminding,
    starting,
)
PARTS = {name: Part(name, module.measure) for module in MODULES for name in [module.__name__.rpartition(".")[2]]}


def main() -> None:
    """Measure the parts that are named, or all."""
    asked = sys.argv[1:]
    named = [each for each in asked if each != "--quick"] or list(PARTS)
    if unknown := sorted(set(named) - set(PARTS)):
        raise SystemExit(f"There is no part {', '.join(unknown)}. The parts are {', '.join(PARTS)}.")
    run([PARTS[name] for name in named], Size(quick="--quick" in asked))


if __name__ == "__main__":
    main()
