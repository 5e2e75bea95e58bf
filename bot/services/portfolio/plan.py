"""The plan of an import, and its description for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from bot.domain.figures import Unit, format_figure
from bot.domain.wording import format_date, in_a_sentence, join_words, plural, shorten
from bot.records import SHEETS, Key, KpiRecord, PersonRecord, ReadingRecord, Record, TargetRecord
from bot.records.cells import written
from bot.services.changes import in_words
from bot.services.portfolio.column_mapping import Register
from bot.services.portfolio.faults import CellRef

MOST_TOLD = 20  # rows of a sheet that are listed
LONGEST_TOLD = 60  # characters of a value


class PlannedChange(NamedTuple):
    """A row to add or to change: as it will be, as it is now, and its place in the file.

    `days` are columns whose day changes under the same rule, because the calendar changes.
    """

    key: Key
    row: Any
    before: Any
    place: CellRef
    days: Mapping[str, tuple[date, date]] = {}

    @property
    def columns(self) -> list[str]:
        """The columns that change; for a new row all of them."""
        columns = type(self.row).fields()
        if self.before is None:
            return list(columns)
        return [each for each in columns if each in self.days or getattr(self.row, each) != getattr(self.before, each)]

    @property
    def words(self) -> dict[str, tuple[str, str]]:
        """The value of each column before and after, in words, by the column's label."""
        if self.before is None:
            return {}
        fields = type(self.row).fields()
        return {in_a_sentence(fields[each].label): self._words(each) for each in self.columns}

    def _words(self, column: str) -> tuple[str, str]:
        if column in self.days:
            before, after = self.days[column]
            return format_date(before), format_date(after)
        return in_words(written(getattr(self.before, column))), in_words(written(getattr(self.row, column)))


@dataclass(frozen=True, repr=False)  # asyncio writes what a task returns as text, which takes seconds for a large plan
class Plan:
    """The changes that an import would make, and what else there is to say of its file.

    `before` is the register that it was made from, and `register` what that becomes. `implied` are the targets that
    follow from changes of their KPIs, and are told and audited with those.
    """

    file: str
    before: Register
    register: Register
    changes: Mapping[type[Record], Sequence[PlannedChange]]
    left_alone: Mapping[type[Record], int]
    notes: Sequence[str] = ()
    implied: Sequence[PlannedChange] = ()

    def added(self, sheet: type[Record]) -> list[PlannedChange]:
        """The rows of a sheet that the register does not have."""
        return [each for each in self.changes[sheet] if each.before is None]

    def changed(self, sheet: type[Record]) -> list[PlannedChange]:
        """The rows of a sheet that differ from the register."""
        return [each for each in self.changes[sheet] if each.before is not None]

    def __len__(self) -> int:
        return sum(len(each) for each in self.changes.values())


def doubts(plan: Plan) -> list[str]:
    """What may be wrong in what an import adds or changes, and is not refused: two people with one email address."""
    concerned = {each.row.email.casefold() for each in plan.changes[PersonRecord] if "email" in each.columns} - {""}
    by_address: dict[str, list[str]] = {}
    for person in plan.register.rows[PersonRecord].values():
        if person.email.casefold() in concerned:
            by_address.setdefault(person.email.casefold(), []).append(f"{person.name} ({person.slack})")
    return [
        f"{join_words(people)} have one email address, {address}: see whether they are one person."
        for address, people in by_address.items()
        if len(people) > 1
    ]


def summary(plan: Plan) -> str:
    """What an import did, in one sentence, and then what may be wrong."""
    added = [plural(len(rows), sheet.one, sheet.many) for sheet in SHEETS if (rows := plan.added(sheet))]
    changed = [plural(len(rows), sheet.one, sheet.many) for sheet in SHEETS if (rows := plan.changed(sheet))]
    parts = [f"{verb} {join_words(what)}" for verb, what in (("added", added), ("changed", changed)) if what]
    alone = plural(sum(plan.left_alone.values()), "row")
    if not parts:
        return f"Nothing changed: the register says already what {plan.file} says in {alone}."
    done = join_words(parts)
    return " ".join([f"{done[0].upper()}{done[1:]}. Left alone: {alone}.", *doubts(plan)])


def lines(plan: Plan) -> Iterator[str]:
    """What an import would do, line by line: each sheet of the file, and each row to add or change."""
    yield f"{plan.file} would add {sum(len(plan.added(each)) for each in SHEETS):,} and change " + (
        f"{plural(sum(len(plan.changed(each)) for each in SHEETS), 'record')}. Nothing has been changed yet."
    )
    for sheet in SHEETS:
        added, changed, alone = plan.added(sheet), plan.changed(sheet), plan.left_alone[sheet]
        if not (added or changed or alone):
            continue
        yield f"{sheet.sheet}: {len(added):,} to add, {len(changed):,} to change, {alone:,} left alone"
        told = [f"  add {each.row.known_as}{_figures(each.row, plan.register)}" for each in added[:MOST_TOLD]]
        told += [f"  change {each.row.known_as}: {_change_line(each)}" for each in changed[:MOST_TOLD]]
        more = max(len(added) - MOST_TOLD, 0) + max(len(changed) - MOST_TOLD, 0)
        yield from [*told, *([f"  and {more:,} more"] if more else [])]
    yield from plan.notes
    yield from doubts(plan)


def _figures(row: Any, register: Register) -> str:  # noqa: ANN401  # a row of any sheet
    """The figures of a row as they will be kept, with their unit, so that people see what became of 0.9 and 95%."""
    if isinstance(row, KpiRecord):
        unit = row.unit
    elif isinstance(row, TargetRecord | ReadingRecord):
        unit = register.rows[KpiRecord][(row.contract, row.kpi)].unit
    else:
        return ""
    units = {"part": Unit.COUNT, "whole": Unit.COUNT}
    figures = {name: value for name in type(row).fields() if isinstance(value := getattr(row, name), Decimal)}
    said = [f"{name.replace('_', ' ')} {format_figure(each, units.get(name, unit))}" for name, each in figures.items()]
    return f": {', '.join(said)}" if said else ""


def _change_line(change: PlannedChange) -> str:
    return "; ".join(
        f"{column} from {shorten(before, LONGEST_TOLD)} to {shorten(after, LONGEST_TOLD)}"
        for column, (before, after) in change.words.items()
    )
