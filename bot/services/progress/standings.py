"""The standing of contracts: the last rating of each, the one before, and the reason; the ratings also as an SQL
expression, to rank many contracts without their figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, select, union_all
from sqlmodel import col

from bot.db import table
from bot.domain.periods import Month
from bot.domain.ratings import CutOffs, Movement, Rating, movement, worst
from bot.models import Contract, Kpi, KpiTarget, Organisation, Person, Reading, Report, ReportDecision, Role, RoleName
from bot.scopes import ContractScope, built_once, on_contracts
from bot.services.lookup.kpis import CUT_OFFS, KpiInPeriod, holds_in
from bot.services.progress.rated_figures import JUDGED, Judged, rating_seen, sees_overrides
from bot.services.unit_of_work import UnitOfWork

_contracts, _reports, _readings = (table(each) for each in (Contract, Report, Reading))
_RATINGS = {rating.severity: rating for rating in Rating}


def severity_of(rating: ColumnElement[Any]) -> ColumnElement[int]:
    """The severity of a rating as an SQL expression; NULL for no rating."""
    return case({each.value: each.severity for each in Rating}, value=rating)


def last_report(contract_id: ColumnElement[int], back: int = 0) -> ScalarSelect[Any]:
    """The id of the last report that came of a contract in the enclosing query, or of one that is so many reports
    `back`."""
    return (
        select(_reports.c.id)
        .where(_reports.c.contract_id == contract_id, _reports.c.received_at.is_not(None))
        .order_by(_reports.c.period.desc())
        .limit(1)
        .offset(back)
        .correlate_except(_reports)
        .scalar_subquery()
    )


def worst_severity(back: int = 0) -> ScalarSelect[Any]:
    """The severity of the worst rating in the last report of the contract in the enclosing query, or in one that is so
    many reports `back`."""
    worst = func.max(severity_of(_readings.c.rating))
    report = last_report(_contracts.c.id, back)
    return select(worst).where(_readings.c.report_id == report).correlate(_contracts).scalar_subquery()


def rating_of(severity: int | None) -> Rating:
    """The rating with a severity; Other for None."""
    return Rating.OTHER if severity is None else _RATINGS[severity]


@dataclass(frozen=True)
class ReportedFigure:
    """A KPI's figure in a report, with the rating that the reader sees; `is_overridden` if the contract manager set
    it."""

    kpi: KpiInPeriod
    value: Decimal | None
    rating: Rating
    is_overridden: bool = False

    @classmethod
    def seen(
        cls, reading: Judged, kpi: KpiInPeriod, decision: ReportDecision | None, *, inside: bool
    ) -> "ReportedFigure":
        """A reading as the department sees it, or (not `inside`) as a partner does."""
        overridden = reading.overridden_at is not None and sees_overrides(decision, inside=inside)
        return cls(kpi, reading.value, rating_seen(reading, decision, inside=inside), overridden)


@dataclass(frozen=True)
class ReportedReport:
    """One of the last reports of a contract: its latest receipt, whether it is accepted, and its figures."""

    period: str
    came_at: datetime
    accepted: bool
    figures: Sequence[ReportedFigure]

    @property
    def rating(self) -> Rating:
        """The worst rating in it."""
        return worst([figure.rating for figure in self.figures])


@dataclass(frozen=True)
class ContractStanding:
    """The standing of one contract: its last rating, the one before and the reason; `reports` are the last two, the
    newest first."""

    contract: Contract
    partner: str
    manager: str
    period: str | None
    rating: Rating
    before: Rating | None
    why: str
    reports: Sequence[ReportedReport] = ()

    @property
    def movement(self) -> Movement | None:
        """Better, worse or the same as the report before; None if there is nothing to compare."""
        return movement(self.before, self.rating)


class RankedContract(NamedTuple):
    """A contract with its last rating and the one before, without the figures that they come from."""

    id: int
    reference: str
    rating: Rating
    before: Rating | None
    has_report: bool = True

    @property
    def movement(self) -> Movement | None:
        """Better, worse or the same as the report before; None if there is nothing to compare."""
        return movement(self.before, self.rating)


@built_once
def _last_ratings(contracts: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    columns = (_contracts.c.id, _contracts.c.reference, worst_severity(), worst_severity(back=1))
    return select(*columns).where(contracts)


def ranked(work: UnitOfWork, scope: ContractScope) -> list[RankedContract]:
    """The contracts of a scope, worst first, with the ratings that the department sees. One query, and one row for each
    contract."""
    found = []
    for row in work.session.connection().execute(_last_ratings(scope.contracts), scope.values):
        contract_id, reference, *severities = row
        ratings = [rating_of(each) for each in severities if each is not None]
        before = ratings[1] if len(ratings) > 1 else None
        rating = ratings[0] if ratings else Rating.OTHER
        found.append(RankedContract(contract_id, reference, rating, before, bool(ratings)))
    return sorted(found, key=lambda each: (-each.rating.severity, each.reference))


def standings(work: UnitOfWork, contracts: Mapping[int, Contract], *, inside: bool = True) -> list[ContractStanding]:
    """The standing of each contract, worst first, as the department sees it or (not `inside`) its partner. Three
    queries in all."""
    told = _last_two_reports(work, contracts, inside=inside)
    partner_ids = {contract.partner_id for contract in contracts.values()}
    partners = dict(
        work.session.execute(
            select(col(Organisation.id), col(Organisation.name)).where(col(Organisation.id).in_(partner_ids))
        ).all()
    )
    managers = dict(
        work.session.execute(
            select(col(Role.contract_id), col(Person.name))
            .join(Person, col(Person.id) == col(Role.person_id))
            .where(col(Role.role) == RoleName.CONTRACT_MANAGER, col(Role.contract_id).in_(contracts))
        ).all()
    )
    standings = []
    for contract in contracts.values():
        reports = told[contract.id]
        standings.append(
            ContractStanding(
                contract=contract,
                partner=partners[contract.partner_id],
                manager=managers.get(contract.id, "nobody yet"),
                period=str(Month.parse(reports[0].period)) if reports else None,
                rating=reports[0].rating if reports else Rating.OTHER,
                before=reports[1].rating if len(reports) > 1 else None,
                why=_why(reports[0].figures) if reports else "no report yet",
                reports=reports,
            )
        )
    return sorted(standings, key=lambda s: (-s.rating.severity, s.contract.reference))


@built_once
def _last_figures(contracts: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The figures in the last two reports of each contract."""
    chosen = select(_contracts.c.id).where(contracts).cte()
    last_two = union_all(*(select(last_report(chosen.c.id, back)).select_from(chosen) for back in (0, 1)))
    came_at = func.coalesce(col(Report.revised_at), col(Report.received_at))
    return (
        select(col(Report.contract_id), col(Report.period), col(Report.decision), came_at, Kpi, *CUT_OFFS, *JUDGED)
        .join(Reading, col(Reading.report_id) == col(Report.id))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .join(KpiTarget, holds_in(col(Report.period)))
        .where(col(Report.id).in_(last_two))
        .order_by(col(Report.period).desc(), col(Kpi.id))
    )


