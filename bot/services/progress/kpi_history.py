"""How a KPI was met, period by period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.domain.charts import Course, Level
from bot.domain.periods import Month, months
from bot.domain.search import search_by
from bot.domain.wording import format_number
from bot.errors import UserError
from bot.models import Audience, Contract, Kpi, Reading, Report
from bot.services.contracts import register
from bot.services.progress.kpi_lines import Figure, figure_seen
from bot.services.progress.over_time import FiguresOverTime, over_time
from bot.services.progress.reports import NoSuchKpi, kpis_of
from bot.services.several import Option, Several
from bot.services.work import Act

PERIODS = 24


class WhichKpi(UserError):
    """No KPI is named, and there is more than one, or none."""

    def __init__(self, contract: ContractFacts, kpis: Sequence[Kpi]) -> None:
        named = f"Name one of its KPIs: {', '.join(kpi.code for kpi in kpis)}." if kpis else "It has no KPIs yet."
        super().__init__(f"Nothing says which KPI of {contract.reference} you mean. {named}")


@dataclass(frozen=True)
class KpiHistory:
    """A KPI, its figures, the newest first, those over time, and their picture. Both sides know all of it."""

    contract: ContractFacts
    kpi: Kpi
    figures: Sequence[Figure]
    over_time: FiguresOverTime | None = None
    course: Course | None = None


def kpi_history(act: Act, typed: str, words: str) -> KpiHistory:
    """The last figures of the KPI that the words name, on a contract that the actor may see.

    NoSuchContract, SeveralContracts, Denied, WhichKpi, NoSuchKpi, Several.
    """
    facts = register.contract_for(act, typed, Action.SEE, Audience.SHARED)
    contract = act.session.get_one(Contract, facts.id)
    kpi = _kpi(facts, kpis_of(act, contract), words)
    rows = act.session.execute(
        select(Reading, col(Report.period), col(Report.decision))
        .join(Report, col(Report.id) == col(Reading.report_id))
        .where(col(Reading.kpi_id) == kpi.id, col(Report.received_at).is_not(None))
        .order_by(col(Report.period).desc())
        .limit(PERIODS)
    ).all()
    inside = act.may(Action.SEE, facts)
    figures = [figure_seen(*row, inside=inside) for row in rows]
    together = over_time(act, contract, [kpi], Month.parse(rows[0][1])) if rows else None
    given = {Month.parse(period): figure.value for (_, period, _), figure in zip(rows, figures, strict=True)}
    return KpiHistory(facts, kpi, figures, together, _course(facts, kpi, given) if rows else None)


def _course(contract: ContractFacts, kpi: Kpi, given: Mapping[Month, Decimal | None]) -> Course:
    """The figures as a picture, with a gap where a month has none."""
    span = list(months(min(given), max(given)))
    cut_offs = {"Target": kpi.good, "Approaching": kpi.approaching, "Requires improvement": kpi.requires_improvement}
    return Course(
        title=f"{contract.reference}: {kpi.name}",
        unit=kpi.unit,
        points=[month.short for month in span],
        values=[None if (value := given.get(month)) is None else kpi.shown(value) for month in span],
        levels=[Level(f"{name} {format_number(at)}", at) for name, at in cut_offs.items()],
    )


def _kpi(contract: ContractFacts, kpis: Sequence[Kpi], words: str) -> Kpi:
    """The KPI of this code, or the one whose code or name the words fit."""
    if not kpis or not words.strip():
        if len(kpis) == 1:
            return kpis[0]
        raise WhichKpi(contract, kpis)
    found = search_by(words, kpis, lambda kpi: kpi.code, lambda kpi: kpi.name)
    if not found:
        raise NoSuchKpi(words, kpis)
    if len(found) > 1:
        raise Several(words, "KPI", [Option(kpi.code, kpi.code, kpi.name) for kpi in found])
    return found[0]
