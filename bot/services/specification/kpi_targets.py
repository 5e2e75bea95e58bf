"""The targets of a KPI: its cut-offs, each from a month on. What was rated already stays as it was rated."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlmodel import col

from bot.db import insert
from bot.domain.figures import Unit, format_figure
from bot.domain.periods import Month, first_in_time, in_force, months
from bot.domain.ratings import CutOffsOutOfOrder, check_cut_offs
from bot.domain.wording import in_a_sentence
from bot.errors import UserError
from bot.models import Contract, Kpi, KpiTarget, Reading, Report
from bot.records import KpiRecord, TargetRecord
from bot.records.cells import Percentage
from bot.services import changes
from bot.services.lookup.kpis import kpis_in
from bot.services.progress.reports import first_report_at
from bot.services.specification.term_change import FormFields, Row, TermChange, Values
from bot.services.unit_of_work import UnitOfWork

CUT_OFFS = ("good", "approaching", "requires_improvement")
MOST_MONTHS = 100  # that a list of choices holds
SINCE = in_a_sentence(TargetRecord.fields()["since"].label)
"""What the history calls the month from which cut-offs hold."""


def last_of(work: UnitOfWork, rows: Sequence[Row]) -> Mapping[int, Values]:
    """The last cut-offs of each of these KPIs, with the month from which they hold, by the KPI's id."""
    units = {row.id: row.unit for row in rows if isinstance(row, Kpi)}
    targets = work.session.scalars(
        select(KpiTarget).where(col(KpiTarget.kpi_id).in_(units)).order_by(col(KpiTarget.from_period))
    )
    return {each.kpi_id: _values(each, units[each.kpi_id]) for each in targets}


def _values(target: KpiTarget, unit: Unit) -> Values:
    kept = {name: getattr(target, name) for name in CUT_OFFS}
    signed = {name: Percentage(value) for name, value in kept.items()} if unit is Unit.PERCENT else kept
    return {**signed, "since": Month.parse(target.from_period)}


def form_fields(work: UnitOfWork, contract: Contract, row: Row | None) -> FormFields:
    """The cut-offs of a KPI in its form, and the months from which others can hold."""
    kpi = row if isinstance(row, Kpi) else None
    begun = last_of(work, [kpi])[kpi.id] if kpi else {}
    offered = _offered(work, contract, kpi)
    since = begun.get("since")
    chosen = since if since in offered else _usual(work, contract, offered)
    return FormFields({**begun, "since": chosen}, {"since": [(str(month), month.key) for month in offered]})


def _usual(work: UnitOfWork, contract: Contract, offered: Sequence[Month]) -> Month:
    """The first month that nobody was asked for."""
    calendar = work.calendar.of(contract.nation)
    in_time = first_in_time(work.today, contract.report_working_day, calendar)
    return max(offered[0], Month.parse(contract.next_period), in_time)


def _offered(work: UnitOfWork, contract: Contract, kpi: Kpi | None) -> Sequence[Month]:
    """The months from which cut-offs can hold: those for which no figure has come, up to a year after the next report.
    A new KPI can begin with the first report that is awaited."""
    following = Month.parse(contract.next_period)
    awaited = select(func.min(col(Report.period))).where(
        col(Report.contract_id) == contract.id, col(Report.received_at).is_(None)
    )
    first = min(following, Month.parse(work.session.scalar(awaited) or following.key))
    if kpi is not None:
        came = last_figure(work, kpi)
        begun = select(func.min(col(KpiTarget.from_period))).where(col(KpiTarget.kpi_id) == kpi.id)
        first = came.next() if came else Month.parse(work.session.scalars(begun).one())
    last = max(following, Month.of(work.today), first)
    return list(months(first, Month(last.year + 1, last.month)))[-MOST_MONTHS:]


