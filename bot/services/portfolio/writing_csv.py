"""Writing CSV: one file for each sheet, in UTF-8 with the mark by which Excel knows it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.services.portfolio.sheets import Row
from bot.services.portfolio.sheets.cells import Cell, plain_number, written

# A text that begins so would be run as a formula where the file is opened. An apostrophe before it makes it a text
# again, and reading takes it away; so one that was there already gets a second.
_RUNS = re.compile(r"'*[=+\-@\t\r]")


def files(rows: Iterable[tuple[type[Row], Sequence[Row]]]) -> Iterator[tuple[str, bytes]]:
    """The name and the content of the file of each sheet; one without rows has its columns alone."""
    for sheet, those in rows:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(sheet.columns())
        writer.writerows([_text(written(getattr(row, column))) for column in sheet.columns()] for row in those)
        yield f"{sheet.sheet}.csv", out.getvalue().encode("utf-8-sig")


def content(rows: Iterable[tuple[type[Row], Sequence[Row]]]) -> bytes:
    """The same files in one ZIP."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, part in files(rows):
            archive.writestr(ZipInfo(name), part, ZIP_DEFLATED)  # with no time in it: equal registers, equal files
    return out.getvalue()


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if _RUNS.match(cell) else cell
        case Decimal():
            return plain_number(cell)
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
