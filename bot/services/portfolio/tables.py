"""The storage of each sheet's columns in the tables, in both directions: what is saved loads as the same."""

from datetime import datetime
from typing import Any

from bot.domain.periods import Month
from bot.domain.ratings import Rating, rate
from bot.domain.scores import Impact, Likelihood
from bot.models import (
    Absence,
    Channel,
    Contract,
    ExtensionOption,
    Kpi,
    Memo,
    Milestone,
    Obligation,
    Organisation,
    Person,
    Reading,
    RectificationPlan,
    Report,
    ReportDecision,
    Risk,
    Role,
)
from bot.records import (
    ChannelRecord,
    ContractRecord,
    Decided,
    KpiRecord,
    LeaveRecord,
    MemoRecord,
    MilestoneRecord,
    ObligationRecord,
    OptionRecord,
    OrganisationRecord,
    PersonRecord,
    PlanRecord,
    ReadingRecord,
    Record,
    ReportRecord,
    RiskRecord,
    RoleRecord,
)
from bot.services.portfolio.column_mapping import (
    Register,
    StoredColumn,
    Table,
    calendar_of,
    due_as,
    noon,
    point,
    points_at,
    same,
)
from bot.services.progress.reports import first_report_at


def _first_period() -> StoredColumn:
    """The first month to report on, stored as the next one and the day when it is asked for."""

    def save(cell: Month, row: ContractRecord, register: Register) -> tuple[str, datetime]:
        return cell.key, first_report_at(cell, register.calendar.of(row.nation))

    def load(register: Register, period: str, at: datetime) -> Month:
        return max(Month.parse(period), register.last_month)

    return StoredColumn(("next_period", "next_report_at"), save, load)


def _decision(cell: Decided | None, row: ReportRecord, register: Register) -> tuple[ReportDecision | None]:
    return (None if cell in (None, Decided.OPEN) else ReportDecision(cell.value),)


def _decided(register: Register, decision: ReportDecision | None, received: datetime | None) -> Decided | None:
    if decision is None:
        return Decided.OPEN if received else None
    return Decided(decision.value)


def _rated(cell: Any, row: ReadingRecord, register: Register) -> tuple[Any, Rating, Rating]:  # noqa: ANN401  # as in StoredColumn
    """A figure, its rating by the cut-offs, and the rating in force."""
    kpi: KpiRecord = register.rows[KpiRecord][(row.contract, row.kpi)]
    computed = rate(row.value, kpi.cut_offs, kpi.direction)
    return row.value, computed, row.rating or computed


_CONTRACT = {"contract": points_at("contract_id", ContractRecord)}
_OF_ITS_CONTRACT = ("contract_id", "id")
_PERIOD = StoredColumn(("period",), lambda cell, row, register: (cell.key,), lambda register, key: Month.parse(key))


def _of_report(part: int) -> StoredColumn:
    """The contract or the period of a figure, taken from its report."""
    return StoredColumn(
        ("report_id",),
        lambda cell, row, register: (register.ids[ReportRecord][(row.contract, row.period)],),
        lambda register, id: register.keys[ReportRecord][id][part],
    )


