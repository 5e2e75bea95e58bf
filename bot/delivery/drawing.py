"""Drawing charts as PNG pictures, with matplotlib.

Matplotlib takes most of a second to import, so it is imported when the first chart is drawn. People with colour
blindness can tell the colours apart (Okabe and Ito's palette, lightened), and colour alone never carries a meaning.
"""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

from bot.domain.charts import Cell, Chart, GridChart, Level, LineChart, Tone

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 130
WIDTH = 9.0  # inches: the width at which Slack shows a picture on a wide screen, at twice the resolution
INK, FAINT, LINE = "#1d1c1d", "#6b6b6b", "#0b5cad"
TONES = {
    Tone.GOOD: "#bfe5d6",
    Tone.FAIR: "#fdf3b4",
    Tone.POOR: "#f7d3a1",
    Tone.BAD: "#f2b8a5",
    Tone.NONE: "#f3f3f3",
}
HALO = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
NAME_HEIGHT = 0.065  # of the axes: the height of a line of small text
LONGEST_NAME, LONGEST_LINE, SHORTEST_LINE = 34, 22, 8
LETTER = 0.075  # inches: the average width of a letter in a cell
MOST_TICKS = 12


def draw(chart: Chart) -> bytes:
    """The chart as a PNG. Equal charts give equal bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = _course(chart) if isinstance(chart, LineChart) else _grid(chart)
    held = BytesIO()
    FigureCanvasAgg(figure).print_png(held, metadata={"Software": None})  # type: ignore[no-untyped-call]  # matplotlib leaves it untyped
    return held.getvalue()


def _course(chart: LineChart) -> "Figure":
    figure, axes = _sheet(chart.title, 4.2)
    places = range(len(chart.points))
    values = [_height(value) for value in chart.values]
    axes.plot(places, values, color=LINE, linewidth=2, marker="o", markersize=6, zorder=3)
    for place, value in zip(places, chart.values, strict=True):
        if value is not None and (len(chart.points) <= MOST_TICKS or place == len(chart.points) - 1):
            axes.annotate(f"{value.normalize():f}", (place, float(value)), xytext=(0, 7), textcoords="offset points",
                          ha="center", fontsize=9, color=INK, zorder=4, bbox=HALO)  # fmt: skip
    for style, level in zip(("-", "--", "-.", ":") * len(chart.levels), chart.levels, strict=False):
        if level.steps:
            steps = [_height(each) for each in level.steps]
            axes.step(places, steps, where="mid", color=FAINT, linewidth=1.2, linestyle=style)
        else:
            axes.axhline(float(level.value), color=FAINT, linewidth=1.2, linestyle=style)
    every = -(-len(chart.points) // MOST_TICKS)
    axes.set_xticks([*places][::every], [*chart.points][::every], fontsize=9)
    axes.set_ylabel(_plain(chart.unit), fontsize=9, color=INK)
    axes.margins(x=0.04, y=0.18)
    _name_levels(axes, chart.levels)
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.8)
    figure.subplots_adjust(left=0.09, right=0.80, top=0.86, bottom=0.12)
    return figure


def _height(value: Decimal | None) -> float:
    """Where a value is drawn: nowhere, if there is none."""
    return float("nan") if value is None else float(value)


def _name_levels(axes: "Axes", levels: Sequence[Level]) -> None:
    """Write each level's name at the end of its line, with enough space above the one below to be read."""
    bottom, top = axes.get_ylim()
    lowest = -1.0
    for level in sorted(levels, key=lambda each: each.value):
        lowest = max((float(level.value) - bottom) / (top - bottom), lowest + NAME_HEIGHT)
        axes.text(1.01, lowest, _plain(level.label), transform=axes.transAxes, va="center", fontsize=9, color=INK)


def _grid(chart: GridChart) -> "Figure":
    longest = max(len(shorten(name, LONGEST_NAME)) for name in chart.rows)
    left = min(0.05 + longest * 0.0085 + (0.03 if chart.down else 0), 0.4)
    room = int(WIDTH * (0.98 - left) / len(chart.columns) / LETTER)
    room = min(max(room, SHORTEST_LINE), LONGEST_LINE)
    heights = [max(len(_wrapped(cell, room)) for cell in row) * 0.17 + 0.28 for row in chart.cells]
    height = 1.1 + sum(heights)
    figure, axes = _sheet(chart.title, max(height, 2.2))
    top = 0.0
    middles = []
    for row, tall in zip(chart.cells, heights, strict=True):
        for column, cell in enumerate(row):
            _fill(axes, column, top, tall, cell.tone, _wrapped(cell, room))
        middles.append(top + tall / 2)
        top += tall
    axes.set_xlim(0, len(chart.columns))
    axes.set_ylim(top, 0)
    axes.set_xticks([n + 0.5 for n in range(len(chart.columns))], [*chart.columns], fontsize=9)
    axes.set_yticks(middles, [_plain(shorten(name, LONGEST_NAME, placeholder="…")) for name in chart.rows], fontsize=9)
    axes.tick_params(length=0)
    axes.set_xlabel(chart.across, fontsize=9, color=INK)
    axes.set_ylabel(chart.down, fontsize=9, color=INK)
    inches = figure.get_figheight()
    figure.subplots_adjust(left=left, right=0.98, top=1 - 0.5 / inches, bottom=0.55 / inches)
    return figure


def _fill(axes: "Axes", column: int, top: float, tall: float, tone: Tone, lines: Sequence[str]) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((column, top), 1, tall, facecolor=TONES[tone], edgecolor="white", linewidth=2))
    axes.text(column + 0.5, top + tall / 2, _plain("\n".join(lines)), ha="center", va="center",
              fontsize=8.5, color=INK, linespacing=1.3)  # fmt: skip


def _wrapped(cell: Cell, room: int) -> list[str]:
    """The words of a cell, wrapped to the width of its column."""
    return wrap(cell.words, room) or [""]


def _sheet(title: str, height: float) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=DOTS_PER_INCH, facecolor="white")
    axes = figure.subplots()
    axes.set_title(_plain(shorten(title, 90, placeholder="…")), loc="left", fontsize=12, fontweight="bold", color=INK)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=INK)
    return figure, axes


def _plain(words: str) -> str:
    """The words with `$` escaped, so that matplotlib does not read them as a formula."""
    return words.replace("$", r"\$")
