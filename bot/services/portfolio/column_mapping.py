"""The register as rows, and how a column of a sheet is stored in a table."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from bot.domain.calendar import NationCalendar, WorkingCalendar
from bot.domain.deadlines import Deadline, parse_deadline
from bot.domain.london import london, london_instant
from bot.domain.periods import Month
from bot.domain.risk_rules import RiskRules
from bot.domain.scores import Impact, Likelihood
from bot.services.portfolio.sheets import SHEETS, ContractRow, Key, Row


@dataclass
class Register:
    """Rows by their keys, and the ids of the records that hold them.

    `now` is the instant they are looked at, `calendar` says which days are worked, and `rules` are those for risks that
    are in force then.
    """

    now: datetime
    calendar: WorkingCalendar
    rules: RiskRules = field(default_factory=RiskRules)
    rows: dict[type[Row], dict[Key, Any]] = field(default_factory=lambda: {each: {} for each in SHEETS})
    ids: dict[type[Row], dict[Key, int]] = field(default_factory=lambda: {each: {} for each in SHEETS})
    keys: dict[type[Row], dict[int, Key]] = field(default_factory=lambda: {each: {} for each in SHEETS})

    @property
    def today(self) -> date:
        """The day it is in London."""
        return london(self.now).date()

    @property
    def last_month(self) -> Month:
        """The first month that is still asked for where nothing lists its report."""
        return Month.of(self.today).previous()

    def note(self, sheet: type[Row], key: Key, id: int) -> None:
        """Remember which record holds a row; one without an id is known by what its row names."""
        if id:
            self.ids[sheet][key], self.keys[sheet][id] = id, key


def keyed(sheet: type[Row], rows: Iterable[Row]) -> Iterator[tuple[Key, Row]]:
    """Rows with their keys; where a sheet may have one key several times, the key says the how manieth it is."""
    seen = Counter[Key]()
    for row in rows:
        key = row.identity
        if sheet.repeats:
            seen[key] += 1
            key = (*key, seen[key])
        yield key, row


class Kept(NamedTuple):
    """How a column of a sheet is kept: in which columns of the table, and how it gets there and back.

    `save` gives what stands in those columns, from the cell, its row and the register as it will be. `load` gives
    the cell again, from those columns and from those that it only `reads`.
    """

    columns: tuple[str, ...]
    save: Callable[[Any, Any, Register], tuple[Any, ...]]
    load: Callable[..., Any]
    reads: tuple[str, ...] = ()


class Table(NamedTuple):
    """The table of a sheet, how its columns are kept, by what its rows are ordered, and what else a new record has."""

    model: type[SQLModel]
    columns: Mapping[str, Kept]
    order: tuple[str, ...] = ("id",)
    besides: Callable[[Any, Register], dict[str, Any]] = lambda row, register: {}


def calendar_of(row: Any, register: Register) -> NationCalendar:  # noqa: ANN401  # the row of any sheet that names a contract
    """The calendar of the nation in which a row's contract is delivered."""
    contract: ContractRow = register.rows[ContractRow][(row.contract,)]
    return register.calendar.of(contract.nation)


def same(*names: str, **renamed: str) -> dict[str, Kept]:
    """Columns that are kept as they are."""
    return {name: _as_it_is(column) for name, column in {**dict(zip(names, names, strict=True)), **renamed}.items()}


def _as_it_is(column: str) -> Kept:
    return Kept((column,), lambda cell, row, register: (cell,), lambda register, kept: kept)


def points_at(column: str, sheet: type[Row]) -> Kept:
    """The key of a row of another sheet, kept as that record's id."""
    return Kept(
        (column,),
        lambda cell, row, register: (None if cell is None else register.ids[sheet][(cell,)],),
        lambda register, id: None if id is None else register.keys[sheet][id][0],
    )


def noon(column: str) -> Kept:
    """A day, kept as an instant."""
    return Kept(
        (column,),
        lambda cell, row, register: (noon_of(cell),),
        lambda register, instant: None if instant is None else london(instant).date(),
    )


def noon_of(day: date | None) -> datetime | None:
    """Noon of a day, which is how a day is kept as an instant."""
    return None if day is None else london_instant(day, 12)


def due_as(day: str) -> Kept:
    """A deadline, kept as its day and, if it is no fixed day, its rule."""

    def save(cell: Deadline | None, row: Any, register: Register) -> tuple[date | None, str]:  # noqa: ANN401
        if cell is None:
            return None, ""
        return cell.on(calendar_of(row, register)), "" if cell == Deadline.fixed(cell.anchor) else str(cell)

    def load(register: Register, on: date | None, rule: str) -> Deadline | None:
        if rule:
            return parse_deadline(rule)
        return None if on is None else Deadline.fixed(on)

    return Kept((day, "rule"), save, load)


def point(column: str, scale: type[Likelihood] | type[Impact]) -> dict[str, Kept]:
    """A point of a scale, kept as its number; nothing where nobody has said it."""
    return {
        column: Kept(
            (column,),
            lambda cell, row, register: (None if cell is None else int(cell),),
            lambda register, kept: None if kept is None else scale(kept),
        )
    }
