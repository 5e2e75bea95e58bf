"""How contracts stand: the last rating of each, the one before, and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.figures import format_figure
from bot.domain.periods import Month
from bot.domain.ratings import Movement, Rating, movement, worst
from bot.models import Contract, Kpi, Organisation, Person, Reading, Report, Role, RoleName
from bot.services.work import Work


@dataclass(frozen=True)
class Standing:
    """How one contract stands: its last rating, the one before, and why."""

    contract: Contract
    partner: str
    manager: str
    period: str | None
    rating: Rating
    before: Rating | None
    why: str

    @property
    def movement(self) -> Movement | None:
        """Better, worse or the same as the report before; None with nothing to compare."""
        return movement(self.before, self.rating)


def standings(work: Work, contracts: Mapping[int, Contract]) -> list[Standing]:
    """How each contract stands, worst first. Three queries, however many contracts."""
    readings = _last_two_reports(work, contracts)
    partners = dict(work.session.execute(select(col(Organisation.id), col(Organisation.name))).all())
    managers = dict(
        work.session.execute(
            select(col(Role.contract_id), col(Person.name))
            .join(Person, col(Person.id) == col(Role.person_id))
            .where(col(Role.role) == RoleName.CONTRACT_MANAGER)
        ).all()
    )
    standings = []
    for contract in contracts.values():
        periods = sorted(readings[contract.id], reverse=True)
        ratings = [worst([r.rating for r, _ in readings[contract.id][period]]) for period in periods]
        standings.append(
            Standing(
                contract=contract,
                partner=partners[contract.partner_id],
                manager=managers.get(contract.id, "nobody yet"),
                period=str(Month.parse(periods[0])) if periods else None,
                rating=ratings[0] if ratings else Rating.OTHER,
                before=ratings[1] if len(ratings) > 1 else None,
                why=_why(readings[contract.id][periods[0]]) if periods else "no report yet",
            )
        )
    return sorted(standings, key=lambda s: (-s.rating.severity, s.contract.reference))


def _last_two_reports(work: Work, contracts: Collection[int]) -> dict[int, dict[str, list[tuple[Reading, Kpi]]]]:
    place = func.row_number().over(partition_by=col(Report.contract_id), order_by=col(Report.period).desc())
    last = (
        select(col(Report.id).label("id"), col(Report.contract_id), col(Report.period), place.label("place"))
        .where(col(Report.received_at).is_not(None), col(Report.contract_id).in_(contracts))
        .subquery()
    )
    rows = work.session.execute(
        select(last.c.contract_id, last.c.period, Reading, Kpi)
        .join(Reading, col(Reading.report_id) == last.c.id)
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .where(last.c.place <= 2)
        .order_by(col(Kpi.id))
    )
    found: dict[int, dict[str, list[tuple[Reading, Kpi]]]] = defaultdict(lambda: defaultdict(list))
    for contract_id, period, reading, kpi in rows:
        found[contract_id][period].append((reading, kpi))
    return found


def _why(readings: Sequence[tuple[Reading, Kpi]]) -> str:
    """The most serious figure in words: "Rework 5% against 3%"; a missing figure is said as well."""
    reading, kpi = max(readings, key=lambda pair: pair[0].rating.severity)
    if reading.value is None:
        return f"{kpi.name}: no figure"
    said = f"{kpi.name}: {format_figure(reading.value, kpi.unit)} against {format_figure(kpi.good, kpi.unit)}"
    if reading.overridden_at is not None:
        said = f"{said}, rated by the contract manager"
    missing = [k.name for r, k in readings if r.value is None]
    return f"{said}; no figure for {missing[0]}" if missing else said
