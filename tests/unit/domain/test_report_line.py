"""A report in one line: the pairs of KPIs and figures, with the spaces and commas that people type."""

import pytest

from bot.domain.report_line import pairs
from bot.errors import UserError
from tests.builders import kpi

KPIS = [
    kpi(1, code="starts", name="Starts within 15 working days"),
    kpi(2, code="late-starts", name="Late starts, per 1,000"),
    kpi(3, code="clearance", name="Average clearance"),
]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("starts=97.2 late-starts=8", [("starts", "97.2"), ("late-starts", "8")]),
        ("starts = 97.2 late-starts =8", [("starts", "97.2"), ("late-starts", "8")]),
        ("starts= 97.2%,late-starts=8;clearance=3,", [("starts", "97.2%"), ("late-starts", "8"), ("clearance", "3")]),
        ("starts=1,234, clearance=5", [("starts", "1,234"), ("clearance", "5")]),
        ("clearance=21.5 over 340 starts=972 / 1,000", [("clearance", "21.5 over 340"), ("starts", "972 / 1,000")]),
        ("Starts within 15 working days = 97.2 Late starts, per 1,000=8",
         [("Starts within 15 working days", "97.2"), ("Late starts, per 1,000", "8")]),
        ("starts=97.2, 88", [("starts", "97.2, 88")]),  # no figure, so it is refused
        ("starts=97.2 two advisers left", [("starts", "97.2 two advisers left")]),
        ("starts==97", [("starts", "=97")]),
        ("stats=97 nonsense=3", [("stats", "97"), ("nonsense", "3")]),
        ("no-starts=5", [("no-starts", "5")]),
        ("starts=", [("starts", "")]),
        ("", []),
    ],
)  # fmt: skip
def test_each_pair_is_read_as_it_was_typed(line: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(line, KPIS) == expected


@pytest.mark.parametrize("line", ["97.2", "so starts=97.2", "starts 97.2 late-starts=8", "=97"])
def test_what_is_no_pair_is_refused(line: str) -> None:
    with pytest.raises(UserError, match="is not a KPI and its figure"):
        pairs(line, KPIS)