TABLES: dict[type[Record], Table] = {
    OrganisationRecord: Table(Organisation, same("key", "name", "kind")),  # its teams have a table of their own
    PersonRecord: Table(
        Person,
        {
            **same("slack", "name", "email", "guest", "administrator"),
            "organisation": points_at("organisation_id", OrganisationRecord),
        },
    ),
    LeaveRecord: Table(
        Absence, {"person": points_at("person_id", PersonRecord), **same("first_day", "last_day")}, ("person_id", "id")
    ),
    ContractRecord: Table(
        Contract,
        {
            **same("reference", "title", "purpose", "objectives", "regime", "light_touch", "form", "supplies"),
            **same("kpi_exemption", "tier", "service_credit_cap", "nation", "stage", "ocds_id", "notice_id"),
            **same("documents", "report_working_day", "sample", value="value_pounds"),
            **same(value_with_vat="value_with_vat_pounds", start="start_date", end="end_date"),
            **same(longest_end="longest_end_date"),
            "partner": points_at("partner_id", OrganisationRecord),
            "first_period": _first_period(),
        },
        besides=lambda row, register: {"created_at": register.now},
    ),
    RoleRecord: Table(
        Role,
        {
            **_CONTRACT,
            **same("role"),
            "person": points_at("person_id", PersonRecord),
            "deputy": points_at("deputy_id", PersonRecord),
        },
        ("contract_id", "person_id", "role"),
    ),
    ChannelRecord: Table(
        Channel,
        {**same("audience", channel="slack"), **_CONTRACT},
        besides=lambda row, register: {"created_at": register.now},
    ),
    KpiRecord: Table(
        Kpi,
        {
            **_CONTRACT,
            **same("code", "name", "definition", "unit", "direction", "good", "approaching", "requires_improvement"),
            **same("source", "weight", "combines"),
        },
        _OF_ITS_CONTRACT,
    ),
    OptionRecord: Table(
        ExtensionOption,
        {**_CONTRACT, **same("name", "months", "decision", recorded="recorded_on"), "decide_by": due_as("decide_by")},
        _OF_ITS_CONTRACT,
    ),
    MilestoneRecord: Table(
        Milestone,
        {**_CONTRACT, **same("name", "kind", "owed_by", met="met_on"), "due": due_as("due_on")},
        _OF_ITS_CONTRACT,
    ),
    ObligationRecord: Table(
        Obligation,
        {**_CONTRACT, **same("name", "owed_by", "clause", met="met_on"), "due": due_as("due_on")},
        _OF_ITS_CONTRACT,
    ),
    ReportRecord: Table(
        Report,
        {
            **_CONTRACT,
            **same("narrative", "rag", "rag_reason", "path_to_green", due="due_on"),
            "period": _PERIOD,
            "received": noon("received_at"),
            "by": points_at("reporter_id", PersonRecord),
            "decision": StoredColumn(("decision",), _decision, _decided, reads=("received_at",)),
            "decided": noon("decided_at"),
            "decided_by": points_at("decided_by_id", PersonRecord),
            "query": StoredColumn(
                ("query", "queries"),
                lambda cell, row, register: (cell, int(bool(cell))),
                lambda register, query, queries: query,
            ),
        },
        ("contract_id", "period"),
        besides=lambda row, register: {"prompt_at": calendar_of(row, register).next_working_morning(register.now)},
    ),
    ReadingRecord: Table(
        Reading,
        {
            "contract": _of_report(0),
            "period": _of_report(1),
            "kpi": StoredColumn(
                ("kpi_id",),
                lambda cell, row, register: (register.ids[KpiRecord][(row.contract, cell)],),
                lambda register, id: register.keys[KpiRecord][id][1],
            ),
            "value": StoredColumn(("value", "computed", "rating"), _rated, lambda register, value, *ratings: value),
            "rating": StoredColumn(
                ("computed", "rating"),
                lambda cell, row, register: _rated(cell, row, register)[1:],
                lambda register, computed, rating, at: rating if at else None,
                reads=("overridden_at",),
            ),
            "rated": noon("overridden_at"),
            "rated_by": points_at("overridden_by_id", PersonRecord),
            "verified": noon("verified_at"),
            "verified_by": points_at("verified_by_id", PersonRecord),
            **same("why", "part", "whole", rating_why="override_reason"),
        },
        ("report_id", "kpi_id"),
    ),
    PlanRecord: Table(
        RectificationPlan,
        {**_CONTRACT, **same("title", "status", "reason", requested="requested_on", due="due_on")},
        _OF_ITS_CONTRACT,
    ),
    MemoRecord: Table(
        Memo,
        {
            **_CONTRACT,
            **same("number", "subject", "acknowledge_by", sent="sent_on", acknowledged="acknowledged_on"),
        },
        ("contract_id", "number"),
    ),
    RiskRecord: Table(
        Risk,
        {
            **_CONTRACT,
            **same("title", "cause", "effect", "controls", "category", "status", "audience"),
            **same("happened", "closing_reason", "response", "response_note"),
            **same(closed="closed_on", review="review_on", proximity="proximity_on"),
            **point("likelihood", Likelihood),
            **point("impact", Impact),
            **point("inherent_likelihood", Likelihood),
            **point("inherent_impact", Impact),
            **point("target_likelihood", Likelihood),
            **point("target_impact", Impact),
            "raised": noon("raised_at"),
            "by": points_at("raised_by_id", PersonRecord),
            "owner": points_at("owner_id", PersonRecord),
        },
        _OF_ITS_CONTRACT,
    ),
}
