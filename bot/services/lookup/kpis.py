"""A contract's KPIs as they stand in a period: each with the cut-offs of that time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.domain.figures import Unit, format_figure
from bot.domain.parts import Combining, FigureWithParts, parse_figure_with_parts, places_of, round_to_worse
from bot.domain.periods import Month
from bot.domain.ratings import CutOffs, Direction
from bot.models import Kpi, KpiTarget, Source


@dataclass(frozen=True)
class KpiInPeriod:
    """A KPI with the cut-offs that hold in a period; the cut-off of Good is the target."""

    kpi: Kpi
    cut_offs: CutOffs

    @classmethod
    def of(cls, kpi: Kpi, target: KpiTarget) -> "KpiInPeriod":
        """A KPI with one of its targets."""
        return cls(kpi, target.cut_offs)

    @property
    def id(self) -> int:
        """Its id in the record."""
        return self.kpi.id

    @property
    def public_id(self) -> str:
        """Its key in forms and buttons."""
        return self.kpi.public_id

    @property
    def code(self) -> str:
        """The word that figures point at."""
        return self.kpi.code

    @property
    def name(self) -> str:
        """What it is called."""
        return self.kpi.name

    @property
    def definition(self) -> str:
        """How it is measured."""
        return self.kpi.definition

    @property
    def unit(self) -> Unit:
        """What it is measured in."""
        return self.kpi.unit

    @property
    def direction(self) -> Direction:
        """Which way it improves."""
        return self.kpi.direction

    @property
    def combines(self) -> Combining:
        """How its months combine."""
        return self.kpi.combines

    @property
    def source(self) -> Source:
        """Where its figures come from."""
        return self.kpi.source

    @property
    def may_be_negative(self) -> bool:
        """Whether its figures may be below 0."""
        return self.kpi.may_be_negative

    def has_ended(self, period: Month) -> bool:
        """Whether its last month is before this one."""
        return self.kpi.last_period is not None and self.kpi.last_period < period.key

    @property
    def good(self) -> Decimal:
        """The target."""
        return self.cut_offs.good

    @property
    def approaching(self) -> Decimal:
        """The last figure that is rated Approaching target."""
        return self.cut_offs.approaching

    @property
    def requires_improvement(self) -> Decimal:
        """The last figure that is rated Requires improvement."""
        return self.cut_offs.requires_improvement

    @property
    def example(self) -> str:
        """An example of a figure, near its target."""
        return self.with_unit(self.approaching)

    def given(self, typed: str) -> FigureWithParts:
        """The figure that was typed, with or without its parts. Raises `UserError`."""
        kpi = self.kpi
        return parse_figure_with_parts(typed, kpi.unit, kpi.combines, kpi.direction, below_zero=kpi.may_be_negative)

    def rounded(self, value: Decimal) -> Decimal:
        """A figure in the decimal places that people read, rounded to the worse side so that it keeps its rating."""
        return round_to_worse(value, self.direction, places_of(self.cut_offs.values))

    def with_unit(self, value: Decimal) -> str:
        """The rounded figure with its unit: "97.83%"."""
        return format_figure(self.rounded(value), self.unit)


CUT_OFFS = (col(KpiTarget.good), col(KpiTarget.approaching), col(KpiTarget.requires_improvement))
"""The columns of a target's cut-offs, from the best to the worst."""


def holds_in(period: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """The condition that joins a KPI with its target in a period. The first target also holds before it begins, for
    figures of earlier periods that an import brought."""
    other = aliased(KpiTarget)
    last = select(func.max(other.from_period)).where(col(other.kpi_id) == col(Kpi.id), col(other.from_period) <= period)
    first = select(func.min(other.from_period)).where(col(other.kpi_id) == col(Kpi.id))
    begun = func.coalesce(last.scalar_subquery(), first.scalar_subquery())
    return and_(col(KpiTarget.kpi_id) == col(Kpi.id), col(KpiTarget.from_period) == begun)


def is_measured_in(period: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """The condition on a KPI that it has not ended before a period."""
    return or_(col(Kpi.last_period).is_(None), col(Kpi.last_period) >= period)


def kpis_of(session: Session, contract_id: int, period: Month) -> Sequence[KpiInPeriod]:
    """All KPIs that a contract ever had, in the agreed order, with the cut-offs that hold in a period. One query."""
    rows = session.execute(
        select(Kpi, KpiTarget)
        .join(KpiTarget, holds_in(literal(period.key)))
        .where(col(Kpi.contract_id) == contract_id)
        .order_by(col(Kpi.id))
    )
    return [KpiInPeriod.of(kpi, target) for kpi, target in rows]


def kpis_in(session: Session, contract_id: int, period: Month) -> Sequence[KpiInPeriod]:
    """The KPIs that a contract is measured by in a period, in the agreed order: those that have begun by then and have
    not ended. One query."""
    at = literal(period.key)
    rows = session.execute(
        select(Kpi, KpiTarget)
        .join(KpiTarget, holds_in(at))
        .where(col(Kpi.contract_id) == contract_id, col(KpiTarget.from_period) <= at, is_measured_in(at))
        .order_by(col(Kpi.id))
    )
    return [KpiInPeriod.of(kpi, target) for kpi, target in rows]
