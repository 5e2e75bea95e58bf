"""Tables and charts.

https://docs.slack.dev/reference/block-kit/blocks/table-block
https://docs.slack.dev/reference/block-kit/blocks/data-table-block
https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from __future__ import annotations

from typing import Any

from workspace.blocks.checks import (
    Check,
    Report,
    Shape,
    flag,
    kind_of,
    many,
    number,
    one_of,
    or_null,
    record,
    string,
    whole,
)
from workspace.blocks.rules.objects import ID, MESSAGE, MESSAGE_AND_HOME
from workspace.blocks.rules.rich_text import RICH_TEXT_BLOCK

NAMED: dict[str, Check] = {"block_id": ID}
MOST_COLUMNS = 20

# A cell is held to 10,000 characters by the limit on the table as a whole. A raw_number without a text of its own
# shows its value: the schema on the page does not say which of its fields are required, so the text is.
RAW_TEXT = Shape({"text": string(10_000)})
RAW_NUMBER = Shape({"value": number(), "text": string(10_000)})
CELLS: dict[str, Shape] = {"raw_text": RAW_TEXT, "rich_text": RICH_TEXT_BLOCK}
DATA_CELLS: dict[str, Shape] = {"raw_text": RAW_TEXT, "raw_number": RAW_NUMBER, "rich_text": RICH_TEXT_BLOCK}
COLUMN = record(Shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag}))


def even_rows(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """All rows of a data table have as many cells as its header, which holds no rich text."""
    head, *rest = value["rows"]
    for at, row in enumerate(rest, 1):
        if len(row) != len(head):
            report.add(f"{place}.rows[{at}]", f"{len(row)} cells, the header has {len(head)}")
    for at, cell in enumerate(head):
        if cell["type"] == "rich_text":
            report.add(f"{place}.rows[0][{at}].type", "rich_text is not allowed in a header")
    if value.get("row_header_column_index", 0) >= len(head):
        report.add(f"{place}.row_header_column_index", f"there are {len(head)} columns")


TABLE = Shape(
    {"rows": many(many(kind_of(CELLS), MOST_COLUMNS, of="columns"), 100, of="rows")},
    {**NAMED, "column_settings": many(or_null(COLUMN), MOST_COLUMNS, of="columns")},
    MESSAGE_AND_HOME,
)
# The page has said 101 rows and 10,000 characters, and later 201 and 20,000; the stricter holds.
DATA_TABLE = Shape(
    {"rows": many(many(kind_of(DATA_CELLS), MOST_COLUMNS, of="columns"), 101, 2, of="rows"), "caption": string(3000)},
    {**NAMED, "page_size": whole(1, 100), "row_header_column_index": whole(0, MOST_COLUMNS - 1)},
    MESSAGE_AND_HOME,
    (even_rows,),
)


def matching(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """Series are told apart by name, categories by label, and every series has one point for each category."""
    names = [series["name"] for series in value["series"]]
    categories = value["axis_config"]["categories"]
    if len(set(names)) < len(names):
        report.add(f"{place}.series", "two series have the same name")
    if len(set(categories)) < len(categories):
        report.add(f"{place}.axis_config.categories", "two categories have the same label")
    for at, series in enumerate(value["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            report.add(f"{place}.series[{at}].data", "needs exactly one point for each category")


LABEL = string(20)
SERIES = record(
    Shape({"name": LABEL, "data": many(record(Shape({"label": LABEL, "value": number()})), 20, of="points")})
)
AXES = record(Shape({"categories": many(LABEL, 20, of="categories")}, {"x_label": string(50), "y_label": string(50)}))
# The page has said 6 segments and 6 series, and later 12; the stricter holds.
PLOTTED = Shape({"series": many(SERIES, 6, of="series"), "axis_config": AXES}, rules=(matching,))
CHARTS: dict[str, Shape] = {
    "pie": Shape({"segments": many(record(Shape({"label": LABEL, "value": number(above=0)})), 6, of="segments")}),
    "bar": PLOTTED,
    "line": PLOTTED,
    "area": PLOTTED,
}
DATA_VISUALIZATION = Shape({"title": string(50), "chart": kind_of(CHARTS)}, NAMED, MESSAGE)
