"""Loading the register as rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from bot.db import table
from bot.domain.periods import Month
from bot.models import ContactPerson, Contract, EarlierAccount, Kpi, KpiTarget, Person, Reading, Report, Team
from bot.records import (
    SHEETS,
    ChannelRecord,
    ContactRecord,
    ContractRecord,
    Key,
    KpiRecord,
    OrganisationRecord,
    PersonRecord,
    ReadingRecord,
    Record,
    RoleRecord,
    TargetRecord,
)
from bot.services.lookup.risks import rules_in_force
from bot.services.portfolio.column_mapping import Register, StoredColumn, keyed
from bot.services.portfolio.tables import TABLES, signed
from bot.services.portfolio.targets import targets_in
from bot.services.unit_of_work import UnitOfWork

MOST_NAMED = 1_000  # contracts that a query names; for more it loads all

_WHOLE = (ContractRecord, RoleRecord, ChannelRecord)  # loaded in full, because they concern other contracts too


def load(work: UnitOfWork, references: Collection[str] | None = None) -> Register:
    """Every row of the register; `references` limits the rows that belong to a contract to these contracts."""
    session = work.session
    register = Register(work.now, work.calendar, rules_in_force(session))
    register.earlier_accounts = _earlier_accounts(session)
    for sheet in SHEETS:
        named = None if references is None or sheet in _WHOLE or len(references) > MOST_NAMED else references
        _load_sheet(session, register, sheet, _only(register, sheet, named))
    register.targets = targets_in(register)
    return register


def load_contracts(
    session: Session,
    known: Register,
    references: Collection[str],
    sheets: Collection[type[Record]],
    locked: Collection[type[Record]],
) -> Register:
    """The rows of these sheets that belong to these contracts, as they are now; what belongs to no contract is as
    `known`. Those of the sheets that are `locked` nobody else changes until the transaction ends.

    Raises `KeyError` where a record is named that is not known.
    """
    shared = {sheet for sheet in SHEETS if not is_of_contract(sheet)}
    register = replace(
        known,
        rows={sheet: known.rows[sheet] if sheet in shared else {} for sheet in SHEETS},
        ids={sheet: known.ids[sheet] if sheet in shared else {} for sheet in SHEETS},
        keys={sheet: known.keys[sheet] if sheet in shared else {} for sheet in SHEETS},
    )
    for sheet in SHEETS:
        if sheet not in shared and sheet in sheets:
            _load_sheet(session, register, sheet, _only(register, sheet, references), locked=sheet in locked)
    return register


def load_rows(session: Session, known: Register, sheet: type[Record], keys: Iterable[Key]) -> Mapping[Key, Any]:
    """The rows of a sheet as they are now: those with one of these keys, or all where a key has several parts."""
    register = replace(known, rows={**known.rows, sheet: {}})
    condition = _with_key(sheet, keys) if len(sheet.key_fields) == 1 else None
    _load_sheet(session, register, sheet, condition)
    return register.rows[sheet]


def is_of_contract(sheet: type[Record]) -> bool:
    """Whether the rows of a sheet belong to contracts, or are contracts."""
    return sheet is ContractRecord or "contract" in sheet.fields()


def _load_sheet(
    session: Session,
    register: Register,
    sheet: type[Record],
    condition: ColumnElement[bool] | None,
    *,
    locked: bool = False,
) -> None:
    records = list(_records(session, register, sheet, tuple(TABLES[sheet].columns), condition, locked=locked))
    if sheet is OrganisationRecord:
        _add_teams(session, records)
    if sheet is ContactRecord:
        _add_people(session, register, records)
    if sheet is KpiRecord:
        _add_targets(session, records)
    rows = [sheet.model_construct(**cells) for _, cells in records]
    for (key, row), (id, _) in zip(keyed(sheet, rows), records, strict=True):
        register.rows[sheet][key] = row
        register.note(sheet, key, id)


def _earlier_accounts(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(col(EarlierAccount.slack), col(Person.slack)).join(
            Person, col(Person.id) == col(EarlierAccount.person_id)
        )
    )
    return {row[0]: row[1] for row in rows}


def note_ids(session: Session, register: Register, sheet: type[Record], added: Sequence[Record]) -> None:
    """Note the ids of rows that were added after the register was loaded."""
    if is_of_contract(sheet) and sheet is not ContractRecord:
        condition = _only(register, sheet, {row.contract for row in added})  # type: ignore[attr-defined]  # it has one
    else:
        condition = _with_key(sheet, [row.identity for row in added])
    records = list(_records(session, register, sheet, sheet.key_fields, condition))
    rows = [sheet.model_construct(**cells) for _, cells in records]
    for (key, _), (id, _) in zip(keyed(sheet, rows), records, strict=True):
        register.note(sheet, key, id)


def _with_key(sheet: type[Record], keys: Iterable[Key]) -> ColumnElement[bool] | None:
    """The condition that a record has one of these keys of one word; None for more than a query names."""
    words = {key[0] for key in keys}
    if len(words) > MOST_NAMED:
        return None
    condition: ColumnElement[bool] = table(sheet.table).c[sheet.column(sheet.key_fields[0])].in_(words)
    return condition


def _records(
    session: Session,
    register: Register,
    sheet: type[Record],
    columns: tuple[str, ...],
    condition: ColumnElement[bool] | None,
    *,
    locked: bool = False,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The id and the cells of each row; the id is 0 for a record that is identified by what it names."""
    kept = TABLES[sheet]
    source = kept.elsewhere.source if kept.elsewhere else table(sheet.table)
    needed = dict.fromkeys(["id", *(each for column in columns for each in _read(kept.columns[column]))])
    statement = select(*(source.c[each] for each in needed if each in source.c)).order_by(
        *(source.c[each] for each in kept.order)
    )
    statement = statement.where(kept.which) if condition is None else statement.where(kept.which, condition)
    if locked and not kept.elsewhere:
        statement = statement.with_for_update()
    for record in session.connection().execute(statement):
        found = record._mapping
        yield (
            found.get("id", 0),
            {
                column: kept.columns[column].load(register, *[found[each] for each in _read(kept.columns[column])])
                for column in columns
            },
        )


