"""The content of a chart as plain values: a line of figures over time, or a grid of cells with words in them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")
PREFIX = "FCHART"
DRAWING_VERSION = 1  # raise it when the drawing changes, because stored pictures are looked up by content and version


class Tone(StrEnum):
    """The colour of a cell. The cell's words always say its meaning as well."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    BAD = "bad"
    NONE = "none"


@dataclass(frozen=True)
class Level:
    """A horizontal line across the chart with its name at the end: a target or a cut-off.

    One that changes over time has `steps`, the value at each point, None where there is none; `value` is the last.
    """

    label: str
    value: Decimal
    steps: Sequence[Decimal | None] = ()


def carried_on(values: Sequence[T | None]) -> list[T]:
    """The values, of which one that is missing is the one before it, or else the first that there is."""
    known = [each for each in values if each is not None]
    carried: list[T] = []
    for each in values:
        carried.append(each if each is not None else carried[-1] if carried else known[0])
    return carried


def level_of(label: str, values: Sequence[Decimal | None]) -> Level:
    """The level with this value at each point, of which one is known at least: with steps only if it changes."""
    last = next(each for each in reversed(values) if each is not None)
    return Level(label, last, () if len(set(values)) == 1 else tuple(values))


@dataclass(frozen=True)
class LineChart:
    """Figures over time: one for each point, or None for a gap."""

    title: str
    unit: str
    points: Sequence[str]
    values: Sequence[Decimal | None]
    levels: Sequence[Level] = ()

    def __post_init__(self) -> None:
        if len(self.points) != len(self.values) or not self.points:
            raise ValueError("a course needs a value, or None, for each of its points, and one at least")


@dataclass(frozen=True)
class Cell:
    """The words of a cell, and its tone."""

    words: str
    tone: Tone = Tone.NONE


@dataclass(frozen=True)
class GridChart:
    """Named rows and columns with a cell where they meet; `down` and `across` name the two axes."""

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[Cell]]
    down: str = ""
    across: str = ""

    def __post_init__(self) -> None:
        if len(self.cells) != len(self.rows) or {len(row) for row in self.cells} != {len(self.columns)}:
            raise ValueError("a grid needs a cell for each of its rows and columns")


Chart = LineChart | GridChart


def as_json(chart: Chart) -> dict[str, Any]:
    """The chart as JSON, with figures as strings so that none is rounded."""
    kind = "course" if isinstance(chart, LineChart) else "grid"
    held: dict[str, Any] = json.loads(json.dumps({"kind": kind, **asdict(chart)}, default=str))
    return held


def from_json(held: dict[str, Any]) -> Chart:
    """The chart that `as_json` wrote."""
    rest = {name: value for name, value in held.items() if name != "kind"}
    if held["kind"] == "grid":
        cells = [[Cell(cell["words"], Tone(cell["tone"])) for cell in row] for row in held["cells"]]
        return GridChart(**{**rest, "cells": cells})
    values = [_figure(value) for value in held["values"]]
    levels = [
        Level(each["label"], Decimal(each["value"]), tuple(map(_figure, each.get("steps", ()))))
        for each in held["levels"]
    ]
    return LineChart(**{**rest, "values": values, "levels": levels})


def _figure(held: str | None) -> Decimal | None:
    return None if held is None else Decimal(held)


def picture_key(chart: Chart) -> str:
    """The key of a chart's picture: equal charts have equal keys.

    It has the shape of a Slack file id and holds the place of that id in a block until the picture is uploaded.
    """
    content = json.dumps([DRAWING_VERSION, as_json(chart)], sort_keys=True)
    return PREFIX + hashlib.sha256(content.encode()).hexdigest()[:20].upper()
