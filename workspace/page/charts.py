"""Where each part of a chart stands: the geometry of a data_visualization block, in the units of its SVG.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block. The template draws what stands here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP = 64, 14, 14
# Below the plot: categories that stand upright, or slanted where they are many or long.
FLAT, SLANTED = 44, 104
RADIUS = 130


@dataclass(frozen=True)
class Mark:
    """A point, bar or slice; `path` is its outline, `words` what it says to somebody who points at it."""

    path: str
    words: str


@dataclass(frozen=True)
class Series:
    """The marks of one series; `line` joins them, `area` fills what lies below."""

    name: str
    marks: list[Mark]
    line: str = ""
    area: str = ""


@dataclass(frozen=True)
class Tick:
    """A place on an axis with what is written there."""

    at: float
    words: str


@dataclass(frozen=True)
class Plot:
    """A whole chart. `rows` is the same as a table, with a heading row first."""

    kind: str
    series: list[Series]
    rows: list[list[str]]
    ticks: list[Tick]
    categories: list[Tick]
    bottom: float
    zero: float
    slanted: bool


def plot(chart: Json) -> Plot:
    """The geometry of a chart that the rules have passed."""
    return _pie(chart) if chart["type"] == "pie" else _axes(chart)


def figure(value: float) -> str:
    """1234.5 -> 1,234.5"""
    return f"{value:,.10g}"


def _pie(chart: Json) -> Plot:
    total = math.fsum(segment["value"] for segment in chart["segments"])
    series: list[Series] = []
    rows = [["", "Value", "Share"]]
    begun = 0.0
    for segment in chart["segments"]:
        share = segment["value"] / total
        words = [segment["label"], figure(segment["value"]), f"{share:.0%}"]
        series.append(Series(segment["label"], [Mark(_slice(begun, begun + share), ": ".join(words[:2]))]))
        rows.append(words)
        begun += share
    return Plot("pie", series, rows, [], [], HEIGHT, HEIGHT, slanted=False)


def _slice(start: float, end: float) -> str:
    """The path of a slice between two shares of the whole, from the top and clockwise."""
    centre_x, centre_y = WIDTH / 2, HEIGHT / 2
    if end - start > 0.9999:
        top, low = centre_y - RADIUS, centre_y + RADIUS
        half = f"A{RADIUS} {RADIUS} 0 0 1 {centre_x:g}"
        return f"M{centre_x:g} {top:g}{half} {low:g}{half} {top:g}Z"

    def edge(share: float) -> str:
        angle = 2 * math.pi * share
        return f"{centre_x + RADIUS * math.sin(angle):.2f} {centre_y - RADIUS * math.cos(angle):.2f}"

    large = int(end - start > 0.5)
    return f"M{centre_x:g} {centre_y:g}L{edge(start)}A{RADIUS} {RADIUS} 0 {large} 1 {edge(end)}Z"


@dataclass(frozen=True)
class _Scale:
    """From values to heights."""

    low: float
    high: float
    bottom: float

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.bottom - share * (self.bottom - TOP), 2)


def _axes(chart: Json) -> Plot:
    categories = chart["axis_config"]["categories"]
    slanted = len(categories) > 8 or sum(map(len, categories)) > 72
    bottom = HEIGHT - (SLANTED if slanted else FLAT)
    values = [[_points(series)[label] for label in categories] for series in chart["series"]]
    ticks = nice_ticks(min(0, *(min(row) for row in values)), max(0, *(max(row) for row in values)))
    scale = _Scale(ticks[0], ticks[-1], bottom)
    band = (WIDTH - LEFT - RIGHT) / len(categories)
    drawn = [
        _bars(chart, at, row, scale, band) if chart["type"] == "bar" else _line(chart, at, row, scale, band)
        for at, row in enumerate(values)
    ]
    names = [series["name"] for series in chart["series"]]
    rows = [[chart["axis_config"].get("x_label", ""), *names]]
    rows += [[label, *(figure(row[at]) for row in values)] for at, label in enumerate(categories)]
    return Plot(
        chart["type"],
        drawn,
        rows,
        [Tick(scale.y(value), figure(value)) for value in ticks],
        [Tick(round(LEFT + band * (at + 0.5), 2), label) for at, label in enumerate(categories)],
        bottom,
        scale.y(0),
        slanted,
    )


def _points(series: Json) -> dict[str, float]:
    return {point["label"]: point["value"] for point in series["data"]}


def _words(chart: Json, at: int, index: int, value: float) -> str:
    return f"{chart['series'][at]['name']}, {chart['axis_config']['categories'][index]}: {figure(value)}"


def _bars(chart: Json, at: int, row: list[float], scale: _Scale, band: float) -> Series:
    width = band * 0.76 / len(chart["series"])
    marks: list[Mark] = []
    for index, value in enumerate(row):
        left = LEFT + band * (index + 0.12) + width * at
        top, low = sorted((scale.y(value), scale.y(0)))
        path = f"M{left:.2f} {low:g}V{top:g}H{left + width:.2f}V{low:g}Z"
        marks.append(Mark(path, _words(chart, at, index, value)))
    return Series(chart["series"][at]["name"], marks)


def _line(chart: Json, at: int, row: list[float], scale: _Scale, band: float) -> Series:
    places = [(round(LEFT + band * (index + 0.5), 2), scale.y(value)) for index, value in enumerate(row)]
    marks = [Mark(shape(at, *place), _words(chart, at, index, row[index])) for index, place in enumerate(places)]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
    zero = scale.y(0)
    area = f"{line}L{places[-1][0]:g} {zero:g}L{places[0][0]:g} {zero:g}Z" if chart["type"] == "area" else ""
    return Series(chart["series"][at]["name"], marks, line, area)


def shape(at: int, x: float, y: float, size: float = 4.5) -> str:
    """The outline of a series' own marker, so that it is not told apart by its colour alone."""
    s = size
    outlines = (
        f"m{-s:g} 0a{s:g} {s:g} 0 1 0 {2 * s:g} 0a{s:g} {s:g} 0 1 0 {-2 * s:g} 0z",
        f"m{-s:g} {-s:g}h{2 * s:g}v{2 * s:g}h{-2 * s:g}z",
        f"m0 {-1.2 * s:g}l{1.2 * s:g} {2.1 * s:g}h{-2.4 * s:g}z",
        f"m0 {-1.3 * s:g}l{1.3 * s:g} {1.3 * s:g}l{-1.3 * s:g} {1.3 * s:g}l{-1.3 * s:g} {-1.3 * s:g}z",
        f"m0 {1.2 * s:g}l{1.2 * s:g} {-2.1 * s:g}h{-2.4 * s:g}z",
        f"m{-s:g} {-s:g}l{2 * s:g} {2 * s:g}m0 {-2 * s:g}l{-2 * s:g} {2 * s:g}",
    )
    return f"M{x:g} {y:g}{outlines[at % len(outlines)]}"


def nice_ticks(low: float, high: float) -> list[float]:
    """About five round values that hold everything between low and high."""
    if high - low < 1e-9:
        high = low + 1
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]
