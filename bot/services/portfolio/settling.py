"""What a row leaves open and other records settle: days that follow, the next report, the teams that stay."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.periods import Month, report_due
from bot.domain.scores import Band
from bot.errors import UserError
from bot.services.portfolio.register import Register
from bot.services.portfolio.sheets import ContractRow, Misfit, OptionRow, OrganisationRow, ReportRow, RiskRow, Row


def settled(row: Row, before: Any, register: Register, last_reports: Mapping[str, Month]) -> Row:  # noqa: ANN401  # a row of the same sheet, or None
    """The row with nothing left open. `before` is how it stands in the register, if it does; `last_reports` is the
    last month that a report is known for, by the reference of its contract. Misfit for a report beyond the calendar.
    """
    changes: dict[str, object] = {}
    match row:
        case OrganisationRow():
            changes["teams"] = tuple(sorted({*row.teams, *(before.teams if before else ())}))
        case ContractRow():
            changes["first_period"] = _first_period(row, before, register, last_reports.get(row.reference))
        case OptionRow(recorded=None):
            changes["recorded"] = before.recorded if before else register.today
        case ReportRow(due=None):
            changes["due"] = before.due if before else _report_due(row, register)
        case RiskRow():
            changes |= _grades(row, before)
            changes["review"] = row.review or (before.review if before else _next_review(row, register))
            changes["owner"] = row.owner or (before.owner if before else row.by)
        case _:
            return row
    return row.model_copy(update=changes)


def _grades(row: RiskRow, before: RiskRow | None) -> dict[str, object]:
    """A blank never takes an assessment back; what was never said without controls is as it is with them."""
    points: dict[str, object] = {}
    for name in ("likelihood", "impact"):
        point = getattr(row, name) or (getattr(before, name) if before else None)
        inherent = getattr(row, f"inherent_{name}") or (getattr(before, f"inherent_{name}") if before else None)
        points |= {name: point, f"inherent_{name}": inherent or point}
    return points


def _next_review(row: RiskRow, register: Register) -> date:
    """One that nobody has assessed is to be looked at as soon as a very high one."""
    grade = register.rules.grade_if_any(row.likelihood, row.impact)
    return register.rules.next_review(grade.band if grade else Band.VERY_HIGH, row.raised)


def _first_period(row: ContractRow, before: ContractRow | None, register: Register, last: Month | None) -> Month:
    """Months long gone that nothing lists are not asked for: that would be a flood on the first morning."""
    said = row.first_period or (before.first_period if before else None) or Month.of(row.start)
    return max(said, register.last_month, last.next() if last else said)


def _report_due(row: ReportRow, register: Register) -> date:
    contract: ContractRow = register.rows[ContractRow][(row.contract,)]
    try:
        return report_due(row.period, contract.report_working_day, contract.nation)
    except UserError as error:
        raise Misfit("period", error.sentence) from error
