"""Loading the register as rows."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from bot.db import table
from bot.domain.periods import Month
from bot.models import ContactPerson, EarlierAccount, Kpi, KpiTarget, Person, Reading, Report, Team
from bot.records import (
    SHEETS,
    ChannelRecord,
    ContactRecord,
    ContractRecord,
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
        condition = _only(register, sheet, references)
        records = list(_records(session, register, sheet, tuple(TABLES[sheet].columns), condition))
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
    register.targets = targets_in(register)
    return register


def _earlier_accounts(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(col(EarlierAccount.slack), col(Person.slack)).join(
            Person, col(Person.id) == col(EarlierAccount.person_id)
        )
    )
    return {row[0]: row[1] for row in rows}


def note_ids(session: Session, register: Register, sheet: type[Record]) -> None:
    """Note the id of every row of a sheet, for rows added after it was loaded."""
    records = list(_records(session, register, sheet, sheet.key_fields, None))
    rows = [sheet.model_construct(**cells) for _, cells in records]
    for (key, _), (id, _) in zip(keyed(sheet, rows), records, strict=True):
        register.note(sheet, key, id)


def _records(
    session: Session,
    register: Register,
    sheet: type[Record],
    columns: tuple[str, ...],
    condition: ColumnElement[bool] | None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The id and the cells of each row; the id is 0 for a record that is identified by what it names."""
    kept = TABLES[sheet]
    source = kept.elsewhere.source if kept.elsewhere else table(sheet.table)
    needed = dict.fromkeys(["id", *(each for column in columns for each in _read(kept.columns[column]))])
    statement = select(*(source.c[each] for each in needed if each in source.c)).order_by(
        *(source.c[each] for each in kept.order)
    )
    statement = statement.where(kept.which) if condition is None else statement.where(kept.which, condition)
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
    if references is None or len(references) > MOST_NAMED or sheet in _WHOLE or "contract" not in sheet.fields():
        return None
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
    for team in session.scalars(select(Team).order_by(col(Team.slack))):
        teams[team.organisation_id].append(team.slack)
    for id, cells in records:
        cells["teams"] = tuple(teams[id])


def _add_people(session: Session, register: Register, records: list[tuple[int, dict[str, Any]]]) -> None:
    people = defaultdict[int, list[str]](list)
    for part in session.scalars(select(ContactPerson)):
        people[part.contact_id].append(register.keys[PersonRecord][part.person_id][0])
    for id, cells in records:
        cells["people"] = tuple(sorted(people[id]))


def _add_targets(session: Session, records: list[tuple[int, dict[str, Any]]]) -> None:
    """Add to each KPI its last cut-offs, and the month from which they hold."""
    last = {row.kpi_id: row for row in session.scalars(select(KpiTarget).order_by(col(KpiTarget.from_period)))}
    for id, cells in records:
        target = last[id]
        cells["since"] = Month.parse(target.from_period)
        for name in ("good", "approaching", "requires_improvement"):
            cells[name] = signed(getattr(target, name), cells["unit"])
