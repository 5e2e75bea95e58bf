"""How the figures of a report are kept, and how the audit tells of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from bot.domain.outlook import Rag
from bot.domain.parts import NOTHING, Given
from bot.models import Kpi, Reading, Report, ReportState
from bot.services.progress.rated_figures import RatedFigure

NO_FIGURE, UNSAID = "no figure", "not said"


def reading_of(report: Report, figure: RatedFigure) -> Reading:
    """The figure as it is kept, self-reported and rated by the cut-offs: what came again is judged anew."""
    return Reading(
        report_id=report.id,
        kpi_id=figure.kpi.id,
        rating=figure.rating,
        computed=figure.rating,
        why=figure.why,
        **asdict(figure.given),
    )


def told(figures: Sequence[RatedFigure]) -> dict[str, str]:
    """The figures in words, by the code of their KPI."""
    return {figure.kpi.code: _in_words(figure.kpi, figure.given) for figure in figures}


def told_changes(
    state: ReportState,
    before: Mapping[int, Given],
    figures: Sequence[RatedFigure],
    rag_before: Rag | None,
    rag: Rag | None,
) -> dict[str, tuple[str, str]]:
    """What a report that came again says otherwise than before; `before` are its figures then, by KPI id."""
    both = {f.kpi.code: (_in_words(f.kpi, before.get(f.kpi.id, NOTHING)), _in_words(f.kpi, f.given)) for f in figures}
    both["RAG"] = (rag_before or UNSAID, rag or UNSAID)
    both = {"state": (state.value, ReportState.RECEIVED.value), **both}
    return {what: pair for what, pair in both.items() if pair[0] != pair[1]}


def _in_words(kpi: Kpi, given: Given) -> str:
    if given.whole is None and given.value is not None:
        return str(given.value)
    return given.written(kpi.unit) or NO_FIGURE
