"""A portfolio as read from a file, before and after its rows are checked, and the limits on its size."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from bot.domain.normalisation import name_key
from bot.domain.wording import plural, quoted
from bot.records import BY_NAME, Record
from bot.records.cells import is_blank, shown
from bot.services.portfolio.faults import CannotImport, CellRef


class FileLimits(NamedTuple):
    """How large a file may be: its megabytes, those of what is packed in it, and the rows of all its sheets."""

    megabytes: int
    unpacked_megabytes: int
    rows: int


ON_THIS_MACHINE = FileLimits(megabytes=64, unpacked_megabytes=256, rows=500_000)
"""Of a file that whoever runs Liaison imports on the command line."""

SENT = FileLimits(megabytes=32, unpacked_megabytes=64, rows=20_000)
"""Of a file that somebody sends in Slack."""

MOST_PARTS = 1_000  # files inside a ZIP or an XLSX
_UNPACKED_AT_ONCE = 1_000_000  # bytes


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
    `above` are the rows above it, such as a title, which are not read.
    """

    file: str
    name: str
    header: Mapping[str, str] | None
    rows: Iterator[RawRow]
    above: Sequence[int] = ()


class SourceRow(NamedTuple):
    """A checked row of a file, its place, and the columns of which it says something.

    One that is not `whole` is no record by itself: each of its values is valid, and the register may have the rest.
    """

    row: Any
    place: CellRef
    says: frozenset[str]
    whole: bool = True


@dataclass(frozen=True)
class Rows:
    """The rows of a whole file, by sheet, and what people are told of it besides."""

    file: str
    entries: Mapping[type[Record], Sequence[SourceRow]]
    notes: Sequence[str] = ()

    def __len__(self) -> int:
        return sum(len(entries) for entries in self.entries.values())


def require_size(file: str, size: int, limits: FileLimits) -> None:
    """Refuse a file of too many bytes. Raises `CannotImport`."""
    if size > limits.megabytes * 1_000_000:
        raise too_large(file, plural(limits.megabytes, "megabyte"))


def require_unpacked_size(file: str, archive: ZipFile, limits: FileLimits) -> None:
    """Refuse an archive whose content is too large, by what it states and by what comes out of it: everything is
    unpacked once and counted, before anything is kept or parsed.

    Raises `CannotImport`, and what `zipfile` raises of a broken archive.
    """
    parts, most, unpacked = archive.infolist(), limits.unpacked_megabytes * 1_000_000, 0
    beyond = too_large(file, f"{plural(limits.unpacked_megabytes, 'megabyte')} when it is unpacked")
    if len(parts) > MOST_PARTS:
        raise too_large(file, f"{MOST_PARTS:,} files in it")
    if sum(part.file_size for part in parts) > most:
        raise beyond
    for part in parts:
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others unpack without a bound
            raise NotImplementedError("it is packed in an unusual way")
        with archive.open(part) as content:
            while some := content.read(_UNPACKED_AT_ONCE):
                unpacked += len(some)
                if unpacked > most:
                    raise beyond


MOST_COLUMNS = 64  # that are read: more than twice as many as any sheet has
MOST_ABOVE = 10  # rows above the names of the columns, such as a title
_COPY = re.compile(r"(?: - copy)?(?: ?\([0-9]{1,3}\))?$", re.IGNORECASE)


def plain(name: str) -> str:
    """The name of a sheet or a column without differences in how people write it."""
    return "_".join(name_key(name).replace("_", " ").split())


def without_copy(name: str) -> str:
    """The name of a file or a tab without what a program adds to that of a copy: people (1), people - Copy."""
    return _COPY.sub("", name.strip())


def within_limits(file: str, line: Sequence[object]) -> Sequence[object]:
    """The cells of a line, which are not too many. Raises `CannotImport`."""
    if any(_content(cell) is not None for cell in line[MOST_COLUMNS:]):
        raise too_large(file, f"{MOST_COLUMNS} columns in a sheet")
    return line[:MOST_COLUMNS]


Line = tuple[int, list[object]]


def sheet(file: str, name: str, lines: Iterable[Sequence[object]], *, lettered: bool) -> RawSheet | None:
    """The sheet in a grid; None for an empty grid. Blank rows and columns are skipped.

    `lettered`: people see letters above the columns. Raises `CannotImport` for a cell in a column without a name.
    """
    numbered = ((number, [_content(cell) for cell in line]) for number, line in enumerate(lines, 1))
    filled: Iterator[Line] = ((number, line) for number, line in numbered if any(cell is not None for cell in line))
    first = list(islice(filled, MOST_ABOVE + 1))
    if not first:
        return None
    at = next((at for at, (_, line) in enumerate(first) if _names_columns(name, line)), 0)
    (number, header), filled = first[at], chain(first[at + 1 :], filled)
    names = [None if cell is None else shown(cell) for cell in header]
    twice = {each for each in names if each is not None and names.count(each) > 1}
    if twice:
        raise CannotImport(
            f"{file}, sheet {name}, row {number}: the column {quoted(min(twice))} stands there twice. Keep one of them."
        )
    letters = {each: f"{letter(at)}{number}" if lettered else "" for at, each in enumerate(names) if each is not None}
    above = [number for number, _ in first[:at]]
    return RawSheet(file, name, letters, _rows(f"{file}, sheet {name}", names, filled), above)


def _names_columns(sheet: str, line: Sequence[object]) -> bool:
    """Whether a row names columns of its sheet: two at least, as each sheet needs."""
    columns = BY_NAME[plain(sheet)].fields() if plain(sheet) in BY_NAME else {}
    return sum(isinstance(cell, str) and plain(cell) in columns for cell in line) >= 2


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
    return None if is_blank(cell) else cell
