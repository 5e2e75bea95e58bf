"""A portfolio as it stands in a file, before and after its rows are checked, and how much of it is read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zipfile import ZipFile

from bot.domain.wording import plural
from bot.services.portfolio.faults import CannotImport, Place
from bot.services.portfolio.sheets import Row

MOST_MEGABYTES = 64  # of one file as it arrives
MOST_UNPACKED_MEGABYTES = 256  # of what a ZIP or an XLSX holds
MOST_ROWS = 500_000  # in all sheets together
MOST_PARTS = 1_000  # files inside a ZIP or an XLSX


class TooLarge(CannotImport):
    """There is more than is read; says the limit."""

    def __init__(self, file: str, what: str) -> None:
        super().__init__(f"{file} has more than {what}, which is the most that is read. Divide it into several files.")


class RawRow(NamedTuple):
    """A row as it stands in a file: its number, its line if it has one, and what is in each cell by its column."""

    number: int
    line: int | None
    cells: Mapping[str, object]


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it stands in a file.

    `header` has the columns in their order, each with its letter if it has one; None where each row names its own.
    """

    file: str
    name: str
    header: Mapping[str, str] | None
    rows: Iterator[RawRow]


class Entry(NamedTuple):
    """A row of a file that was checked by itself, where it stands, and the columns that it speaks of."""

    row: Any
    place: Place
    says: frozenset[str]


@dataclass(frozen=True)
class Rows:
    """The rows of a whole file, by their kind."""

    file: str
    entries: Mapping[type[Row], Sequence[Entry]]

    def __len__(self) -> int:
        return sum(len(entries) for entries in self.entries.values())


def require_size(file: str, size: int) -> None:
    """TooLarge for a file of more bytes than are read."""
    if size > MOST_MEGABYTES * 1_000_000:
        raise TooLarge(file, plural(MOST_MEGABYTES, "megabyte"))


def require_unpacked_size(file: str, archive: ZipFile) -> None:
    """TooLarge for an archive that holds more than is unpacked; no part of it is read beyond the size that it says."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise TooLarge(file, f"{MOST_PARTS:,} files in it")
    if sum(part.file_size for part in parts) > MOST_UNPACKED_MEGABYTES * 1_000_000:
        raise TooLarge(file, f"{plural(MOST_UNPACKED_MEGABYTES, 'megabyte')} when it is unpacked")
