"""Reading XLSX: one tab for each sheet, as Excel, LibreOffice and Google Sheets save it."""

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from bot.services.portfolio import grid
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.sheets.cells import Broken, plain_number, shown
from bot.services.portfolio.source import MOST_ROWS, RawSheet, TooLarge, require_unpacked_size

OWN_TABS = ("notes", "lists")
"""Tabs that a workbook of ours has for people: they hold no rows."""

T = TypeVar("T")

LAST_ROW = 1_048_576  # of any workbook
_FORMULA, _ERROR = "f", "e"


def sheets(name: str, content: bytes) -> Iterator[RawSheet]:
    """The sheets of a workbook. CannotImport for what is none."""
    workbook = _trusted_with(name, partial(_workbook, name, content))
    for tab in workbook.worksheets:
        if tab.title.strip().lower() not in OWN_TABS:
            lines = _trusted_with(name, partial(_lines, name, tab))
            read = grid.sheet(name, tab.title, lines, lettered=True)
            if read is not None:
                yield read


def _trusted_with(name: str, reading: Callable[[], T]) -> T:
    """What openpyxl makes of the file, in a sentence where it is no workbook."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of whatever else Excel keeps in a workbook
            return reading()
    except CannotImport:
        raise
    except Exception as error:  # a broken file makes it fail in many ways: in the archive, in the XML, in its own code
        raise CannotImport(
            f"{name} is not a workbook that can be read. Save it again as XLSX, with no password."
        ) from error


def _workbook(name: str, content: bytes) -> Any:  # noqa: ANN401  # openpyxl's read-only workbook has no type of its own
    with ZipFile(io.BytesIO(content)) as archive:
        require_unpacked_size(name, archive)
    return load_workbook(io.BytesIO(content), read_only=True)


def _lines(name: str, tab: Any) -> list[Sequence[object]]:  # noqa: ANN401  # the same of its sheets
    tab.reset_dimensions()  # what a workbook says of its size need not be so
    lines, filled, blank = list[Sequence[object]](), 0, None
    for line in tab.iter_rows(max_row=LAST_ROW, max_col=grid.MOST_COLUMNS):
        if line is blank:  # openpyxl gives one and the same for each row that is not there, and there may be a million
            lines.append(())
            continue
        cells = [None if cell is EMPTY_CELL else _content(cell) for cell in line]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            blank = line
        filled += bool(cells)
        if filled > MOST_ROWS:
            raise TooLarge(name, f"{MOST_ROWS:,} rows")
        lines.append(cells)
    return lines


def _content(cell: Any) -> object:  # noqa: ANN401  # and of its cells
    value = cell.value
    if value is None or (isinstance(value, str) and cell.data_type not in (_FORMULA, _ERROR)):
        return value
    if cell.data_type == _FORMULA:
        return Broken(str(getattr(value, "text", value)), "this is a formula. Copy the cell and paste it as a value.")
    if cell.data_type == _ERROR:
        return Broken(str(value), "this is an error. Enter the value itself.")
    if isinstance(value, int | float) and "%" in cell.number_format and not isinstance(value, bool):
        return f"{plain_number(Decimal(shown(value)) * 100)}%"  # what the person sees: 97.2% is kept as 0.972
    return value
