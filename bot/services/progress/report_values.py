"""A report as the fields of its form, each a text that somebody typed."""

from collections.abc import Mapping

from bot.domain.parts import NOTHING, Given, parse_given
from bot.errors import UserError
from bot.services.progress.outlooks import outlook
from bot.services.progress.received_reports import ReceivedReport
from bot.services.progress.receiving import submit_report
from bot.services.progress.reports import DueReport
from bot.services.work import Act

NARRATIVE = "narrative"
OUTLOOK = ("rag", "rag_reason", "path_to_green")


class FigureOf(UserError):
    """A figure that cannot be read, with the KPI it was given for."""

    def __init__(self, kpi: str, error: UserError, field: str | None = None) -> None:
        super().__init__(f"{kpi}: {error.sentence}" if field is None else error.sentence, field=field)


def field_of(kpi_id: int) -> str:
    """The field of a KPI's figure."""
    return f"kpi_{kpi_id}"


def values_of(due: DueReport) -> dict[str, str]:
    """What the form says when it opens: the report as it is."""
    report = due.report
    figures = {field_of(kpi.id): due.figures.get(kpi.id, NOTHING).written(kpi.unit) for kpi in due.kpis}
    outlook = {"rag": report.rag or "", "rag_reason": report.rag_reason, "path_to_green": report.path_to_green}
    return {**figures, NARRATIVE: report.narrative, **outlook}


def figures_of(due: DueReport, values: Mapping[str, str]) -> dict[int, Given]:
    """The figures by KPI id, each read in its KPI's unit; blank fields are left out. FigureOf."""
    figures: dict[int, Given] = {}
    for kpi in due.kpis:
        typed = values.get(field_of(kpi.id), "")
        if not typed.strip():
            continue
        try:
            figures[kpi.id] = parse_given(typed, kpi.unit, kpi.combines, kpi.direction)
        except UserError as error:
            raise FigureOf(kpi.name, error, field_of(kpi.id)) from error
    return figures


def submit_values(act: Act, due: DueReport, values: Mapping[str, str], *, deliberate: bool = False) -> ReceivedReport:
    """Receive the report that the fields say. FigureOf, and what outlook and submit_report refuse."""
    figures = figures_of(due, values)
    said = outlook(*(values.get(name, "") for name in OUTLOOK), deliberate=deliberate)
    return submit_report(act, due, figures, values.get(NARRATIVE, ""), said, deliberate=deliberate)
