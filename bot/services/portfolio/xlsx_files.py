"""Reading and writing XLSX: one tab for each sheet, as Excel, LibreOffice and Google Sheets save it.

A written workbook has notes on its columns, and drop-downs for closed sets of words.
"""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from bot.domain.periods import Month
from bot.records import BY_NAME, SHEETS, Record, RecordField
from bot.records.cells import EMPTY, Cell, exported, plain_number, shown
from bot.records.readers import Broken
from bot.services.portfolio import source
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.source import FileLimits, RawSheet, letter, require_unpacked_size, too_large

OWN_TABS = ("notes", "lists")
"""Tabs that a workbook of ours has for people: they hold no rows."""

T = TypeVar("T")

LAST_ROW = 1_048_576  # of any workbook
_FORMULA, _ERROR = "f", "e"


def sheets(name: str, content: bytes, limits: FileLimits) -> Iterator[RawSheet]:
    """The sheets of a workbook. Raises `CannotImport`."""
    workbook = _read_safely(name, partial(_workbook, name, content, limits))
    for tab in workbook.worksheets:
        if tab.title.strip().lower() not in OWN_TABS:
            lines = _read_safely(name, partial(_lines, name, tab, limits))
            read = source.sheet(name, source.without_copy(tab.title), lines, lettered=True)
            if read is not None:
                yield read


