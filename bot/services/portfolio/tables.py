"""How each column of a sheet is kept in the tables, both ways: what is saved is what is loaded again."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from bot.domain.calendar import Nation, next_working_morning
from bot.domain.deadlines import Deadline, parse_deadline
from bot.domain.london import london, london_instant
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
    Risk,
    Role,
)
from bot.services.portfolio.register import Register
from bot.services.portfolio.sheets import (
    ChannelRow,
    ContractRow,
    FigureRow,
    KpiRow,
    LeaveRow,
    MemoRow,
    MilestoneRow,
    ObligationRow,
    OptionRow,
    OrganisationRow,
    PersonRow,
    PlanRow,
    ReportRow,
    RiskRow,
    RoleRow,
    Row,
)
from bot.services.progress.reports import first_report_at


class Kept(NamedTuple):
    """How a column of a sheet is kept: in which columns of the table, and how it gets there and back.

    `save` gives what stands in those columns, from the cell, its row and the register as it will be. `load` gives
    the cell again.
    """

    columns: tuple[str, ...]
    save: Callable[[Any, Any, Register], tuple[Any, ...]]
    load: Callable[..., Any]


class Table(NamedTuple):
    """The table of a sheet, how its columns are kept, by what its rows are ordered, and what else a new record has."""

    model: type[SQLModel]
    columns: Mapping[str, Kept]
    order: tuple[str, ...] = ("id",)
    besides: Callable[[Any, Register], dict[str, Any]] = lambda row, register: {}


def nation_of(row: Any, register: Register) -> Nation:  # noqa: ANN401  # the row of any sheet that names a contract
    """The nation of a row's contract, which chooses its bank holidays."""
    contract: ContractRow = register.rows[ContractRow][(row.contract,)]
    return contract.nation


def _same(*names: str, **renamed: str) -> dict[str, Kept]:
    """Columns that are kept as they are."""
    return {name: _as_it_is(column) for name, column in {**dict(zip(names, names, strict=True)), **renamed}.items()}


def _as_it_is(column: str) -> Kept:
    return Kept((column,), lambda cell, row, register: (cell,), lambda register, kept: kept)


def _points_at(column: str, sheet: type[Row]) -> Kept:
    """The key of a row of another sheet, kept as that record's id."""
    return Kept(
        (column,),
        lambda cell, row, register: (None if cell is None else register.ids[sheet][(cell,)],),
        lambda register, id: None if id is None else register.keys[sheet][id][0],
    )


def _noon(column: str) -> Kept:
    """A day, kept as an instant."""
    return Kept(
        (column,),
        lambda cell, row, register: (None if cell is None else london_instant(cell, 12),),
        lambda register, instant: None if instant is None else london(instant).date(),
    )


def _due(day: str) -> Kept:
    """A deadline, kept as its day and, if it is no fixed day, its rule."""

    def save(cell: Deadline | None, row: Any, register: Register) -> tuple[date | None, str]:  # noqa: ANN401
        if cell is None:
            return None, ""
        return cell.on(nation_of(row, register)), "" if cell == Deadline.fixed(cell.anchor) else str(cell)

    def load(register: Register, on: date | None, rule: str) -> Deadline | None:
        if rule:
            return parse_deadline(rule)
        return None if on is None else Deadline.fixed(on)

    return Kept((day, "rule"), save, load)


def _first_period() -> Kept:
    """The first month to report on, kept as the next one and when it is asked for."""

    def save(cell: Month, row: ContractRow, register: Register) -> tuple[str, datetime]:
        return cell.key, first_report_at(cell, row.nation)

    def load(register: Register, period: str, at: datetime) -> Month:
        return max(Month.parse(period), register.last_month)

    return Kept(("next_period", "next_report_at"), save, load)


def _rated(cell: Any, row: FigureRow, register: Register) -> tuple[Any, Rating]:  # noqa: ANN401  # as Kept has it
    kpi: KpiRow = register.rows[KpiRow][(row.contract, row.kpi)]
    return cell, rate(cell, kpi.cut_offs, kpi.direction)


_CONTRACT = {"contract": _points_at("contract_id", ContractRow)}
_OF_ITS_CONTRACT = ("contract_id", "id")
_PERIOD = Kept(("period",), lambda cell, row, register: (cell.key,), lambda register, key: Month.parse(key))


def _of_report(part: int) -> Kept:
    """The contract or the period of a figure, which its report has."""
    return Kept(
        ("report_id",),
        lambda cell, row, register: (register.ids[ReportRow][(row.contract, row.period)],),
        lambda register, id: register.keys[ReportRow][id][part],
    )


def _point(column: str, scale: type[Likelihood] | type[Impact]) -> dict[str, Kept]:
    return {
        column: Kept(
            (column,),
            lambda cell, row, register: (None if cell is None else int(cell),),
            lambda register, kept: None if kept is None else scale(kept),
        )
    }


