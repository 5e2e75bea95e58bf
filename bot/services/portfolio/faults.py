"""The faults of a portfolio file: all of them at once, each with its place, its value and how to fix it.

Faults of one kind in one column are one line, with the rows in which they are and their count.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from bot.domain.wording import join_words, plural, quoted
from bot.errors import UserError
from bot.records import Record, problems
from bot.records.cells import shown

MOST_NAMED = 20  # kinds of fault that a refusal lists; fixing these usually reveals the others
MOST_ROWS_NAMED = 5  # rows in which one kind of fault is, after the first

# What is the row's own in the first sentence of a fault: what it quotes, days and numbers.
_OF_THE_ROW = re.compile("“[^”]*”|[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}|[0-9][0-9,.]*|[.] .*", re.DOTALL)


class CannotImport(UserError):
    """The file cannot be imported: one line for each kind of fault to fix."""


@dataclass(frozen=True, slots=True)
class CellRef:
    """The place of a row in a file, or of one of its cells, for people to find it."""

    file: str
    sheet: str
    number: int
    line: int | None = None
    letters: Mapping[str, str] = field(default_factory=dict)
    column: str = ""

    def __str__(self) -> str:
        return f"{self.file}, sheet {self.sheet}, {self.row}{self._cell}"

    def at(self, column: str) -> "CellRef":
        """The place of one of its cells."""
        return replace(self, column=column)

    @property
    def row(self) -> str:
        """The row: "row 3 (line 12)"."""
        return f"row {self.number}{f' (line {self.line})' if self.line else ''}"

    @property
    def _cell(self) -> str:
        letter = self.letters.get(self.column)
        cell = f" (cell {letter}{self.number})" if letter else ""
        return f", column {self.column}{cell}" if self.column else ""


@dataclass
class _Kind:
    """The faults of one kind: the line of the first, the rows of the next ones, and how many there are."""

    line: str
    rows: list[str] = field(default_factory=list)
    count: int = 1

    def __str__(self) -> str:
        if self.count == 1:
            return self.line
        left = self.count - 1 - len(self.rows)
        rows = join_words([*self.rows, *([plural(left, "more row")] if left else [])])
        return f"{self.line} The same in {rows}: {self.count:,} times in all."


class Faults:
    """Collects faults, and refuses the file with all of them."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, ...], _Kind] = {}

    @property
    def full(self) -> bool:
        """Whether a fault of another kind would be counted but not listed."""
        return len(self._kinds) >= MOST_NAMED

    def add(self, place: CellRef | str, sentence: str, value: str = "") -> None:
        """Add a fault at a place; its value is shown unless the sentence already contains it."""
        where = (place.file, place.sheet, place.column) if isinstance(place, CellRef) else (place,)
        kind = (*where, _OF_THE_ROW.sub("", sentence))
        if kind in self._kinds:
            known = self._kinds[kind]
            known.count += 1
            if len(known.rows) < MOST_ROWS_NAMED and isinstance(place, CellRef):
                known.rows.append(place.row)
            return
        said = f" says {quoted(value)}" if value and quoted(value) not in sentence else ""
        self._kinds[kind] = _Kind("" if self.full else f"{place}{said}: {sentence}")

    def add_all(self, error: ValidationError, place: CellRef, sheet: type[Record], cells: Mapping[str, object]) -> None:
        """Add every fault that the declaration of a sheet finds in a row."""
        for column, sentence in problems(error):
            if sentence:
                self.add(place.at(column), sentence, shown(cells.get(column, "")))
            else:
                self.add(place.at(column), f"this is needed. {sheet.fields()[column].description}")

    def refuse(self) -> None:
        """Refuse the file if there are faults. Raises `CannotImport`."""
        if self._kinds:
            kinds = list(self._kinds.values())
            raise CannotImport("\n".join([*map(str, kinds[:MOST_NAMED]), *_unlisted(kinds[MOST_NAMED:])]))


def _unlisted(kinds: Sequence[_Kind]) -> list[str]:
    """A line that counts the faults beyond those that are listed."""
    if not kinds:
        return []
    faults = plural(sum(each.count for each in kinds), "fault")
    return [f"At most {MOST_NAMED} kinds of fault are listed. {plural(len(kinds), 'more kind')}: {faults}."]
