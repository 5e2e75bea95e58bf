"""Reading and writing CSV: one file for each sheet, alone, in a folder or in a ZIP; UTF-8 with a byte order mark for
Excel."""

import csv
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from bot.records import Record
from bot.records.cells import Cell, exported, plain_number
from bot.services.portfolio import source
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.source import FileLimits, RawSheet, require_size, require_unpacked_size

SEPARATORS = ",;\t"
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_BYTE_ORDER_MARK = "\ufeff"
_SEPARATOR_LINE = re.compile(r'"?sep=([^\r\n"])"?(?:\r\n|\r|\n)', re.IGNORECASE)  # what Excel reads and writes first
_LONGEST_CELL = 100_000  # characters; the longest stored text has 3,000


def sheet(name: str, content: bytes, _limits: FileLimits) -> Iterator[RawSheet]:
    """The sheet in a CSV file, named as the file. Raises `CannotImport`."""
    read = source.sheet(name, source.without_copy(PurePosixPath(name).stem), _lines(name, content), lettered=False)
    if read is not None:
        yield read


def sheets_of_folder(folder: Path, limits: FileLimits) -> Iterator[RawSheet]:
    """The sheets in the CSV files of a folder; other files are ignored. Raises `CannotImport` or `OSError`."""
    files = sorted(each for each in folder.iterdir() if each.suffix.lower() == ".csv")
    if not files:
        raise CannotImport(
            f"The folder {folder.name} has no CSV file. Give it one for each sheet, such as contracts.csv."
        )
    for file in files:
        require_size(file.name, file.stat().st_size, limits)
        yield from sheet(file.name, file.read_bytes(), limits)


def sheets_of_zip(name: str, content: bytes, limits: FileLimits) -> Iterator[RawSheet]:
    """The sheets in the CSV files of a ZIP, in any of its folders. Raises `CannotImport`."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            require_unpacked_size(name, archive, limits)
            names = [each for each in archive.namelist() if _is_sheet(PurePosixPath(each))]
            if not names:
                raise CannotImport(f"{name} has no CSV file. Give it one for each sheet, such as contracts.csv.")
            for each in names:
                yield from sheet(PurePosixPath(each).name, archive.read(each), limits)
    except (
        BadZipFile,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ) as error:  # broken, an unknown compression, a password
        raise CannotImport(f"{name} could not be unpacked: {error}. Pack it again, with no password.") from error


def _is_sheet(path: PurePosixPath) -> bool:
    return path.suffix.lower() == ".csv" and not path.name.startswith(".") and path.parts[0] != "__MACOSX"


def _lines(name: str, content: bytes) -> Iterator[Sequence[object]]:
    try:
        text = content.decode().lstrip(_BYTE_ORDER_MARK)  # a program that adds one to a file that has one leaves two
    except UnicodeDecodeError as error:
        raise CannotImport(
            f"{name} could not be read as UTF-8, from byte {error.start + 1} on. In Excel, save it as CSV UTF-8."
        ) from error
    csv.field_size_limit(_LONGEST_CELL)
    said = _SEPARATOR_LINE.match(text)
    if said:
        yield ()  # a line of its own, which is no row
        text = text[said.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=said[1] if said else _separator(text), strict=True)
    try:
        for line in reader:
            yield source.within_limits(name, [unguarded(cell) for cell in line])
    except csv.Error as error:
        raise CannotImport(f"{name}, line {reader.line_num}: {error}. Correct the quotation marks there.") from error


def _separator(text: str) -> str:
    """The separator between the column names: Excel uses a semicolon in some languages."""
    header = next((line for line in text[:_LONGEST_CELL].splitlines() if line.strip(f" {SEPARATORS}")), "")
    return max(SEPARATORS, key=header.count)


def unguarded(cell: str) -> str:
    """The text of a cell without the apostrophe that stops Excel from running it as a formula."""
    return cell[1:] if _GUARDED.match(cell) else cell


# A spreadsheet would run a text that begins like this as a formula. Writing adds an apostrophe before it and reading
# removes it, so a text that has one already gets a second.
_RUNS = re.compile(r"'*[=+\-@\t\r]")


def files(rows: Iterable[tuple[type[Record], Sequence[Record]]]) -> Iterator[tuple[str, bytes]]:
    """The name and the content of each sheet's file; a sheet without rows has only its columns."""
    for sheet, those in rows:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(sheet.fields())
        writer.writerows([_text(exported(getattr(row, column))) for column in sheet.fields()] for row in those)
        yield f"{sheet.sheet}.csv", out.getvalue().encode("utf-8-sig")


def content(rows: Iterable[tuple[type[Record], Sequence[Record]]]) -> bytes:
    """The same files in one ZIP."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, part in files(rows):
            archive.writestr(
                ZipInfo(name), part, ZIP_DEFLATED
            )  # without a time, so that equal registers give equal files
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
