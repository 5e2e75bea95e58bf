"""Applying a plan, or a slice of one: all its records in the caller's transaction, each with its audit entry."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session

from bot.db import insert_all, table
from bot.models import ContactPerson, RiskAssessment, Team, with_folded
from bot.records import (
    SHEETS,
    AuditRecord,
    BenefitRecord,
    ContactRecord,
    ContractRecord,
    InterventionRecord,
    KpiRecord,
    OrganisationRecord,
    PersonRecord,
    PlanRecord,
    PlanSubmissionRecord,
    Record,
    ReportRecord,
    RiskRecord,
    TargetRecord,
)
from bot.services.portfolio.column_mapping import Register
from bot.services.portfolio.loading import note_ids
from bot.services.portfolio.plan import Plan, PlannedChange
from bot.services.portfolio.tables import TABLES
from bot.services.unit_of_work import UnitOfWork
from bot.trail import NewEntry

BATCH = 2_000  # records that one statement writes

_NAMED_BY_OTHERS = (
    OrganisationRecord, PersonRecord, ContractRecord, KpiRecord, ReportRecord, PlanRecord, PlanSubmissionRecord,
    InterventionRecord, AuditRecord, BenefitRecord, ContactRecord,
)  # fmt: skip


def apply(work: UnitOfWork, plan: Plan) -> None:
    """Apply a plan or a slice of one, in the transaction in which it was made or found to hold."""
    for sheet in SHEETS:
        if sheet is TargetRecord:
            _keep_implied(work.session, plan)
        added, changed = plan.added(sheet), plan.changed(sheet)
        for batch in _batches(added):
            _insert(work.session, plan.register, sheet, batch)
        if added and sheet in _NAMED_BY_OTHERS:
            note_ids(work.session, plan.register, sheet, [each.row for each in added])
        for batch in _batches(changed):
            _update(work.session, plan.register, sheet, batch)
        if sheet is RiskRecord:
            _keep_assessments(work, plan)
        if sheet is OrganisationRecord:
            _insert_teams(work.session, plan)
        if sheet is ContactRecord:
            _insert_people(work.session, plan)
        for batch in _batches(plan.changes[sheet]):
            work.record_all(f"import of {plan.file}", (_entry(plan.register, sheet, each) for each in batch))


def _batches(changes: Sequence[PlannedChange]) -> Iterator[Sequence[PlannedChange]]:
    return (changes[start : start + BATCH] for start in range(0, len(changes), BATCH))


def _insert(session: Session, register: Register, sheet: type[Record], changes: Sequence[PlannedChange]) -> None:
    kept = TABLES[sheet]
    rows = [{**_saved(register, sheet, each.row, kept.columns), **kept.besides(each.row, register)} for each in changes]
    if kept.elsewhere:
        kept.elsewhere.insert(session, register, rows)
    else:
        insert_all(session, sheet.table, rows)


def _keep_implied(session: Session, plan: Plan) -> None:
    """Store the targets that follow from their KPIs."""
    _insert(session, plan.register, TargetRecord, [each for each in plan.implied if each.before is None])
    _update(session, plan.register, TargetRecord, [each for each in plan.implied if each.before is not None])


def _insert_teams(session: Session, plan: Plan) -> None:
    insert_all(
        session,
        Team,
        [
            {"slack": team, "organisation_id": plan.register.ids[OrganisationRecord][each.key]}
            for each in plan.changes[OrganisationRecord]
            for team in each.row.teams
            if each.before is None or team not in each.before.teams
        ],
    )


def _insert_people(session: Session, plan: Plan) -> None:
    """Store who of the register took part in the contacts that are added."""
    register = plan.register
    insert_all(
        session,
        ContactPerson,
        [
            {"contact_id": register.ids[ContactRecord][each.key], "person_id": register.ids[PersonRecord][(slack,)]}
            for each in plan.added(ContactRecord)
            for slack in each.row.people
        ],
    )


def _keep_assessments(work: UnitOfWork, plan: Plan) -> None:
    """Store the risk assessments that a file changes, without an author."""
    changed = [each for each in plan.changed(RiskRecord) if {"likelihood", "impact"} & set(each.columns)]
    insert_all(
        work.session,
        RiskAssessment,
        [
            {
                "risk_id": plan.register.ids[RiskRecord][each.key],
                "likelihood": int(each.row.likelihood),
                "impact": int(each.row.impact),
                "why": f"Changed by the import of {plan.file}"[:300],
                "assessed_at": work.now,
            }
            for each in changed
        ],
    )


def _update(session: Session, register: Register, sheet: type[Record], changes: Sequence[PlannedChange]) -> None:
    """Write only the columns that change, in one statement for all records with the same ones."""
    if elsewhere := TABLES[sheet].elsewhere:
        for each in changes:
            changed = _saved(register, sheet, each.row, _columns_to_save(sheet, each))
            elsewhere.update(session, register.ids[sheet][each.key], changed)
        return
    target = table(sheet.table)
    alike = defaultdict[tuple[str, ...], list[PlannedChange]](list)
    for change in changes:
        alike[tuple(_columns_to_save(sheet, change))].append(change)
    for columns, batch in alike.items():
        values = [with_folded(sheet.table, _saved(register, sheet, each.row, columns)) for each in batch]
        if not values[0]:
            continue  # only the teams changed, which have a table of their own
        records = [_record(register, sheet, each) for each in batch]
        statement = target.update().where(*(target.c[name] == bindparam(f"this_{name}") for name in records[0]))
        session.connection().execute(
            statement.values({name: bindparam(name) for name in values[0]}),
            [
                {**value, **{f"this_{name}": part for name, part in record.items()}}
                for value, record in zip(values, records, strict=True)
            ],
        )


def _columns_to_save(sheet: type[Record], change: PlannedChange) -> list[str]:
    """The columns that change; a change of nation also moves the day of the next report."""
    moved = sheet is ContractRecord and "nation" in change.columns
    return list(dict.fromkeys([*change.columns, *(["first_period"] if moved else [])]))


def _record(register: Register, sheet: type[Record], change: PlannedChange) -> dict[str, Any]:
    """The key of a record in its table: its id, or the columns of what it names."""
    id = register.ids[sheet].get(change.key)
    return {"id": id} if id else _saved(register, sheet, change.row, sheet.key_fields)


def _saved(register: Register, sheet: type[Record], row: Record, columns: Iterable[str]) -> dict[str, Any]:
    """The values for the columns of the table."""
    kept = TABLES[sheet].columns
    values: dict[str, Any] = {}
    for column in columns:
        if column in kept:
            values.update(
                zip(kept[column].columns, kept[column].save(getattr(row, column), row, register), strict=True)
            )
    return values


def _entry(register: Register, sheet: type[Record], change: PlannedChange) -> NewEntry:
    reference = (
        change.row.reference if isinstance(change.row, ContractRecord) else getattr(change.row, "contract", None)
    )
    return NewEntry(
        f"{sheet.one} {'added' if change.before is None else 'changed'}",
        change.row.known_as,
        register.ids[ContractRecord][(reference,)] if reference else None,
        change.words,
    )
