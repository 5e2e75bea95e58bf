"""Reading a grid of cells, as CSV and XLSX have it: the first row that is not blank has the names of the columns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from bot.domain.wording import quoted
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.sheets.cells import shown
from bot.services.portfolio.source import RawRow, RawSheet

MOST_COLUMNS = 64  # that are looked at: more than twice as many as any sheet has


def sheet(file: str, name: str, lines: Iterable[Sequence[object]], *, lettered: bool) -> RawSheet | None:
    """The sheet that a grid holds; None for a grid with nothing in it. Blank rows and columns are passed over.

    `lettered` says whether people see letters above the columns. CannotImport for a cell in a column without a name.
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
    """The letters above a column, from 0: A, Z, AA."""
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
    """None for a cell in which nothing can be seen."""
    return None if isinstance(cell, str) and not cell.strip() else cell
