"""Completing rows from other records: derived days, the next report, and teams that stay."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.option_days import DayToDecide, check_change
from bot.domain.parts import Combining, round_to_worse, share
from bot.domain.periods import Month, report_due
from bot.domain.scores import Band
from bot.errors import UserError
from bot.models import Decision
from bot.records import (
    AuditRecord,
    CertificateRecord,
    ContactRecord,
    ContractRecord,
    CreditRecord,
    Decided,
    InterventionRecord,
    KpiRecord,
    MemoRecord,
    Misfit,
    OptionRecord,
    OrganisationRecord,
    PlanRecord,
    ReadingRecord,
    Record,
    ReportRecord,
    RiskRecord,
    SpendRecord,
)
from bot.services.portfolio import settled_in_slack, targets
from bot.services.portfolio.column_mapping import Register, calendar_of


def complete_row(row: Record, before: Any, register: Register, last_reports: Mapping[str, Month]) -> Record:  # noqa: ANN401  # a row of the same sheet, or None
    """The row with every open value filled in. `before` is its row in the register, if any.

    `last_reports` is the last month with a report, by contract reference. Raises `Misfit` for a report beyond the
    calendar, and for parts that make no figure.
    """
    changes: dict[str, object] = {}
    match row:
        case OrganisationRecord():
            changes["teams"] = tuple(sorted({*row.teams, *(before.teams if before else ())}))
        case ContractRecord():
            changes["first_period"] = _first_period(row, before, register, last_reports.get(row.reference))
            changes |= settled_in_slack.contract(row, before, register)
        case ContactRecord():
            changes["people"] = tuple(sorted(row.people))
            changes["logged"] = row.logged or (before.logged if before else register.today)
        case OptionRecord():
            changes["recorded"] = row.recorded or (before.recorded if before else register.today)
            changes |= settled_in_slack.option(row, before, register)
            _check_day_to_decide(row.model_copy(update=changes), before, register)
        case PlanRecord() | CertificateRecord() | InterventionRecord() | CreditRecord():
            changes |= settled_in_slack.remedy_certificate_or_credit(row, before)
        case AuditRecord():
            changes["due"] = row.due_on
        case MemoRecord():
            changes["acknowledged"] = row.acknowledged or (before.acknowledged if before else None)
        case KpiRecord():
            changes |= {**_combining(row, before), **targets.complete(row, before, register)}
        case ReadingRecord() if row.part is not None and row.whole and _follows(row, before):
            changes["value"] = _computed(row, register)
        case ReportRecord():
            changes["due"] = row.due or (before.due if before else _report_due(row, register))
            changes |= _decided(row, before, register)
        case SpendRecord():
            changes["noted"] = _noted(row, before, register)
        case RiskRecord():
            changes |= {**_grades(row, before), **_kept_of_risk(row, before, register)}
        case _:
            return row
    return row.model_copy(update=changes)


def _check_day_to_decide(row: OptionRecord, before: OptionRecord | None, register: Register) -> None:
    """A later day to decide comes with the variation that agreed it. Raises `Misfit`."""
    if before is None or before.decision is not Decision.OPEN:
        return
    calendar = calendar_of(row, register)
    was, on = (DayToDecide(each.decide_by.on(calendar), each.variation, each.varied) for each in (before, row))
    try:
        check_change(was, on)
    except UserError as error:
        raise Misfit(error.field or "decide_by", error.sentence) from error


def _combining(row: KpiRecord, before: KpiRecord | None) -> dict[str, object]:
    """How the months of a KPI combine, where the file does not say so."""
    if row.combines is not None:
        return {}
    signed = row.may_be_negative
    kept = before.combines if before and before.combines and before.combines.fits(row.unit, below_zero=signed) else None
    return {"combines": kept or Combining.usual(row.unit, below_zero=signed)}


def _noted(row: SpendRecord, before: SpendRecord | None, register: Register) -> date:
    """The day on which the sums of a month were entered: today, where the file brings others than there were."""
    is_same = before is not None and row.sums == before.sums
    return before.noted if is_same and before and before.noted else row.noted or register.today


def _grades(row: RiskRecord, before: RiskRecord | None) -> dict[str, object]:
    """A blank never removes an assessment; without an inherent one, it equals the residual one."""
    points: dict[str, object] = {}
    for name in ("likelihood", "impact"):
        point = getattr(row, name) or (getattr(before, name) if before else None)
        inherent = getattr(row, f"inherent_{name}") or (getattr(before, f"inherent_{name}") if before else None)
        points |= {name: point, f"inherent_{name}": inherent or point}
    return points


def _kept_of_risk(row: RiskRecord, before: RiskRecord | None, register: Register) -> dict[str, object]:
    """Who may know of a risk, when it is reviewed and who owns it."""
    return {
        "audience": before.audience if before else row.audience,
        "review": row.review or (before.review if before else _next_review(row, register)),
        "owner": row.owner or (before.owner if before else row.by),
    }


def _next_review(row: RiskRecord, register: Register) -> date:
    """The day of the next review; an unassessed risk is due as soon as a very high one. It counts from the day of the
    import where it would be late already."""
    grade = register.rules.grade_if_any(row.likelihood, row.impact)
    band = grade.band if grade else Band.VERY_HIGH
    review = register.rules.next_review(band, row.raised)
    return review if review >= register.today else register.rules.next_review(band, register.today)


def _first_period(row: ContractRecord, before: ContractRecord | None, register: Register, last: Month | None) -> Month:
    """The first month to report. No report is asked for that would be late already, unless the file lists it."""
    said = row.first_period or (before.first_period if before else None) or Month.of(row.start)
    in_time = register.first_in_time(row.report_working_day, row.nation)
    return max(said, in_time, last.next() if last else said)


def _decided(row: ReportRecord, before: ReportRecord | None, register: Register) -> dict[str, object]:
    """A received report is accepted if the file gives no decision: it is history, and waits for nobody."""
    known = before.decision if before else None
    decision = row.decision or known or (Decided.ACCEPTED if row.received else None)
    if decision in (None, Decided.OPEN):
        return {"decision": decision, "decided": None}
    return {"decision": decision, "decided": row.decided or (before.decided if before else None) or register.today}


def _follows(row: ReadingRecord, before: ReadingRecord | None) -> bool:
    """Whether the figure follows from its parts: it is left out, or only the parts changed."""
    if before is None or row.value is None:
        return row.value is None
    return row.value == before.value and (row.part, row.whole) != (before.part, before.whole)


def _computed(row: ReadingRecord, register: Register) -> Decimal | None:
    """The figure from its parts; None without its KPI, which is reported when the rows are compared."""
    kpi: KpiRecord | None = register.rows[KpiRecord].get((row.contract, row.kpi))
    if kpi is None or row.part is None or not row.whole:
        return None
    if kpi.combines is not Combining.RATIO:
        raise Misfit("part", f"{row.kpi} is no ratio, so it has no part. Enter its value, or change how it combines.")
    return round_to_worse(share(row.part, row.whole, kpi.unit), kpi.direction)


def _report_due(row: ReportRecord, register: Register) -> date:
    contract: ContractRecord = register.rows[ContractRecord][(row.contract,)]
    try:
        return report_due(row.period, contract.report_working_day, register.calendar.of(contract.nation))
    except UserError as error:
        raise Misfit("period", error.sentence) from error
