"""The faults of a portfolio file: all of them at once, each with its place, its value and how to fix it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from bot.domain.wording import plural, quoted
from bot.errors import UserError
from bot.records import Record, problems
from bot.records.cells import shown

MOST_NAMED = 20  # faults that a refusal lists; fixing these usually reveals the others


class CannotImport(UserError):
    """The file cannot be imported: one line for each fault to fix."""


@dataclass(frozen=True, slots=True)
class CellRef:
    """The place of a row in a file, for people to find it."""

    file: str
    sheet: str
    number: int
    line: int | None = None
    letters: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        line = f" (line {self.line})" if self.line else ""
        return f"{self.file}, sheet {self.sheet}, row {self.number}{line}"

    def at(self, column: str) -> str:
        """The place of one of its cells."""
        letter = self.letters.get(column)
        return f"{self}, column {column}{f' (cell {letter}{self.number})' if letter else ''}"


class Faults:
    """Collects faults, and refuses the file with all of them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._more = 0

    @property
    def full(self) -> bool:
        """Whether the next fault would be counted but not listed."""
        return len(self._lines) >= MOST_NAMED

    def add(self, place: str, sentence: str, value: str = "") -> None:
        """Add a fault at a place; its value is shown unless the sentence already contains it."""
        if self.full:
            self._more += 1
            return
        said = f" says {quoted(value)}" if value and quoted(value) not in sentence else ""
        self._lines.append(f"{place}{said}: {sentence}")

    def add_all(self, error: ValidationError, place: CellRef, sheet: type[Record], cells: Mapping[str, object]) -> None:
        """Add every fault that the declaration of a sheet finds in a row."""
        for column, sentence in problems(error):
            if sentence:
                self.add(place.at(column), sentence, shown(cells.get(column, "")))
            else:
                self.add(place.at(column), f"this is needed. {sheet.fields()[column].description}")

    def refuse(self) -> None:
        """Refuse the file if there are faults. Raises `CannotImport`."""
        if self._lines:
            more = [f"And {plural(self._more, 'more fault')}."] if self._more else []
            raise CannotImport("\n".join([*self._lines, *more]))
