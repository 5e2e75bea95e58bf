"""The description of the format is made from the declaration of each kind of record.

After a change of a declaration run `WRITE_IMPORT=1 .venv/bin/pytest tests/unit/portfolio/test_documentation.py`: it
writes the sheets of docs/import.md anew.
"""

import os
import re

import pytest

from bot.records import SHEETS, Record, RecordField
from bot.records.cells import EMPTY
from bot.services.portfolio.faults import MOST_NAMED
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.source import MOST_ABOVE, MOST_COLUMNS, ON_THIS_MACHINE, SENT
from tests.builders import ROOT
from tests.samples import SAMPLE, sample_sheets

PAGE = ROOT / "docs" / "import.md"
WRITTEN = re.compile(r"(?=\n### ).*", re.DOTALL)


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def limits(field: RecordField) -> str:
    """How long a text can be, and between which numbers a number is."""
    numbers = field.reader.numbers
    if numbers is not None:
        return f" From {numbers[0]:,} to {numbers[-1]:,}."
    at_most = 0 if field.refers else field.reader.at_most
    return f" Up to {at_most:,} characters." if at_most else ""


def on_the_page(sheet: type[Record]) -> str:
    """A kind of record as the page describes it."""
    lines = ["", f"### {sheet.sheet}", "", str(sheet.__doc__), "", "| column | what it says |", "|---|---|"]
    for field in sheet.fields().values():
        name = f"**{field.name}**" if field.needed else field.name
        key = " (key)" if field.name in sheet.key_fields else ""
        words = f" One of: {', '.join(field.choices)}." if len(field.choices) > 2 else ""
        refers = f" In the sheet {field.refers}." if field.refers else ""
        lines.append(f"| {name}{key} | {field.description}{words}{refers}{limits(field)} |")
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module", autouse=True)
def _update() -> None:
    """With WRITE_IMPORT=1 the page's sheets are written first."""
    if os.environ.get("WRITE_IMPORT"):
        PAGE.write_text(WRITTEN.sub(lambda _: "".join(map(on_the_page, SHEETS)), page(), count=1), encoding="utf-8")


def test_the_page_describes_each_sheet_as_it_is_declared() -> None:
    found = WRITTEN.search(page())
    assert found is not None
    assert found[0] == "".join(map(on_the_page, SHEETS))


def test_the_page_has_the_limits_of_a_file_as_they_are() -> None:
    for limits in (ON_THIS_MACHINE, SENT):
        unpacked = f"{limits.unpacked_megabytes} megabytes when it is unpacked"
        assert f"{limits.megabytes} megabytes, {unpacked} and {limits.rows:,} rows" in page()
    assert f"{MOST_COLUMNS} columns in a sheet" in page()
    assert f"at most {MOST_NAMED}\n  such lines are listed" in page()
    assert f"up to {MOST_ABOVE} rows, such as a title" in page()
    assert f"To empty a cell, write `{EMPTY}` in it" in page()


def test_the_examples_of_the_page_are_read() -> None:
    examples = dict(re.findall(r"^```(yaml|csv)\n(.*?)^```$", page(), re.MULTILINE | re.DOTALL))
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
