"""The storage of each sheet's columns in the tables, in both directions: what is saved loads as the same."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.calendar import Nation
from bot.domain.deadlines import parse_deadline
from bot.domain.figures import Unit
from bot.domain.periods import Month, in_force
from bot.domain.ratings import Rating, rate
from bot.models import CertificateState, Contact, ReportDecision
from bot.records import (
    SHEETS,
    AuditRecord,
    BenefitFigureRecord,
    BenefitRecord,
    CertificateRecord,
    ChannelRecord,
    ContactRecord,
    ContractRecord,
    CreditRecord,
    Decided,
    FindingRecord,
    HolidayRecord,
    InterventionEntryRecord,
    InterventionRecord,
    KpiRecord,
    LeaveRecord,
    MemoRecord,
    ObligationRecord,
    OrganisationRecord,
    PersonRecord,
    PlanRecord,
    PlanStepRecord,
    PlanSubmissionRecord,
    ReadingRecord,
    Record,
    ReportRecord,
    RoleRecord,
    TargetRecord,
)
from bot.records.cells import Percentage
from bot.services.portfolio import memo_rows
from bot.services.portfolio.column_mapping import Elsewhere, Register, StoredColumn, Table, calendar_of, noon, usual
from bot.services.progress.reports import first_report_at


def _first_period() -> StoredColumn:
    """The first month to report on, stored as the next one and the day when it is asked for."""

    def save(cell: Month, row: ContractRecord, register: Register) -> tuple[str, datetime]:
        return cell.key, first_report_at(cell, register.calendar.of(row.nation))

    def load(register: Register, period: str, at: datetime, working_day: int, nation: Nation) -> Month:
        return max(Month.parse(period), register.first_in_time(working_day, nation))

    return StoredColumn(("next_period", "next_report_at"), save, load, reads=("report_working_day", "nation"))


def _decision(cell: Decided | None, row: ReportRecord, register: Register) -> tuple[ReportDecision | None]:
    return (None if cell in (None, Decided.OPEN) else ReportDecision(cell.value),)


def _decided(register: Register, decision: ReportDecision | None, received: datetime | None) -> Decided | None:
    if decision is None:
        return Decided.OPEN if received else None
    return Decided(decision.value)


def _rated(cell: Any, row: ReadingRecord, register: Register) -> tuple[Any, Rating, Rating]:  # noqa: ANN401  # as in StoredColumn
    """A figure, its rating by the cut-offs of its month, and the rating in force."""
    kpi: KpiRecord = register.rows[KpiRecord][(row.contract, row.kpi)]
    cut_offs = in_force(register.targets[row.contract, row.kpi], row.period)
    computed = rate(row.value, cut_offs, kpi.direction)
    return row.value, computed, row.rating or computed


def signed(value: Decimal, unit: str) -> Decimal:
    """A cut-off as it is exported: a small percentage has its sign, so that it is not read as a fraction."""
    return Percentage(value) if unit == Unit.PERCENT and 0 < abs(value) <= 1 else value


def _cut_off(name: str) -> StoredColumn:
    def load(register: Register, value: Decimal, kpi_id: int) -> Decimal:
        return signed(value, register.rows[KpiRecord][register.keys[KpiRecord][kpi_id]].unit)

    return StoredColumn((name,), lambda cell, row, register: (cell,), load, reads=("kpi_id",))


_CUT_OFFS = ("good", "approaching", "requires_improvement")
_OF_ITS_CONTRACT = ("contract_id", "id")
_KPI = StoredColumn(
    ("kpi_id",),
    lambda cell, row, register: (register.ids[KpiRecord][(row.contract, cell)],),
    lambda register, id: register.keys[KpiRecord][id][1],
)
_KPI_IF_ANY = StoredColumn(
    ("kpi_id",),
    lambda cell, row, register: (register.ids[KpiRecord][(row.contract, cell)] if cell else None,),
    lambda register, id: register.keys[KpiRecord][id][1] if id else None,
)
_OF_KPI = StoredColumn(
    ("kpi_id",),
    lambda cell, row, register: (register.ids[KpiRecord][(cell, row.kpi)],),
    lambda register, id: register.keys[KpiRecord][id][0],
)
_NUMBER = StoredColumn(("number",), lambda cell, row, register: (cell,), lambda register, kept: kept)
_QUERY = StoredColumn(
    ("query", "queries"),
    lambda cell, row, register: (cell, int(bool(cell))),
    lambda register, query, queries: query,
)
_VERIFIED = StoredColumn(
    ("verified_on", "state"),
    lambda cell, row, register: (cell, CertificateState.VERIFIED if cell else CertificateState.AWAITED),
    lambda register, verified, state: verified,
)
_OF_AUDIT = StoredColumn(
    ("audit_id",),
    lambda cell, row, register: (register.ids[AuditRecord][(row.contract, cell)],),
    lambda register, id: register.keys[AuditRecord][id][1],
)
_OF_PLAN = StoredColumn(
    ("plan_id",),
    lambda cell, row, register: (register.ids[PlanRecord][(row.contract, cell)],),
    lambda register, id: register.keys[PlanRecord][id][1],
)


def _of_submission(part: int) -> StoredColumn:
    """The plan, or the number of what came, taken from what the partner sent."""
    return StoredColumn(
        ("submission_id",),
        lambda cell, row, register: (register.ids[PlanSubmissionRecord][(row.contract, row.plan, row.number)],),
        lambda register, id: register.keys[PlanSubmissionRecord][id][part],
    )


def _of_intervention(part: int) -> StoredColumn:
    """The level, the area or the day, taken from the intervention."""
    return StoredColumn(
        ("intervention_id",),
        lambda cell, row, register: (
            register.ids[InterventionRecord][(row.contract, row.level, row.area, row.opened)],
        ),
        lambda register, id: register.keys[InterventionRecord][id][part],
    )


_OF_BENEFIT = StoredColumn(
    ("benefit_id",),
    lambda cell, row, register: (register.ids[BenefitRecord][(row.contract, cell)],),
    lambda register, id: register.keys[BenefitRecord][id][1],
)
_VALUE = StoredColumn(("value", "computed", "rating"), _rated, lambda register, value, *ratings: value)
_RATING = StoredColumn(
    ("computed", "rating"),
    lambda cell, row, register: _rated(cell, row, register)[1:],
    lambda register, computed, rating, at: rating if at else None,
    reads=("overridden_at",),
)


_NEXT_DUE = StoredColumn(
    ("next_rule",),
    lambda cell, row, register: ("" if cell is None else str(cell),),
    lambda register, rule: parse_deadline(rule) if rule else None,
)


def _is_corrected() -> ColumnElement[bool]:
    """Whether a later entry of the log stands in the place of this one."""
    later = aliased(Contact)
    return exists().where(col(later.corrects_id) == col(Contact.id))


def _of_report(part: int) -> StoredColumn:
    """The contract or the period of a figure, taken from its report."""
    return StoredColumn(
        ("report_id",),
        lambda cell, row, register: (register.ids[ReportRecord][(row.contract, row.period)],),
        lambda register, id: register.keys[ReportRecord][id][part],
    )


def _given_at(role: RoleRecord, register: Register) -> datetime | None:
    """When somebody got the role, so that they are welcomed to it; None in a sample."""
    contract: ContractRecord = register.rows[ContractRecord][(role.contract,)]
    return None if contract.sample else register.now


_IN_ANOTHER_WAY: dict[type[Record], Table] = {
    HolidayRecord: Table(usual(HolidayRecord), ("day", "nation")),
    OrganisationRecord: Table(usual(OrganisationRecord, but=("teams",))),  # its teams have a table of their own
    PersonRecord: Table(usual(PersonRecord)),
    LeaveRecord: Table(usual(LeaveRecord), ("person_id", "id")),
    ContractRecord: Table(
        {**usual(ContractRecord, but=("first_period",)), "first_period": _first_period()},
        besides=lambda row, register: {"created_at": register.now},
    ),
    RoleRecord: Table(
        usual(RoleRecord),
        ("contract_id", "person_id", "role"),
        besides=lambda row, register: {"given_at": _given_at(row, register)},
    ),
    ChannelRecord: Table(usual(ChannelRecord), besides=lambda row, register: {"created_at": register.now}),
    ReportRecord: Table(
        {
            **usual(ReportRecord, but=("decision", "query")),
            "decision": StoredColumn(("decision",), _decision, _decided, reads=("received_at",)),
            "query": _QUERY,
        },
        ("contract_id", "period"),
        besides=lambda row, register: {"prompt_at": calendar_of(row, register).next_working_morning(register.now)},
    ),
    KpiRecord: Table(usual(KpiRecord, but=KpiRecord.apart), _OF_ITS_CONTRACT),  # its targets have a table of their own
    TargetRecord: Table(
        {
            "contract": _OF_KPI,
            "kpi": _KPI,
            "since": usual(TargetRecord)["since"],
            **{name: _cut_off(name) for name in _CUT_OFFS},
        },
        ("kpi_id", "from_period"),
    ),
    ReadingRecord: Table(
        {
            **usual(ReadingRecord, but=("contract", "period", "kpi", "value", "rating")),
            "contract": _of_report(0),
            "period": _of_report(1),
            "kpi": _KPI,
            "value": _VALUE,
            "rating": _RATING,
        },
        ("report_id", "kpi_id"),
    ),
    **{
        each: Table({**usual(each, but=("kpi",)), "kpi": _KPI_IF_ANY}, _OF_ITS_CONTRACT)
        for each in (PlanRecord, InterventionRecord)
    },
    CertificateRecord: Table({**usual(CertificateRecord, but=("verified",)), "verified": _VERIFIED}, _OF_ITS_CONTRACT),
    CreditRecord: Table(
        usual(CreditRecord),
        ("contract_id", "period", "part"),
        besides=lambda row, register: {"worth": row.amount, "proposed_on": register.today},
    ),
    ObligationRecord: Table({**usual(ObligationRecord, but=("next_due",)), "next_due": _NEXT_DUE}, _OF_ITS_CONTRACT),
    MemoRecord: Table(
        {**usual(MemoRecord, but=("number", "sent")), "number": _NUMBER, "sent": noon("issued_at")},
        ("contract_id", "number"),
        elsewhere=Elsewhere(memo_rows.source(), memo_rows.insert_rows, memo_rows.update_row),
    ),
    PlanSubmissionRecord: Table({**usual(PlanSubmissionRecord, but=("plan",)), "plan": _OF_PLAN}, _OF_ITS_CONTRACT),
    PlanStepRecord: Table(
        {
            **usual(PlanStepRecord, but=("plan", "number")),
            "plan": _of_submission(1),
            "number": _of_submission(2),
        },
        _OF_ITS_CONTRACT,
    ),
    InterventionEntryRecord: Table(
        {
            **usual(InterventionEntryRecord, but=("level", "area", "opened")),
            "level": _of_intervention(1),
            "area": _of_intervention(2),
            "opened": _of_intervention(3),
        },
        _OF_ITS_CONTRACT,
    ),
    BenefitFigureRecord: Table(
        {**usual(BenefitFigureRecord, but=("benefit",)), "benefit": _OF_BENEFIT},
        ("contract_id", "benefit_id", "period"),
    ),
    FindingRecord: Table({**usual(FindingRecord, but=("audit",)), "audit": _OF_AUDIT}, _OF_ITS_CONTRACT),
    ContactRecord: Table(  # its people have a table of their own
        usual(ContactRecord, but=("people",)), _OF_ITS_CONTRACT, which=and_(~col(Contact.withdrawn), ~_is_corrected())
    ),
}
"""The records that are stored in another way than their types say, or listed in another order than by contract."""

TABLES: dict[type[Record], Table] = {
    each: _IN_ANOTHER_WAY.get(each) or Table(usual(each), _OF_ITS_CONTRACT) for each in SHEETS
}
"""How each kind of record is stored: each field as its type says, by contract, or as said above."""