TABLES: dict[type[Row], Table] = {
    OrganisationRow: Table(Organisation, _same("key", "name", "kind")),  # its teams have a table of their own
    PersonRow: Table(
        Person,
        {
            **_same("slack", "name", "email", "guest", "administrator"),
            "organisation": _points_at("organisation_id", OrganisationRow),
        },
    ),
    LeaveRow: Table(
        Absence, {"person": _points_at("person_id", PersonRow), **_same("first_day", "last_day")}, ("person_id", "id")
    ),
    ContractRow: Table(
        Contract,
        {
            **_same("reference", "title", "purpose", "objectives", "regime", "light_touch", "form", "supplies"),
            **_same("kpi_exemption", "tier", "service_credit_cap", "nation", "stage", "ocds_id", "notice_id"),
            **_same("documents", "report_working_day", "sample", value="value_pounds"),
            **_same(value_with_vat="value_with_vat_pounds", start="start_date", end="end_date"),
            **_same(longest_end="longest_end_date"),
            "partner": _points_at("partner_id", OrganisationRow),
            "first_period": _first_period(),
        },
        besides=lambda row, register: {"created_at": register.now},
    ),
    RoleRow: Table(
        Role,
        {
            **_CONTRACT,
            **_same("role"),
            "person": _points_at("person_id", PersonRow),
            "deputy": _points_at("deputy_id", PersonRow),
        },
        ("contract_id", "person_id", "role"),
    ),
    ChannelRow: Table(
        Channel,
        {**_same("audience", channel="slack"), **_CONTRACT},
        besides=lambda row, register: {"created_at": register.now},
    ),
    KpiRow: Table(
        Kpi,
        {
            **_CONTRACT,
            **_same("code", "name", "definition", "unit", "direction", "good", "approaching", "requires_improvement"),
            **_same("source", "weight"),
        },
        _OF_ITS_CONTRACT,
    ),
    OptionRow: Table(
        ExtensionOption,
        {**_CONTRACT, **_same("name", "months", "decision", recorded="recorded_on"), "decide_by": _due("decide_by")},
        _OF_ITS_CONTRACT,
    ),
    MilestoneRow: Table(
        Milestone,
        {**_CONTRACT, **_same("name", "kind", "owed_by", met="met_on"), "due": _due("due_on")},
        _OF_ITS_CONTRACT,
    ),
    ObligationRow: Table(
        Obligation,
        {**_CONTRACT, **_same("name", "owed_by", "clause", met="met_on"), "due": _due("due_on")},
        _OF_ITS_CONTRACT,
    ),
    ReportRow: Table(
        Report,
        {
            **_CONTRACT,
            **_same("narrative", due="due_on"),
            "period": _PERIOD,
            "received": _noon("received_at"),
            "by": _points_at("reporter_id", PersonRow),
        },
        ("contract_id", "period"),
        besides=lambda row, register: {"prompt_at": next_working_morning(register.now, nation_of(row, register))},
    ),
    FigureRow: Table(
        Reading,
        {
            "contract": _of_report(0),
            "period": _of_report(1),
            "kpi": Kept(
                ("kpi_id",),
                lambda cell, row, register: (register.ids[KpiRow][(row.contract, cell)],),
                lambda register, id: register.keys[KpiRow][id][1],
            ),
            "value": Kept(("value", "rating"), _rated, lambda register, value, rating: value),
            **_same("why"),
        },
        ("report_id", "kpi_id"),
    ),
    PlanRow: Table(
        RectificationPlan,
        {**_CONTRACT, **_same("title", "status", "reason", requested="requested_on", due="due_on")},
        _OF_ITS_CONTRACT,
    ),
    MemoRow: Table(
        Memo,
        {
            **_CONTRACT,
            **_same("number", "subject", "acknowledge_by", sent="sent_on", acknowledged="acknowledged_on"),
        },
        ("contract_id", "number"),
    ),
    RiskRow: Table(
        Risk,
        {
            **_CONTRACT,
            **_same(
                "title",
                "cause",
                "effect",
                "controls",
                "category",
                "status",
                "happened",
                "closing_reason",
                "response",
                "response_note",
            ),
            **_same(closed="closed_on", review="review_on", proximity="proximity_on"),
            **_point("likelihood", Likelihood),
            **_point("impact", Impact),
            **_point("inherent_likelihood", Likelihood),
            **_point("inherent_impact", Impact),
            **_point("target_likelihood", Likelihood),
            **_point("target_impact", Impact),
            "raised": _noon("raised_at"),
            "by": _points_at("raised_by_id", PersonRow),
            "owner": _points_at("owner_id", PersonRow),
        },
        _OF_ITS_CONTRACT,
    ),
}