def last_figure(work: UnitOfWork, kpi: Kpi) -> Month | None:
    """The last month with a figure of a KPI."""
    period = work.session.scalar(
        select(func.max(col(Report.period)))
        .join(Reading, col(Reading.report_id) == col(Report.id))
        .where(col(Reading.kpi_id) == kpi.id)
    )
    return Month.parse(period) if period else None


def check(work: UnitOfWork, change: TermChange) -> None:
    """Refuse cut-offs for a month that was rated already, and another measure for figures that came. Raises
    `UserError`."""
    before, after = change.before, change.after
    if not isinstance(after, KpiRecord):
        return
    since = _since(work, change.contract, before, after)
    if not isinstance(before, Kpi):
        return
    came = last_figure(work, before)
    for name in ("unit", "direction"):
        if came and getattr(before, name) != getattr(after, name):
            raise UserError(
                f"Figures of {before.code} came up to {came}, and were rated by its {name}. End this KPI, and add one "
                "with another code.",
                field=name,
            )
    for month, target in _targets(work, before).items():
        try:
            check_cut_offs(target.cut_offs, after.direction)
        except CutOffsOutOfOrder:
            if month != since:
                raise UserError(
                    f"Its cut-offs from {month} run the other way. End this KPI, and add one with another code.",
                    field="direction",
                ) from None


def _since(work: UnitOfWork, contract: Contract, before: Row | None, after: KpiRecord) -> Month:
    """The month from which the entered cut-offs hold. Raises `UserError`."""
    kpi = before if isinstance(before, Kpi) else None
    offered = _offered(work, contract, kpi)
    since = after.since or _usual(work, contract, offered)
    is_new = kpi is None or in_force(_targets(work, kpi), since).cut_offs != after.cut_offs
    if is_new and since < offered[0]:
        raise UserError(
            f"The report for {offered[0].previous()} came, and its ratings stay by the cut-offs of their time. "
            f"Choose {offered[0]} or a later month.",
            field="since",
        )
    if is_new and since > offered[-1]:
        raise UserError("Choose one of the list.", field="since")
    return since


def _targets(work: UnitOfWork, kpi: Kpi) -> Mapping[Month, KpiTarget]:
    rows = work.session.scalars(select(KpiTarget).where(col(KpiTarget.kpi_id) == kpi.id))
    return {Month.parse(row.from_period): row for row in rows}


def keep(work: UnitOfWork, row: Row, change: TermChange) -> dict[str, list[str]]:
    """Store the cut-offs of a KPI, if they are others than those of the month; returns what changed, in words."""
    after, contract = change.after, change.contract
    if not isinstance(row, Kpi) or not isinstance(after, KpiRecord):
        return {}
    since, known = _since(work, contract, change.before, after), _targets(work, row)
    if not known:
        _begin_to_ask(work, contract, since)
    before = in_force(known, since) if known else None
    if before is not None and before.cut_offs == after.cut_offs:
        return {}
    made: dict[str, list[str]] = {}
    if before is not None:
        for name in CUT_OFFS:
            both = [format_figure(getattr(each, name), row.unit) for each in (before, after)]
            if both[0] != both[1]:
                made[in_a_sentence(TargetRecord.fields()[name].label)] = both
        made[SINCE] = [str(Month.parse(before.from_period)), str(since)]
    cut_offs = {name: getattr(after, name) for name in CUT_OFFS}
    if since in known:
        changes.apply(known[since], cut_offs)
        work.session.flush()
    else:
        insert(work.session, KpiTarget, kpi_id=row.id, from_period=since.key, **cut_offs)
    return made


def _begin_to_ask(work: UnitOfWork, contract: Contract, since: Month) -> None:
    """Ask for no report of a month before the first KPI of a contract that has none."""
    following = Month.parse(contract.next_period)
    if since > following and not kpis_in(work.session, contract.id, following):
        contract.next_period = since.key
        contract.next_report_at = first_report_at(since, work.calendar.of(contract.nation))
        work.session.flush()