def _last_two_reports(
    work: UnitOfWork, contracts: Mapping[int, Contract], *, inside: bool
) -> dict[int, list[ReportedReport]]:
    scope = on_contracts(contracts)
    rows = work.session.execute(_last_figures(scope.contracts), scope.values)
    figures: dict[tuple[int, str], list[ReportedFigure]] = defaultdict(list)
    told: dict[int, list[ReportedReport]] = defaultdict(list)
    for contract_id, period, decision, came_at, kpi, good, approaching, improvement, *judged in rows:
        own = figures[contract_id, period]
        if not own:
            told[contract_id].append(ReportedReport(period, came_at, decision is ReportDecision.ACCEPTED, own))
        in_period = KpiInPeriod(kpi, CutOffs(good, approaching, improvement))
        own.append(ReportedFigure.seen(Judged(*judged), in_period, decision, inside=inside))
    return told


def _why(figures: Sequence[ReportedFigure]) -> str:
    """The most serious figure in words: "Rework 5% against 3%"; or that a figure is missing."""
    figure = max(figures, key=lambda each: each.rating.severity)
    kpi = figure.kpi
    if figure.value is None:
        return f"{kpi.name}: no figure"
    said = f"{kpi.name}: {kpi.with_unit(figure.value)} against {kpi.with_unit(kpi.good)}"
    if figure.is_overridden:
        said = f"{said}, rated by the contract manager"
    missing = [each.kpi.name for each in figures if each.value is None]
    return f"{said}; no figure for {missing[0]}" if missing else said
