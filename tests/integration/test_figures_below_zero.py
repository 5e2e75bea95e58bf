"""A KPI whose figures may be below 0, as a net promoter score: imported, reported, rated, charted, exported."""

from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session

from bot.db import Database
from bot.delivery.drawing import draw
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.domain.report_reply import read_reply
from bot.errors import UserError
from bot.records import KpiRecord
from bot.services.lookup.kpis import KpiInPeriod, kpis_in
from bot.services.portfolio.exporting import register_rows
from bot.services.portfolio.plan import lines
from bot.services.portfolio.planning import plan
from bot.services.progress import kpi_history, report_submission, reports
from tests.builders import MONDAY, act, contract_named, work
from tests.integration.importing import only, rows_of
from tests.samples import Sheets, imported

NPS = {
    "contract": "WP-NE",
    "code": "nps",
    "name": "Net promoter score",
    "unit": "count",
    "direction": "higher is better",
    "may_be_negative": "yes",
    "good": "30",
    "approaching": "+10",
    "requires_improvement": "\N{MINUS SIGN}10",
}


def score(session: Session) -> KpiInPeriod:
    imported(work(session, MONDAY), rows_of(only("kpis", NPS)))
    contract = contract_named(session, "WP-NE")
    return next(kpi for kpi in kpis_in(session, contract.id, Month(2026, 12)) if kpi.code == "nps")


def test_a_dry_run_shows_the_figures_as_they_will_be_kept(unchanged: Database) -> None:
    starts: dict[str, Any] = {
        **NPS,
        "code": "shown",
        "name": "Shown",
        "unit": "%",
        "may_be_negative": "",
        "good": "95%",
    }
    starts |= {"approaching": 90, "requires_improvement": "80.50%"}
    figure = {"contract": "WP-NE", "period": "2026-10", "kpi": "nps", "value": -3}
    sheets: Sheets = {**only("kpis", NPS), "figures": [figure]}
    sheets["kpis"].append(starts)
    with unchanged.rehearsing() as session:
        told = list(lines(plan(work(session, MONDAY), rows_of(sheets))))
    assert "  add WP-NE, nps: good 30, approaching 10, requires improvement -10" in told
    assert "  add WP-NE, shown: good 95%, approaching 90%, requires improvement 80.5%" in told
    assert "  add WP-NE, 2026-10, nps: value -3" in told


def test_a_figure_below_zero_is_reported_rated_charted_and_exported(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        kpi = score(session)
        assert (kpi.combines, kpi.with_unit(kpi.requires_improvement)) == ("average", "-10")
        doing = act(session, "U0PRIYA", MONDAY)
        due = reports.next_due(doing, "WP-NE")
        received = report_submission.submit_values(doing, due, {report_submission.field_of(kpi): "-12 over 340"})
        (figure,) = [each for each in received.figures if each.kpi.code == "nps"]
        assert (figure.value, figure.given.whole, figure.rating) == (Decimal(-12), Decimal(340), Rating.INADEQUATE)
        shown = kpi_history.kpi_history(act(session, "U0AMIRA", MONDAY), "WP-NE", "nps")
        assert shown.course is not None
        assert shown.course.values[-1] == Decimal(-12)
        assert draw(shown.course).startswith(b"\x89PNG")
        rows = dict(register_rows(work(session, MONDAY)))[KpiRecord]
        assert ("WP-NE, nps", True, Decimal(-10)) in [
            (row.known_as, row.may_be_negative, row.requires_improvement) for row in rows if isinstance(row, KpiRecord)
        ]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("nps -12", -12),
        ("nps: \N{MINUS SIGN}12", -12),
        ("nps=+12", 12),
        ("nps was \N{EN DASH}12 because", -12),
        ("nps 12", 12),
    ],
)
def test_its_sign_is_read_in_a_reply(unchanged: Database, said: str, value: int) -> None:
    with unchanged.rehearsing() as session:
        kpi = score(session)
        assert read_reply(said, [kpi]).figures[kpi.id].value == value


@pytest.mark.parametrize("said", ["nps - 12", "nps \N{EN DASH} 12", "nps (12)", "nps minus 12", "nps--12", "nps 10-12"])
def test_a_dash_that_could_be_a_sign_is_asked_about(unchanged: Database, said: str) -> None:
    with unchanged.rehearsing() as session:
        read = read_reply(said, [score(session)])
    assert read.figures == {}
    assert read.unclear


def test_other_kpis_start_at_zero(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        doing = act(session, "U0PRIYA", MONDAY)
        due = reports.next_due(doing, "WP-NE")
        for typed, problem in (("-3", "is below 0"), ("+3", "has a sign")):
            with pytest.raises(UserError, match=problem):
                report_submission.submit_values(doing, due, {report_submission.field_of(due.kpis[0]): typed})
