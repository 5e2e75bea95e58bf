"""What a part of `make bench` found: each figure with its goal, and the table with which a run ends."""

import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from itertools import repeat
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Size:
    """How much is measured: all of it, or a small form that shows that it works and little more."""

    quick: bool = False

    def of(self, full: T, quick: T) -> T:
        """What there is of something."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Figure:
    """What was measured, the figure (None where it could not be), its unit, and the goal: the most that it may be, or
    the least. `then` is the goal behind that one."""

    what: str
    figure: float | None
    unit: str
    goal: float
    at_least: bool = False
    then: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached. What was not measured is not."""
        if self.figure is None:
            return False
        return self.figure >= self.goal if self.at_least else self.figure <= self.goal

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The goal, the figure, and whether it is met, in words."""
        bound = f"{'at least' if self.at_least else 'at most'} {_number(self.goal)} {self.unit}".rstrip()
        behind = "" if self.then is None else f" (then {_number(self.then)})"
        figure = "not measured" if self.figure is None else f"{_number(self.figure)} {self.unit}".rstrip()
        return self.what, bound + behind, figure, "met" if self.is_met else "NOT met"


Measure = Callable[[Size], Sequence[Figure]]


@dataclass(frozen=True)
class Part:
    """A part of `make bench`: its name and what measures it."""

    name: str
    measure: Measure

    def figures(self, size: Size) -> list[Figure]:
        """What it measures. If it fails, it says why, and there is a figure that is not met."""
        try:
            return [*self.measure(size)]
        except (Exception, SystemExit):
            traceback.print_exc(file=sys.stdout)
            return [Figure(f"{self.name}: it failed, see above", None, "", 0)]

    def told(self, size: Size) -> tuple[list[Figure], str]:
        """The same, and what it prints."""
        with redirect_stdout(StringIO()) as printed:
            return self.figures(size), printed.getvalue()


def run(parts: Sequence[Part], size: Size) -> None:
    """Measure these parts, and end with the table of their figures: in turn, because one would disturb the other, or in
    their small form one on each core. If one fails, the others go on."""
    print_table([*_small(parts, size)] if size.quick else [each for part in parts for each in part.figures(size)])


def _small(parts: Sequence[Part], size: Size) -> Iterator[Figure]:
    print("A small form of every part: fewer rounds, smaller portfolios. Its figures show that it works, no more.")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for figures, printed in pool.map(Part.told, parts, repeat(size)):
            print(printed, end="")
            yield from figures


def run_alone(name: str, measure: Measure) -> None:
    """Measure one part, as `python -m benchmarks.NAME` does, in its small form with --quick."""
    run([Part(name, measure)], Size(quick="--quick" in sys.argv[1:]))


def print_table(figures: Sequence[Figure]) -> None:
    """Print what was measured, the goal, the figure and whether it is met, and how many are."""
    rows = [("", "goal", "figure", ""), *(each.row for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    print()
    for row in rows:
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    print(f"\n{sum(each.is_met for each in figures)} of {len(figures)} goals met")


def _number(value: float) -> str:
    """A number as people read it: three digits or so."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
