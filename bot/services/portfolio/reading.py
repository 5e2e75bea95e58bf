"""Reading a portfolio from YAML, from CSV (a folder or a ZIP with one file for each sheet) and from XLSX.

The reader of each format gives raw sheets; this module checks their names, columns and cells, and collects all faults.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from bot.domain.wording import join_words, nearest, plural, quoted
from bot.records import BY_NAME, SHEETS, WRITTEN_ONLY, Record, faulty_cells
from bot.records.cells import empties, imported, is_blank
from bot.services.portfolio import csv_files, yaml_files
from bot.services.portfolio.faults import CannotImport, CellRef, Faults
from bot.services.portfolio.source import (
    ON_THIS_MACHINE,
    FileLimits,
    RawRow,
    RawSheet,
    Rows,
    SourceRow,
    plain,
    require_size,
    too_large,
)

MOST_ROUNDED = 20  # sums that are listed because their pence go


def _sheets_of_workbook(name: str, content: bytes, limits: FileLimits) -> Iterator[RawSheet]:
    from bot.services.portfolio import xlsx_files  # openpyxl takes long to import

    return xlsx_files.sheets(name, content, limits)


FORMATS = {
    ".yaml": yaml_files.sheets,
    ".yml": yaml_files.sheets,
    ".xlsx": _sheets_of_workbook,
    ".csv": csv_files.sheet,
    ".zip": csv_files.sheets_of_zip,
}


def read(path: Path) -> Rows:
    """The rows of a file, or of a folder of CSV files. Raises `CannotImport` with the place of every fault and its
    fix."""
    try:
        if path.is_dir():
            return _checked(path.name, csv_files.sheets_of_folder(path, ON_THIS_MACHINE), ON_THIS_MACHINE.rows)
        require_size(path.name, path.stat().st_size, ON_THIS_MACHINE)
        return read_bytes(path.name, path.read_bytes())
    except OSError as error:
        raise CannotImport(
            f"{path.name} could not be read: {error.strerror}. Check its name and who may read it."
        ) from error


def read_bytes(name: str, content: bytes, limits: FileLimits = ON_THIS_MACHINE) -> Rows:
    """The rows of a file's content; the ending of its name gives the format. Raises `CannotImport`, also for more than
    the limits."""
    require_size(name, len(content), limits)
    reader = FORMATS.get(Path(name).suffix.lower())
    if reader is None:
        raise CannotImport(
            f"{name} is in no format that is read here. Give a file that ends in {join_words(list(FORMATS), 'or')}."
        )
    return _checked(name, reader(name, content, limits), limits.rows)


def _checked(file: str, sheets: Iterable[RawSheet], at_most: int) -> Rows:
    faults, entries, notes, left = Faults(), dict[type[Record], list[SourceRow]](), list[str](), at_most
    for raw in sheets:
        model = BY_NAME.get(plain(raw.name))
        if plain(raw.name) in WRITTEN_ONLY:
            continue
        if model is None:
            close = nearest(raw.name, BY_NAME)
            meant = f"Did you mean {close}?" if close else f"The sheets are {join_words(list(BY_NAME))}."
            faults.add(f"{raw.file}, sheet {raw.name}", f"there is no sheet {quoted(raw.name)}. {meant}")
        elif model in entries:
            faults.add(f"{raw.file}, sheet {raw.name}", "the sheet stands there twice. Put its rows together.")
        else:
            entries[model] = []
            notes += [_not_read(raw, number) for number in raw.above]
            for entry in _Sheet(raw, model, faults).entries():
                left -= 1
                if left < 0:
                    raise too_large(file, f"{at_most:,} rows")
                if entry is not None:
                    entries[model].append(entry)
    faults.refuse()
    if left == at_most:
        raise CannotImport(f"{file} has no rows. Fill in at least one of the sheets {join_words(list(BY_NAME))}.")
    notes += _rounded(entries)
    return Rows(file, {model: entries[model] for model in SHEETS if model in entries}, notes)


def _not_read(raw: RawSheet, number: int) -> str:
    return f"{raw.file}, sheet {raw.name}, row {number} is above the names of the columns, and is not read."


def _rounded(entries: Mapping[type[Record], Sequence[SourceRow]]) -> list[str]:
    """What becomes of sums with pence, up to as many as are listed; the others are counted."""
    cells = [
        (entry.place.at(name), words)
        for rows in entries.values()
        for entry in rows
        for name, words in entry.row.rounded.items()
    ]
    more = len(cells) - MOST_ROUNDED
    return [
        *(f"{place}: {words}." for place, words in cells[:MOST_ROUNDED]),
        *([f"And {plural(more, 'more sum')} with pence, each rounded to whole pounds."] if more > 0 else []),
    ]


class _Sheet:
    """One sheet, while its rows are checked."""

    def __init__(self, raw: RawSheet, model: type[Record], faults: Faults) -> None:
        self._raw, self._model, self._faults = raw, model, faults
        self._columns = model.fields()
        self._by_header: dict[str, str | None] = {}
        self._letters: Mapping[str, str] = {}
        self._says: dict[tuple[str, ...], frozenset[str]] = {}

    def entries(self) -> Iterator[SourceRow | None]:
        """Its rows; None for a faulty row, whose faults are collected."""
        place = f"{self._raw.file}, sheet {self._raw.name}"
        if self._raw.header is None or self._header_fits(self._raw.header, place):
            for row in self._raw.rows:
                yield self._entry(row)

    def _header_fits(self, header: Mapping[str, str], place: str) -> bool:
        if not any(plain(name) in self._columns for name in header):
            self._faults.add(place, self._no_header(header))
            return False
        names = {
            name: self._column(name, f"{place}{f', cell {cell}' if cell else ''}") for name, cell in header.items()
        }
        twice = {name for name in names.values() if name and list(names.values()).count(name) > 1}
        for name in sorted(twice):
            self._faults.add(place, f"the column {name} stands there twice. Keep one of them.")
        missing = [c.name for c in self._columns.values() if c.needed and c.name not in names.values()]
        for name in missing:
            self._faults.add(place, f"the column {name} is missing. {self._columns[name].description}")
        self._letters = {name: header[raw].rstrip("0123456789") for raw, name in names.items() if name and header[raw]}
        return not (twice or missing)

    def _no_header(self, header: Mapping[str, str]) -> str:
        """What is wrong where no row names a column of the sheet."""
        return (
            f"its first row, {quoted(', '.join(header))}, names no column of {self._model.sheet}. "
            f"Above the rows stand the names of the columns: {join_words(list(self._columns))}."
        )

    def _column(self, name: str, place: CellRef | str) -> str | None:
        """The column with this name; each name is looked up once."""
        if name not in self._by_header:
            known = plain(name)
            self._by_header[name] = known if known in self._columns else None
            if known not in self._columns:
                close = nearest(known, self._columns)
                meant = f"Did you mean {close}?" if close else f"The columns are {join_words(list(self._columns))}."
                self._faults.add(place, f"there is no column {quoted(name)}. {meant}")
        return self._by_header[name]

    def _entry(self, raw: RawRow) -> SourceRow | None:
        place = CellRef(self._raw.file, self._model.sheet, raw.number, raw.line, self._letters)
        given = self._given(raw, place)
        cells = {column: imported(value) for column, value in given.items() if not empties(value)}
        says = self._says.setdefault(tuple(given), frozenset(given))
        try:
            row = self._model.model_validate(cells)
        except ValidationError as error:
            wrong = faulty_cells(error)
            if wrong & {*self._model.key_fields, *given}:
                self._faults.add_all(error, place, self._model, cells)
                return None
            return SourceRow(self._model.partly(cells), place, says, whole=False)
        return SourceRow(row, place, says)

    def _given(self, raw: RawRow, place: CellRef) -> dict[str, object]:
        """The cells of which a row says something; a blank one leaves what is there."""
        given, named = dict[str, object](), set[str]()
        for name, value in raw.cells.items():
            column = self._by_header[name] if name in self._by_header else self._column(name, place)
            if column is None:
                continue
            if column in named:
                self._faults.add(place.at(column), "the column stands there twice. Keep one of them.")
            named.add(column)
            if not is_blank(value):
                given[column] = value
        return given
