"""The description of the format is the declaration of the format."""

import re
from pathlib import Path

import pytest

from bot.records import SHEETS, Record
from bot.services import portfolio
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.source import MOST_MEGABYTES, MOST_ROWS, MOST_UNPACKED_MEGABYTES
from tests.builders import SAMPLE, sample_sheets

PAGE = (Path(str(portfolio.__file__)).parent / "README.md").read_text(encoding="utf-8")


def table(sheet: type[Record]) -> str:
    """A sheet as the page describes it."""
    lines = [f"### {sheet.sheet}", "", str(sheet.__doc__), "", "| column | what it says |", "|---|---|"]
    for column in sheet.fields().values():
        name = f"**{column.name}**" if column.needed else column.name
        key = " (key)" if column.name in sheet.key_fields else ""
        words = f" One of: {', '.join(column.choices)}." if len(column.choices) > 2 else ""
        refers = f" In the sheet {column.refers}." if column.refers else ""
        lines.append(f"| {name}{key} | {column.description}{words}{refers} |")
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.sheet)
def test_the_page_describes_each_sheet_as_it_is_declared(sheet: type[Record]) -> None:
    assert table(sheet) in PAGE


def test_the_page_describes_no_other_sheet_and_the_limits_as_they_are() -> None:
    assert re.findall(r"^### (\S+)$", PAGE, re.MULTILINE) == [sheet.sheet for sheet in SHEETS]
    limits = (
        f"{MOST_MEGABYTES} megabytes, {MOST_UNPACKED_MEGABYTES} megabytes when it is unpacked, and {MOST_ROWS:,} rows"
    )
    assert limits in PAGE


def test_the_examples_of_the_page_are_read() -> None:
    examples = dict(re.findall(r"^```(yaml|csv)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    assert len(read_bytes("example.yaml", examples["yaml"].encode())) == 4
    assert len(read_bytes("people.csv", examples["csv"].encode())) == 1


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.sheet)
def test_the_sample_has_every_sheet_with_every_column_that_is_needed_and_speaks_of_the_others(
    sheet: type[Record],
) -> None:
    first, text = sample_sheets()[sheet.sheet], SAMPLE.read_text(encoding="utf-8")
    needed = {column.name for column in sheet.fields().values() if column.needed}
    assert all(needed <= set(row) for row in first)
    part = text[text.index(f"\n{sheet.sheet}:") - 1500 :]
    assert [name for name in sheet.fields() if name not in part] == []


def test_every_column_has_a_sentence() -> None:
    for sheet in SHEETS:
        assert [each.name for each in sheet.fields().values() if not each.description.endswith((".", "..."))] == []
