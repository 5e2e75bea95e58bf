"""Charts as values: what is kept of one is the whole of it, and its picture is named by what it shows."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.charts import Cell, Chart, GridChart, Level, LineChart, Tone, as_json, from_json, picture_key

figures = st.decimals(allow_nan=False, allow_infinity=False, places=4)
words = st.text(max_size=30)
cells = st.builds(Cell, words, st.sampled_from(Tone))


@st.composite
def courses(draw: st.DrawFn) -> LineChart:
    values = draw(st.lists(st.none() | figures, min_size=1, max_size=8))
    points = draw(st.lists(words, min_size=len(values), max_size=len(values)))
    return LineChart(
        draw(words), draw(words), points, values, draw(st.lists(st.builds(Level, words, figures), max_size=3))
    )


@st.composite
def grids(draw: st.DrawFn) -> GridChart:
    wide = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(cells, min_size=wide, max_size=wide), min_size=1, max_size=4))
    names = st.lists(words, min_size=len(rows), max_size=len(rows))
    return GridChart(draw(words), draw(names), draw(st.lists(words, min_size=wide, max_size=wide)), rows, draw(words))


@given(courses() | grids())
def test_a_chart_comes_back_whole_from_what_is_kept_of_it(chart: Chart) -> None:
    assert from_json(as_json(chart)) == chart
    assert picture_key(from_json(as_json(chart))) == picture_key(chart)


def test_a_picture_is_named_by_everything_it_shows() -> None:
    course = LineChart("Starts", "%", ["Dec"], [Decimal("98.2")], [Level("Target", Decimal(99))])
    others: list[Chart] = [
        replace(course, title="Outcomes"),
        replace(course, values=[Decimal("98.20001")]),
        replace(course, values=[None]),
        replace(course, levels=[Level("Target", Decimal(98))]),
        GridChart("Starts", ["Dec"], ["%"], [[Cell("98.2")]]),
        GridChart("Starts", ["Dec"], ["%"], [[Cell("98.2", Tone.GOOD)]]),
    ]
    assert len({picture_key(each) for each in (course, *others)}) == 1 + len(others)


def test_a_chart_that_does_not_fit_together_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="for each of its points"):
        LineChart("Starts", "%", ["Nov", "Dec"], [None])
    with pytest.raises(ValueError, match="one at least"):
        LineChart("Starts", "%", [], [])
    with pytest.raises(ValueError, match="for each of its rows and columns"):
        GridChart("Starts", ["a"], ["b", "c"], [[Cell("x")]])