def _read_safely(name: str, reading: Callable[[], T]) -> T:
    """The result of reading with openpyxl. Raises `CannotImport` for a file that it cannot read."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of other things that Excel stores in a workbook
            return reading()
    except (CannotImport, MemoryError):
        raise
    except Exception as error:  # a broken file fails in many ways: in the archive, in the XML, in openpyxl's own code
        raise CannotImport(
            f"{name} is not a workbook that can be read. Save it again as XLSX, with no password."
        ) from error


def _workbook(name: str, content: bytes, limits: FileLimits) -> Any:  # noqa: ANN401  # openpyxl's read-only workbook has no type of its own
    with ZipFile(io.BytesIO(content)) as archive:
        require_unpacked_size(name, archive, limits)
    return load_workbook(io.BytesIO(content), read_only=True)


def _lines(name: str, tab: Any, limits: FileLimits) -> list[Sequence[object]]:  # noqa: ANN401  # as above
    tab.reset_dimensions()  # a workbook's stated size may be wrong
    lines, filled, blank = list[Sequence[object]](), 0, None
    for line in tab.iter_rows(max_row=LAST_ROW, max_col=source.MOST_COLUMNS + 1):
        if line is blank:  # openpyxl gives the same object for each missing row, and there may be a million
            lines.append(())
            continue
        cells = [None if cell is EMPTY_CELL else _content(cell) for cell in line]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            blank = line
        filled += bool(cells)
        if filled > limits.rows + source.MOST_ABOVE + 1:
            raise too_large(name, f"{limits.rows:,} rows")
        lines.append(source.within_limits(name, cells))
    return lines


def _content(cell: Any) -> object:  # noqa: ANN401  # as above
    value = cell.value
    if value is None or (isinstance(value, str) and cell.data_type not in (_FORMULA, _ERROR)):
        return value
    if cell.data_type == _FORMULA:
        return Broken(str(getattr(value, "text", value)), "this is a formula. Copy the cell and paste it as a value.")
    if cell.data_type == _ERROR:
        return Broken(str(value), "this is an error. Enter the value itself.")
    if isinstance(value, int | float) and "%" in cell.number_format and not isinstance(value, bool):
        return f"{plain_number(Decimal(shown(value)) * 100)}%"  # what the person sees: 97.2% is stored as 0.972
    return value


_NOTES, _LISTS = OWN_TABS
_RUNS = tuple("=+-@#")  # the first characters of a text that Excel could read as a formula or an error
_DATE, _TEXT = "yyyy-mm-dd", "@"
_BOLD = Font(bold=True)
_WIDEST = 60


def content(rows: Iterable[tuple[type[Record], Sequence[Record]]]) -> bytes:
    """The rows of every sheet as a workbook."""
    workbook = Workbook(write_only=True)
    for sheet, those in rows:
        tab = workbook.create_sheet(sheet.sheet)
        _prepare(tab, sheet)
        tab.append([_header(tab, column) for column in sheet.fields().values()])
        for row in those:
            tab.append([_cell(tab, exported(getattr(row, column))) for column in sheet.fields()])
    _write_notes(workbook.create_sheet(_NOTES))
    _write_lists(workbook.create_sheet(_LISTS))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def workbook(tabs: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """A workbook for people to read, with these rows in its tabs; the first row of each is bold."""
    made = Workbook(write_only=True)
    for name, rows in tabs.items():
        tab = made.create_sheet(name)
        for at in range(max(map(len, rows), default=0)):
            tab.column_dimensions[letter(at)].width = _WIDEST // 2
        for row in rows[:1]:
            tab.append(_bold(tab, *map(str, row)))
        for row in rows[1:]:
            tab.append([_cell(tab, exported(value) if value is not None else "") for value in row])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _prepare(tab: Any, sheet: type[Record]) -> None:  # noqa: ANN401  # openpyxl's sheet that is only written has no type
    """Set widths, formats and drop-downs, which a write-only sheet needs before its rows."""
    tab.freeze_panes = "A2"
    for at, column in enumerate(sheet.fields().values()):
        dimension = tab.column_dimensions[letter(at)]
        dimension.width = max(len(column.name) + 4, 14)
        if date in column.types:
            dimension.number_format = _DATE
        elif str in column.types or Month in column.types:
            dimension.number_format = _TEXT  # so that Excel makes no date of 2026-07
        allowed = _allowed(column)
        if allowed is not None:
            allowed.add(f"{letter(at)}2:{letter(at)}{LAST_ROW}")
            tab.data_validations.append(allowed)


def _allowed(column: RecordField) -> DataValidation | None:
    """The drop-down of a column: a closed set is enforced, the keys of another sheet are suggestions."""
    if column.refers:
        first = next(iter(BY_NAME[column.refers].fields()))
        at = letter(list(BY_NAME[column.refers].fields()).index(first))
        return DataValidation("list", formula1=f"{column.refers}!${at}$2:${at}${LAST_ROW}", showErrorMessage=False)
    if not column.choices:
        return None
    offered = _offered(column)
    at, last = letter(_lists().index(offered)), len(offered) + 1
    return DataValidation(
        "list",
        formula1=f"{_LISTS}!${at}$2:${at}${last}",
        allow_blank=not column.needed,
        showErrorMessage=True,
        errorTitle=column.name,
        error="Choose one of the list.",
    )


def _offered(column: RecordField) -> list[str]:
    """The words of a closed set, and the one that empties a cell where it may be empty."""
    return column.choices if column.needed else [*column.choices, EMPTY]


def _lists() -> list[list[str]]:
    """Every closed set of words, once."""
    found: list[list[str]] = []
    for sheet in SHEETS:
        found += [offered for c in sheet.fields().values() if c.choices and (offered := _offered(c)) not in found]
    return found


def _header(tab: Any, column: RecordField) -> ExcelCell:  # noqa: ANN401  # as above
    cell = WriteOnlyCell(tab, column.name)
    cell.font = _BOLD
    cell.comment = Comment(
        f"{column.description}{' Needed.' if column.needed else ''}", "Liaison", height=120, width=320
    )
    return cell


def _cell(tab: Any, value: Cell) -> object:  # noqa: ANN401  # as above
    """A value; a text that looks like a formula stays a text, even when somebody edits the cell."""
    if not (isinstance(value, str) and value.startswith(_RUNS)):
        return value
    cell = WriteOnlyCell(tab, value)
    cell.data_type, cell.quotePrefix = "s", True
    return cell


def _write_notes(tab: Any) -> None:  # noqa: ANN401  # as above
    for at, width in enumerate((16, 22, 10, 100, _WIDEST)):
        tab.column_dimensions[letter(at)].width = width
    tab.freeze_panes = "A2"
    tab.append(_bold(tab, "sheet", "column", "needed", "what to enter", "one of"))
    for sheet in SHEETS:
        tab.append(_bold(tab, sheet.sheet, "", "", str(sheet.__doc__)))
        for column in sheet.fields().values():
            needed = "yes" if column.needed else "no"
            tab.append([sheet.sheet, column.name, needed, column.description, _cell(tab, ", ".join(column.choices))])


def _write_lists(tab: Any) -> None:  # noqa: ANN401  # as above
    tab.sheet_state = "hidden"
    lists = _lists()
    tab.append([f"list {number}" for number, _ in enumerate(lists, 1)])
    for at in range(max(map(len, lists))):
        tab.append([words[at] if at < len(words) else None for words in lists])


def _bold(tab: Any, *texts: str) -> list[ExcelCell]:  # noqa: ANN401  # as above
    cells = [WriteOnlyCell(tab, text) for text in texts]
    for cell in cells:
        cell.font = _BOLD
    return cells
