"""What is wrong with a portfolio: every fault at once, each with its place, its value and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from bot.domain.wording import plural, quoted
from bot.errors import UserError
from bot.services.portfolio.sheets import Misfit, Row
from bot.services.portfolio.sheets.cells import shown

MOST_NAMED = 20  # faults that a refusal names; mending so many usually shows what the others are


class CannotImport(UserError):
    """The file cannot be imported: one line for each thing to mend."""


@dataclass(frozen=True, slots=True)
class CellRef:
    """Where a row stands in a file, so that a person finds it."""

    file: str
    sheet: str
    number: int
    line: int | None = None
    letters: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        line = f" (line {self.line})" if self.line else ""
        return f"{self.file}, sheet {self.sheet}, row {self.number}{line}"

    def at(self, column: str) -> str:
        """Where one of its cells stands."""
        letter = self.letters.get(column)
        return f"{self}, column {column}{f' (cell {letter}{self.number})' if letter else ''}"


class Faults:
    """Collects what is wrong, and refuses it together."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._more = 0

    @property
    def full(self) -> bool:
        """Whether another fault would be counted and not be named."""
        return len(self._lines) >= MOST_NAMED

    def add(self, place: str, sentence: str, value: str = "") -> None:
        """A fault at a place; the value that stands there is shown if the sentence does not show it already."""
        if self.full:
            self._more += 1
            return
        said = f" says {quoted(value)}" if value and quoted(value) not in sentence else ""
        self._lines.append(f"{place}{said}: {sentence}")

    def add_all(self, error: ValidationError, place: CellRef, sheet: type[Row], cells: Mapping[str, object]) -> None:
        """Everything that the declaration of a sheet finds wrong with a row."""
        for detail in error.errors(include_url=False):
            cause = detail.get("ctx", {}).get("error")
            column = cause.column if isinstance(cause, Misfit) else str(detail["loc"][0])
            if detail["type"] == "missing":
                self.add(place.at(column), f"this is needed. {sheet.columns()[column].says}")
            else:
                self.add(place.at(column), str(cause), shown(cells.get(column, "")))

    def refuse(self) -> None:
        """CannotImport, if anything was added."""
        if self._lines:
            more = [f"And {plural(self._more, 'more fault')}."] if self._more else []
            raise CannotImport("\n".join([*self._lines, *more]))
