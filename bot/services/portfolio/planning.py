"""Planning an import: finding what it would add, change and leave alone, before anything is written.

The row of a file and the row of the register with the same key are one record. Rows and columns that the file leaves
out stay as they are: an import never removes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from bot.domain.calendar import Proclamation, WorkingCalendar
from bot.domain.periods import Month
from bot.records import (
    DEADLINES,
    SHEETS,
    ContractRecord,
    HolidayRecord,
    Key,
    KpiRecord,
    Misfit,
    Record,
    ReportRecord,
    TargetRecord,
)
from bot.records.cells import shown
from bot.services.portfolio import audit_checks, checks, money_checks, remedy_checks, targets
from bot.services.portfolio.column_mapping import keyed, plain_key
from bot.services.portfolio.faults import CellRef, Faults
from bot.services.portfolio.loading import load
from bot.services.portfolio.plan import Plan, PlannedChange
from bot.services.portfolio.settling import complete_row
from bot.services.portfolio.source import Rows, SourceRow
from bot.services.unit_of_work import UnitOfWork


def plan(work: UnitOfWork, rows: Rows) -> Plan:
    """The plan of an import of these rows. Raises `CannotImport` with every fault."""
    return _Planner(work, rows).plan()


class _Planner:
    """Compares the rows of a file with those of the register."""

    def __init__(self, work: UnitOfWork, rows: Rows) -> None:
        self._work, self._rows, self._faults = work, rows, Faults()
        self._before = load(work, _contracts_of(rows))
        self._register = replace(self._before, rows={sheet: dict(self._before.rows[sheet]) for sheet in SHEETS})
        self._last_reports = self._known_reports()
        self._left_alone = dict.fromkeys(SHEETS, 0)
        self._implied: Sequence[PlannedChange] = ()

    def plan(self) -> Plan:
        changes: dict[type[Record], list[PlannedChange]] = {}
        for sheet in SHEETS:
            changes[sheet] = self._changes(sheet)
            if sheet is ContractRecord:
                changes[sheet] += self._next_reports(changes[sheet])
            if sheet in DEADLINES:
                changes[sheet] += self._other_days(sheet, changes[ContractRecord], changes[sheet])
            self._register.rows[sheet].update((each.key, each.row) for each in changes[sheet])
            if sheet is TargetRecord:
                self._note_targets(changes)
            if sheet is HolidayRecord:
                self._register.calendar = self._calendar()
        checks.check(self._register, changes, self._faults)
        audit_checks.check(self._register, changes, self._faults)
        money_checks.check(self._register, changes, self._faults)
        remedy_checks.check(self._register, changes, self._faults)
        targets.check(self._register, {**changes, TargetRecord: [*changes[TargetRecord], *self._implied]}, self._faults)
        self._faults.refuse()
        notes, implied = self._rows.notes, self._implied
        return Plan(self._rows.file, self._before, self._register, changes, self._left_alone, notes, implied)

    def _note_targets(self, changes: Mapping[type[Record], Sequence[PlannedChange]]) -> None:
        """Note the targets that the sheet of KPIs implies, and all as they are after the import."""
        listed, kpis = changes[TargetRecord], changes[KpiRecord]
        self._implied = list(targets.implied_by_kpis(self._register, kpis, listed, self._faults))
        self._register.rows[TargetRecord].update((each.key, each.row) for each in self._implied)
        self._register.targets = targets.targets_in(self._register)

    def _calendar(self) -> WorkingCalendar:
        """The working days after the import."""
        rows = self._register.rows[HolidayRecord].values()
        return self._work.published_calendar.with_proclaimed(
            frozenset(Proclamation(row.nation, row.day, row.is_holiday) for row in rows)
        )

    def _changes(self, sheet: type[Record]) -> list[PlannedChange]:
        """The rows of a sheet to add and to change."""
        entries = self._rows.entries.get(sheet, ())
        seen: dict[Key, CellRef] = {}
        changes = []
        for entry, (written, _) in zip(entries, keyed(sheet, (each.row for each in entries)), strict=True):
            key = self._register.key_of(sheet, written)
            before = self._register.rows[sheet].get(key)
            plain = key if before is not None else plain_key(sheet, key)
            if plain in seen:
                self._faults.add(
                    entry.place, f"the {sheet.one} {entry.row.known_as} is in {seen[plain]} too. Keep one of them."
                )
                continue
            seen[plain] = entry.place
            row = self._row(entry, before)
            if row == before:
                self._left_alone[sheet] += 1
            elif row is not None:
                changes.append(PlannedChange(key, row, before, entry.place))
        return changes

    def _row(self, entry: SourceRow, before: Any) -> Any:  # noqa: ANN401  # a row of the same sheet, or None
        """The row after the import; None if it is faulty."""
        row = entry.row
        if before is None and not entry.whole:
            return self._fault(entry)
        if before is not None:
            same = type(row).key_fields if before.is_final else ()  # it may be written in another way
            said = {column: getattr(row, column) for column in entry.says if column not in same}
            row = before.model_copy(update=said)
        if not checks.references_exist(row, self._register, entry.place, self._faults):
            return None
        try:
            row = complete_row(row, before, self._register, self._last_reports)
            if before is None or row == before:
                return row
            _refuse_if_final(before, row)
            return type(row).model_validate(dict(row))
        except Misfit as error:
            self._faults.add(entry.place.at(error.field), str(error), shown(getattr(row, error.field)))
        except ValidationError as error:
            self._faults.add_all(error, entry.place, type(row), dict(row))
        return None

    def _fault(self, entry: SourceRow) -> None:
        """Say what a new record lacks, or what of it contradicts itself."""
        given = {name: getattr(entry.row, name) for name in entry.row.model_fields_set}
        try:
            type(entry.row).model_validate(given)
        except ValidationError as error:
            self._faults.add_all(error, entry.place, type(entry.row), given)

    def _known_reports(self) -> dict[str, Month]:
        """The last month with a report, in the file or the register, by contract reference."""
        listed = [each.row for each in self._rows.entries.get(ReportRecord, ())]
        last: dict[str, Month] = {}
        for row in [*self._register.rows[ReportRecord].values(), *listed]:
            last[row.contract] = max(row.period, last.get(row.contract, row.period))
        return last

    def _next_reports(self, changes: Sequence[PlannedChange]) -> list[PlannedChange]:
        """Contracts that the file leaves out, but whose next report moves because of their reports in it."""
        known, changed = self._register.rows[ContractRecord], {each.key for each in changes}
        followers: dict[Key, PlannedChange] = {}
        for entry in self._rows.entries.get(ReportRecord, ()):
            key = (entry.row.contract,)
            if key in known and key not in changed and key not in followers:
                row = complete_row(known[key], known[key], self._register, self._last_reports)
                if row != known[key]:
                    followers[key] = PlannedChange(key, row, known[key], entry.place)
        return list(followers.values())

    def _other_days(
        self, sheet: type[Record], contracts: Sequence[PlannedChange], changes: Sequence[PlannedChange]
    ) -> list[PlannedChange]:
        """Days that a rule moves, because the nation of their contract changes and with it the calendar."""
        moved = {each.key[0]: each for each in contracts if each.before and each.before.nation != each.row.nation}
        column, changed = DEADLINES[sheet], {each.key for each in changes}
        calendar = self._register.calendar
        followers = []
        for key, row in self._register.rows[sheet].items() if moved else ():
            contract, due = moved.get(row.contract), getattr(row, column)
            if contract is not None and due is not None and key not in changed:
                before, after = (due.on(calendar.of(each.nation)) for each in (contract.before, contract.row))
                if before != after:
                    followers.append(PlannedChange(key, row, row, contract.place, {column: (before, after)}))
        return followers


def _refuse_if_final(before: Record, row: Record) -> None:
    """Raises `Misfit` with the first field that a file would change of a record that is final."""
    if before.is_final:
        raise Misfit(next(each for each in row.fields() if getattr(row, each) != getattr(before, each)), row.final)


def _contracts_of(rows: Rows) -> set[str]:
    """The references of all contracts that a file mentions."""
    found: set[str] = set()
    for sheet, entries in rows.entries.items():
        column = "reference" if sheet is ContractRecord else "contract" if "contract" in sheet.fields() else None
        if column is not None:
            found.update(getattr(each.row, column) or "" for each in entries)
    return found
