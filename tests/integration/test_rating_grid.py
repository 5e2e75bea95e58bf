"""The grid of ratings by month: the worst first, for whoever asks, in one query."""

from datetime import date
from typing import Any

from sqlmodel import Session

from bot.db import Database
from bot.domain.charts import Tone
from bot.domain.ratings import Rating
from bot.models import Contract, Report
from bot.services.progress import rating_grid, report_decisions
from bot.services.progress.rating_grid import MOST, RatingGrid
from tests.builders import MONDAY, act, contract_named
from tests.counting import counted
from tests.integration.test_judgements import FLOOD, kpi
from tests.integration.test_report_decisions import november

NADIA, PRIYA, AMIRA = "U0NADIA", "U0PRIYA", "U0AMIRA"


def words(grid: RatingGrid, reference: str) -> list[str]:
    (row,) = [each for each in grid.rows if each.reference == reference]
    return [cell.words for cell in row.cells]


def many_more(session: Session, count: int) -> None:
    """Contracts that owe the report for November."""
    usual = contract_named(session, "WP-NE").model_dump(exclude={"id", "public_id"})
    contracts = [Contract(**{**usual, "reference": f"X-{n:03}"}) for n in range(count)]
    session.add_all(contracts)
    session.flush()
    owed: dict[str, Any] = {"period": "2026-11", "due_on": date(2026, 12, 3), "prompt_at": MONDAY}
    session.add_all(Report(contract_id=each.id, **owed) for each in contracts)
    session.flush()


def test_each_contract_has_the_worst_rating_of_each_month_and_the_worst_come_first(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        grid = rating_grid.rating_grid(act(session, NADIA))
        assert [month.key for month in grid.months] == [f"2026-{n:02}" for n in range(7, 13)]
        assert words(grid, "HA-EW")[:2] == ["Good", "Approaching target"]
        assert words(grid, "HA-EW")[4:] == ["Inadequate", "due 6 January"]
        assert words(grid, "SE-CW")[4:] == ["late", "due 6 January"]
        assert words(grid, "SK-SC")[5] == "due 7 January", "Scotland begins a day later; the report is not opened yet"
        assert (grid.rows[0].reference, grid.left_out, len(grid.rows)) == ("HA-EW", 0, 12)
        last = [next(cell.words for cell in reversed(row.cells) if cell.words in list(Rating)) for row in grid.rows]
        severities = [Rating(each).severity for each in last]
        assert severities == sorted(severities, reverse=True)
        tones = {cell.words: cell.tone for row in grid.rows for cell in row.cells}
        assert (tones["Good"], tones["Inadequate"], tones["late"]) == (Tone.GOOD, Tone.BAD, Tone.NONE)


def test_it_has_the_contracts_of_who_asks_and_of_a_partner_what_they_may_see(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = november(session)
        report_decisions.override(
            act(session, AMIRA),
            report.public_id,
            report.figures_version,
            kpi(session).public_id,
            Rating.INADEQUATE,
            FLOOD,
        )
        session.flush()
        own = rating_grid.rating_grid(act(session, PRIYA))
        assert [row.reference for row in own.rows] == ["WP-NE"]
        assert words(own, "WP-NE")[4] == "Approaching target"
        assert words(rating_grid.rating_grid(act(session, AMIRA)), "WP-NE")[4] == "Inadequate"
        report_decisions.accept(act(session, AMIRA), report.public_id, report.version)
        session.flush()
        assert words(rating_grid.rating_grid(act(session, PRIYA)), "WP-NE")[4] == "Inadequate"
        assert "SE-CW" in [row.reference for row in rating_grid.rating_grid(act(session, AMIRA)).rows]


def test_what_does_not_fit_is_counted_and_takes_no_more_queries(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        many_more(session, 50)
        asker = act(session, NADIA)
        with counted(session) as seen:
            grid = rating_grid.rating_grid(asker)
        and_the_calendar = 1  # for the days by which reports that are not opened yet are due
        assert (len(grid.rows), grid.left_out, len(seen)) == (MOST, 22, 1 + and_the_calendar)
        assert grid.rows[0].reference == "HA-EW"
        assert len(grid.chart.rows) == MOST
        assert words(grid, "X-000")[4:] == ["late", "due 6 January"]
