"""The register as rows, and the mapping of a sheet's columns to a table's."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, true
from sqlmodel import Session

from bot.domain.calendar import Nation, NationCalendar, WorkingCalendar
from bot.domain.deadlines import Deadline, kept_deadline
from bot.domain.london import london, london_instant
from bot.domain.normalisation import cleaned, name_key
from bot.domain.periods import Month, first_in_time
from bot.domain.ratings import CutOffs
from bot.domain.risk_rules import RiskRules
from bot.domain.scores import Impact, Likelihood
from bot.records import BY_NAME, SHEETS, ContractRecord, Key, Record, types_of

OfKpi = tuple[str, str]
"""A contract's reference and the code of one of its KPIs."""


@dataclass
class Register:
    """Rows by their keys, and the ids of their records.

    `now` is the instant of reading, `calendar` the working days, and `rules` the risk rules in force then.
    `earlier_accounts` are the Slack ids that people had before, with those that they have now. `targets` are the
    cut-offs of each KPI, by the month from which they hold.
    """

    now: datetime
    calendar: WorkingCalendar
    rules: RiskRules = field(default_factory=RiskRules)
    rows: dict[type[Record], dict[Key, Any]] = field(default_factory=lambda: {each: {} for each in SHEETS})
    ids: dict[type[Record], dict[Key, int]] = field(default_factory=lambda: {each: {} for each in SHEETS})
    keys: dict[type[Record], dict[int, Key]] = field(default_factory=lambda: {each: {} for each in SHEETS})
    earlier_accounts: dict[str, str] = field(default_factory=dict)
    targets: Mapping[OfKpi, Mapping[Month, CutOffs]] = field(default_factory=dict)
    _writings: dict[type[Record], dict[Key, Key]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day in London."""
        return london(self.now).date()

    def first_in_time(self, working_day: int, nation: Nation) -> Month:
        """The first month whose report is asked for if no row lists it."""
        return first_in_time(self.today, working_day, self.calendar.of(nation))

    def key_of(self, sheet: type[Record], key: Key) -> Key:
        """The key of the row that this is another writing of, if the register has one: Site visit – March."""
        if key in self.rows[sheet] or not sheet.words_of_key():
            return key
        if sheet not in self._writings:
            self._writings[sheet] = {plain_key(sheet, known): known for known in reversed(self.rows[sheet])}
        return self._writings[sheet].get(plain_key(sheet, key), key)

    def note(self, sheet: type[Record], key: Key, id: int) -> None:
        """Note the record of a row; a record without an id is identified by what its row names."""
        if id:
            self.ids[sheet][key], self.keys[sheet][id] = id, key


def plain_key(sheet: type[Record], key: Key) -> Key:
    """A key with the words in it as `name_key` gives them."""
    words = sheet.words_of_key()
    return tuple(name_key(part) if place in words else part for place, part in enumerate(key))


def keyed(sheet: type[Record], rows: Iterable[Record]) -> Iterator[tuple[Key, Record]]:
    """Rows with their keys; a key that repeats in its sheet gets a running number."""
    seen = Counter[Key]()
    for row in rows:
        key = row.identity
        if sheet.repeats:
            seen[key] += 1
            key = (*key, seen[key])
        yield key, row


class StoredColumn(NamedTuple):
    """How a column of a sheet is stored: the columns of the table, and the conversion both ways.

    `save` gives the values of those columns from the cell, its row and the register after the import. `load` gives the
    cell from those columns and those that it only `reads`.
    """

    columns: tuple[str, ...]
    save: Callable[[Any, Any, Register], tuple[Any, ...]]
    load: Callable[..., Any]
    reads: tuple[str, ...] = ()


class Elsewhere(NamedTuple):
    """How a record is read and written that is not one row of one table: `source` has a column for each that its fields
    are kept in."""

    source: FromClause
    insert: Callable[[Session, Register, Iterable[Mapping[str, Any]]], None]
    update: Callable[[Session, int, Mapping[str, Any]], None]


class Table(NamedTuple):
    """How the fields of a record are stored, the order of its rows, which rows count, and the defaults of a new one.

    `elsewhere` is there for a record that is kept in several tables.
    """

    columns: Mapping[str, StoredColumn]
    order: tuple[str, ...] = ("id",)
    which: ColumnElement[bool] = true()
    besides: Callable[[Any, Register], dict[str, Any]] = lambda row, register: {}
    elsewhere: Elsewhere | None = None


def calendar_of(row: Any, register: Register) -> NationCalendar:  # noqa: ANN401  # the row of any sheet that names a contract
    """The calendar of the nation of a row's contract."""
    contract: ContractRecord = register.rows[ContractRecord][(row.contract,)]
    return register.calendar.of(contract.nation)


def usual(record: type[Record], *, but: tuple[str, ...] = ()) -> dict[str, StoredColumn]:
    """How the fields of a record are stored, each as its type says; `but` are those that are stored in another way."""
    return {name: _stored(record, name) for name in record.fields() if name not in but}


def _stored(record: type[Record], name: str) -> StoredColumn:
    field, column = record.fields()[name], record.column(name)
    if field.refers:
        return _points_at(column, BY_NAME[field.refers])
    if Deadline in field.types:
        return _due_as(column)
    if Month in field.types:
        return _month(column)
    for scale in (Likelihood, Impact):
        if scale in field.types:
            return _point(column, scale)
    kept = record.table.model_fields.get(column)
    if kept is not None and datetime in types_of(kept.annotation):
        return noon(column)
    return _unchanged(column) if name in record.key_fields or str not in field.types else _text(column)


def _unchanged(column: str) -> StoredColumn:
    """A value, stored as it is."""
    return StoredColumn((column,), lambda cell, row, register: (cell,), lambda register, kept: kept)


def _month(column: str) -> StoredColumn:
    """A month, stored as its key."""
    return StoredColumn(
        (column,),
        lambda cell, row, register: (None if cell is None else cell.key,),
        lambda register, key: None if key is None else Month.parse(key),
    )


def _text(column: str) -> StoredColumn:
    """A text; one from before hidden characters were left out is loaded without them."""
    return StoredColumn((column,), lambda cell, row, register: (cell,), lambda register, kept: kept and cleaned(kept))


def _points_at(column: str, sheet: type[Record]) -> StoredColumn:
    """The key of a row of another sheet, stored as that record's id."""
    return StoredColumn(
        (column,),
        lambda cell, row, register: (None if cell is None else register.ids[sheet][(cell,)],),
        lambda register, id: None if id is None else register.keys[sheet][id][0],
    )


def noon(column: str) -> StoredColumn:
    """A day, stored as the instant of its noon."""
    return StoredColumn(
        (column,),
        lambda cell, row, register: (noon_of(cell),),
        lambda register, instant: None if instant is None else london(instant).date(),
    )


def noon_of(day: date | None) -> datetime | None:
    """The instant of a day's noon."""
    return None if day is None else london_instant(day, 12)


def _due_as(day: str) -> StoredColumn:
    """A deadline, stored as its day and, unless it is a fixed day, its rule."""

    def save(cell: Deadline | None, row: Any, register: Register) -> tuple[date | None, str]:  # noqa: ANN401
        if cell is None:
            return None, ""
        return cell.on(calendar_of(row, register)), cell.kept_rule

    return StoredColumn((day, "rule"), save, lambda register, on, rule: kept_deadline(on, rule))


def _point(column: str, scale: type[Likelihood] | type[Impact]) -> StoredColumn:
    """A point of a scale, stored as its number; NULL for none."""
    return StoredColumn(
        (column,),
        lambda cell, row, register: (None if cell is None else int(cell),),
        lambda register, kept: None if kept is None else scale(kept),
    )
