"""A portfolio as read from a file, before and after its rows are checked, and the limits on its size."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple
from zipfile import ZipFile

from bot.domain.wording import plural, quoted
from bot.records import Record
from bot.records.cells import shown
from bot.services.portfolio.faults import CannotImport, CellRef

MOST_MEGABYTES = 64  # of one file as it is sent
MOST_UNPACKED_MEGABYTES = 256  # of the unpacked content of a ZIP or an XLSX
MOST_ROWS = 500_000  # in all sheets together
MOST_PARTS = 1_000  # files inside a ZIP or an XLSX


def too_large(file: str, what: str) -> CannotImport:
    """There is more than is read; says the limit."""
    return CannotImport(f"{file} has more than {what}, which is the most that is read. Divide it into several files.")


class RawRow(NamedTuple):
    """An unchecked row of a file: its number, its line if it has one, and the value of each cell by column."""

    number: int
    line: int | None
    cells: Mapping[str, object]


@dataclass(frozen=True)
class RawSheet:
    """An unchecked sheet of a file.

    `header` has the columns in order, each with its letter if it has one; None if each row names its own columns.
    """

    file: str
    name: str
    header: Mapping[str, str] | None
    rows: Iterator[RawRow]


class SourceRow(NamedTuple):
    """A checked row of a file, its place, and the columns that it contains."""

    row: Any
    place: CellRef
    says: frozenset[str]


@dataclass(frozen=True)
class Rows:
    """The rows of a whole file, by sheet."""

    file: str
    entries: Mapping[type[Record], Sequence[SourceRow]]

    def __len__(self) -> int:
        return sum(len(entries) for entries in self.entries.values())


def require_size(file: str, size: int) -> None:
    """Refuse a file of too many bytes. Raises `CannotImport`."""
    if size > MOST_MEGABYTES * 1_000_000:
        raise too_large(file, plural(MOST_MEGABYTES, "megabyte"))


def require_unpacked_size(file: str, archive: ZipFile) -> None:
    """Refuse an archive whose unpacked content is too large; no part is read beyond its stated size. Raises
    `CannotImport`."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise too_large(file, f"{MOST_PARTS:,} files in it")
    if sum(part.file_size for part in parts) > MOST_UNPACKED_MEGABYTES * 1_000_000:
        raise too_large(file, f"{plural(MOST_UNPACKED_MEGABYTES, 'megabyte')} when it is unpacked")


MOST_COLUMNS = 64  # that are read: more than twice as many as any sheet has


def sheet(file: str, name: str, lines: Iterable[Sequence[object]], *, lettered: bool) -> RawSheet | None:
    """The sheet in a grid; None for an empty grid. Blank rows and columns are skipped.

    `lettered`: people see letters above the columns. Raises `CannotImport` for a cell in a column without a name.
    """
    numbered = ((number, [_content(cell) for cell in line]) for number, line in enumerate(lines, 1))
    filled = ((number, line) for number, line in numbered if any(cell is not None for cell in line))
    number, header = next(filled, (0, []))
    if not number:
        return None
    names = [None if cell is None else shown(cell) for cell in header]
    twice = {each for each in names if each is not None and names.count(each) > 1}
    if twice:
        raise CannotImport(
            f"{file}, sheet {name}, row {number}: the column {quoted(min(twice))} stands there twice. Keep one of them."
        )
    letters = {each: f"{letter(at)}{number}" if lettered else "" for at, each in enumerate(names) if each is not None}
    return RawSheet(file, name, letters, _rows(f"{file}, sheet {name}", names, filled))


def letter(position: int) -> str:
    """The letters above a column, counted from 0: A, Z, AA."""
    before, last = divmod(position, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)


def _rows(place: str, names: Sequence[str | None], filled: Iterator[tuple[int, list[object]]]) -> Iterator[RawRow]:
    for number, line in filled:
        cells: dict[str, object] = {}
        for at, value in enumerate(chain(line, [None] * (len(names) - len(line)))):
            name = names[at] if at < len(names) else None
            if name is not None:
                cells[name] = value
            elif value is not None:
                raise CannotImport(
                    f"{place}, row {number}, column {letter(at)}: {quoted(shown(value))} stands under no name. "
                    "Name the column in the first row, or empty it."
                )
        yield RawRow(number, None, cells)


def _content(cell: object) -> object:
    """The content of a cell; None if it shows nothing."""
    return None if isinstance(cell, str) and not cell.strip() else cell
