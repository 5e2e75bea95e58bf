"""Figures and their ratings: computed from the cut-offs or overridden, as a reader sees them, and as they are
stored."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import col

from bot.domain.parts import NOTHING, FigureWithParts
from bot.domain.ratings import Rag, Rating, rate
from bot.models import Reading, Report, ReportDecision, ReportState, Source
from bot.services.lookup.kpis import KpiInPeriod

NOTHING_TO_COUNT = "there was nothing to count"


@dataclass(frozen=True)
class Override:
    """A rating set by the contract manager: the computed rating that it replaces, who set it, when and why."""

    computed: Rating
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class RatedFigure:
    """One KPI's figure with its rating in force; `verified_by` names the person who checked the figure."""

    kpi: KpiInPeriod
    given: FigureWithParts
    rating: Rating
    why: str = ""
    override: Override | None = None
    verified_by: str = ""

    @property
    def value(self) -> Decimal | None:
        """The figure without its parts."""
        return self.given.value

    @property
    def computed(self) -> Rating:
        """The rating by the cut-offs."""
        return self.override.computed if self.override else self.rating

    @property
    def verified(self) -> bool:
        """Whether somebody other than the partner vouches for the figure."""
        return bool(self.verified_by) or self.kpi.source is Source.VERIFIED

    @property
    def can_be_verified(self) -> bool:
        """Whether there is a figure for somebody to check: its source does not vouch for it already."""
        return self.value is not None and self.kpi.source is not Source.VERIFIED


def rated(kpi: KpiInPeriod, given: FigureWithParts, why: str = "") -> RatedFigure:
    """A figure with its rating by the KPI's cut-offs; `why` explains a missing figure."""
    reason = NOTHING_TO_COUNT if given.whole == 0 else why
    return RatedFigure(
        kpi, given, rate(given.value, kpi.cut_offs, kpi.direction), reason if given.value is None else ""
    )


def figure_in(reading: Reading, kpi: KpiInPeriod, overridden_by: str | None, verified_by: str | None) -> RatedFigure:
    """The figure of a reading, with the names of the people who overrode or verified it."""
    override = None
    if reading.overridden_at is not None:
        override = Override(reading.computed, overridden_by or "", reading.overridden_at, reading.override_reason)
    return RatedFigure(kpi, given_in(reading), reading.rating, reading.why, override, verified_by or "")


def given_in(reading: Reading) -> FigureWithParts:
    """The figure of a reading, as it was entered."""
    return FigureWithParts(reading.value, reading.part, reading.whole)


def sees_overrides(decision: ReportDecision | None, *, inside: bool) -> bool:
    """Whether a reader sees overridden ratings: inside the department always, outside once the report is accepted.

    Until then an override is the department's draft; from then on the partner sees it with its reason.
    """
    return inside or decision is ReportDecision.ACCEPTED


class Judged(NamedTuple):
    """What a reading says, without the record: the figure, its rating, that by the cut-offs, and when the contract
    manager overrode it."""

    value: Decimal | None
    rating: Rating
    computed: Rating
    overridden_at: datetime | None


JUDGED = (col(Reading.value), col(Reading.rating), col(Reading.computed), col(Reading.overridden_at))
"""Its columns, for a query of many readings, of which to make records would be most of the work."""


def rating_seen(reading: Reading | Judged, decision: ReportDecision | None, *, inside: bool) -> Rating:
    """The rating of a reading, as a reader sees it."""
    return reading.rating if sees_overrides(decision, inside=inside) else reading.computed


NO_FIGURE, UNSAID = "no figure", "not said"


def reading_of(report: Report, figure: RatedFigure) -> Reading:
    """The row for a figure: self-reported and rated by the cut-offs, so a figure sent again loses earlier
    judgements."""
    return Reading(
        report_id=report.id,
        kpi_id=figure.kpi.id,
        rating=figure.rating,
        computed=figure.rating,
        why=figure.why,
        **asdict(figure.given),
    )


def figures_in_words(figures: Sequence[RatedFigure]) -> dict[str, str]:
    """The figures in words, by KPI code."""
    return {figure.kpi.code: _in_words(figure.kpi, figure.given) for figure in figures}


def changes_in_words(
    state: ReportState,
    before: Mapping[int, FigureWithParts],
    figures: Sequence[RatedFigure],
    rag_before: Rag | None,
    rag: Rag | None,
) -> dict[str, tuple[str, str]]:
    """The differences of a report that is sent again, in words; `before` are the earlier figures by KPI id."""
    both = {f.kpi.code: (_in_words(f.kpi, before.get(f.kpi.id, NOTHING)), _in_words(f.kpi, f.given)) for f in figures}
    both["RAG"] = (rag_before or UNSAID, rag or UNSAID)
    both = {"state": (state.value, ReportState.RECEIVED.value), **both}
    return {what: pair for what, pair in both.items() if pair[0] != pair[1]}


def _in_words(kpi: KpiInPeriod, given: FigureWithParts) -> str:
    if given.whole is None and given.value is not None:
        return str(given.value)
    return given.written(kpi.unit) or NO_FIGURE