def _read(kept: StoredColumn) -> tuple[str, ...]:
    return (*kept.columns, *kept.reads)


def _only(register: Register, sheet: type[Record], references: Collection[str] | None) -> ColumnElement[bool] | None:
    """The condition that a record belongs to one of the contracts; None for a sheet whose records belong to none."""
    if references is None or len(references) > MOST_NAMED or not is_of_contract(sheet):
        return None
    if sheet is ContractRecord:
        return col(Contract.reference).in_(references)
    ids = [register.ids[ContractRecord][(each,)] for each in references if (each,) in register.ids[ContractRecord]]
    if sheet is ReadingRecord:
        return col(Reading.report_id).in_(select(col(Report.id)).where(col(Report.contract_id).in_(ids)))
    if sheet is TargetRecord:
        return col(KpiTarget.kpi_id).in_(select(col(Kpi.id)).where(col(Kpi.contract_id).in_(ids)))
    elsewhere = TABLES[sheet].elsewhere
    of_contract: ColumnElement[bool] = (elsewhere.source if elsewhere else table(sheet.table)).c.contract_id.in_(ids)
    return of_contract


def _add_teams(session: Session, records: list[tuple[int, dict[str, Any]]]) -> None:
    teams = defaultdict[int, list[str]](list)
    for team in session.scalars(_of(select(Team).order_by(col(Team.slack)), col(Team.organisation_id), records)):
        teams[team.organisation_id].append(team.slack)
    for id, cells in records:
        cells["teams"] = tuple(teams[id])


def _add_people(session: Session, register: Register, records: list[tuple[int, dict[str, Any]]]) -> None:
    people = defaultdict[int, list[str]](list)
    for part in session.scalars(_of(select(ContactPerson), col(ContactPerson.contact_id), records)):
        people[part.contact_id].append(register.keys[PersonRecord][part.person_id][0])
    for id, cells in records:
        cells["people"] = tuple(sorted(people[id]))


def _add_targets(session: Session, records: list[tuple[int, dict[str, Any]]]) -> None:
    """Add to each KPI its last cut-offs, and the month from which they hold."""
    targets = _of(select(KpiTarget).order_by(col(KpiTarget.from_period)), col(KpiTarget.kpi_id), records)
    last = {row.kpi_id: row for row in session.scalars(targets)}
    for id, cells in records:
        target = last[id]
        cells["since"] = Month.parse(target.from_period)
        for name in ("good", "approaching", "requires_improvement"):
            cells[name] = signed(getattr(target, name), cells["unit"])


def _of(statement: Select[Any], id_of: Any, records: list[tuple[int, dict[str, Any]]]) -> Select[Any]:  # noqa: ANN401  # a column
    """A query of what belongs to these records: for more than a query names, of everything."""
    return statement if len(records) > MOST_NAMED else statement.where(id_of.in_([id for id, _ in records]))
