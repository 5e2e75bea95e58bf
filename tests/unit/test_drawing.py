"""Drawing: a chart becomes a picture of a size that Slack shows well, whatever it holds."""

from decimal import Decimal
from struct import unpack

import pytest

from bot.delivery.drawing import draw
from bot.domain.charts import Cell, Chart, GridChart, Level, LineChart, Tone

MONTHS = [f"Month {n}" for n in range(24)]
HOSTILE = r"$\frac{1}{2}$ & <b> %s {} شراكة 5m £ \n" * 4
TARGET, BELOW = Level("Target 99%", Decimal(99)), Level(HOSTILE, Decimal(-1))
RISKS, POOR = Cell("R-1, R-22", Tone.BAD), Cell("Requires improvement", Tone.POOR)
CHARTS: dict[str, Chart] = {
    "one figure": LineChart("Starts", "%", ["Dec"], [Decimal("98.2")]),
    "no figure": LineChart("Starts", "%", ["Dec"], [None], [TARGET]),
    "two years": LineChart("Starts", "%", MONTHS, [Decimal(90 + n % 9) for n in range(24)], [TARGET] * 3),
    "levels in one place": LineChart("Fixes", "hours", ["Dec"], [Decimal(4)], [TARGET, TARGET]),
    "large figures": LineChart(HOSTILE, HOSTILE, [HOSTILE], [Decimal("99999999.9999")], [BELOW]),
    "matrix": GridChart("Risks", list("abcde"), list("12345"), [[RISKS] * 5] * 5, "Likelihood", "Impact"),
    "forty contracts": GridChart("Contracts", [HOSTILE] * 40, MONTHS[:6], [[POOR] * 6] * 40),
    "nothing in a cell": GridChart(HOSTILE, ["a"], ["b"], [[Cell("")]], HOSTILE, HOSTILE),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
def test_every_chart_is_a_picture_of_a_size_that_slack_shows(chart: Chart) -> None:
    picture = draw(chart)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = unpack(">II", picture[16:24])
    assert width == 1170
    assert 280 <= height <= 3500
    assert len(picture) < 1_000_000


def test_the_same_chart_is_the_same_picture_and_another_is_another() -> None:
    assert draw(CHARTS["matrix"]) == draw(CHARTS["matrix"])
    assert draw(CHARTS["one figure"]) != draw(CHARTS["no figure"])
