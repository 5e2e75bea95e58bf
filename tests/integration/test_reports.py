"""Reports: opened once for each period, received once, and rated by the contract's own cut-offs."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.parts import FigureWithParts
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Contract, Kpi, OutboxMessage, Reading, Report, ReportDecision, Stage, TrailEntry
from bot.services.lookup.kpis import kpis_in
from bot.services.progress import earlier_report, report_submission, reports
from bot.services.progress.reports import DueReport
from tests.builders import DAY, HOUR, MINUTE, MONDAY, act, contract_named, open_all, prompted, rows, work
from tests.conftest import Templates
from tests.integration.together import at_once

TUESDAY = MONDAY + DAY


def opened(session: Session, reference: str) -> list[str]:
    """The periods of a contract's reports."""
    contract = contract_named(session, reference)
    return list(
        session.scalars(
            select(col(Report.period)).where(col(Report.contract_id) == contract.id).order_by(col(Report.period))
        )
    )


def due(session: Session, user: str = "U0PRIYA", reference: str = "WP-NE", now: datetime = MONDAY) -> DueReport:
    return reports.next_due(act(session, user, now), reference)


def figures(due: DueReport, **values: str) -> dict[int, FigureWithParts]:
    return {kpi.id: FigureWithParts(Decimal(values[kpi.code])) for kpi in due.kpis if kpi.code in values}


def test_a_period_opens_at_9am_on_the_first_working_day_after_it_in_the_contracts_nation(unchanged: Database) -> None:
    """1 January 2027 is a Friday; in Scotland Monday 4 January is a bank holiday as well."""
    with unchanged.rehearsing() as session:
        assert open_all(work(session, MONDAY - MINUTE)) == []
        everywhere_but_scotland = open_all(work(session, MONDAY))
        assert len(everywhere_but_scotland) == 11
        assert {report.period for report in everywhere_but_scotland} == {"2026-12"}
        assert {report.due_on for report in everywhere_but_scotland} == {date(2027, 1, 6)}
        assert open_all(work(session, TUESDAY - MINUTE)) == []
        (scotland,) = open_all(work(session, TUESDAY))
        assert scotland.contract_id == contract_named(session, "SK-SC").id
        assert (scotland.due_on, scotland.prompt_at) == (date(2027, 1, 7), TUESDAY)


def test_a_period_opens_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for minutes in range(0, 60, 5):
            open_all(work(session, MONDAY + minutes * MINUTE))
        assert opened(session, "WP-NE") == [f"2026-{month:02}" for month in range(7, 13)]


def test_periods_that_were_missed_open_together_each_with_its_own_days(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        open_all(work(session, datetime(2027, 4, 5, 9, tzinfo=UTC)))
        assert opened(session, "WP-NE")[5:] == ["2026-12", "2027-01", "2027-02", "2027-03"]
        awaited = session.scalars(
            select(Report)
            .where(col(Report.contract_id) == contract_named(session, "WP-NE").id, col(Report.received_at).is_(None))
            .order_by(col(Report.period))
        ).all()
        assert [(report.due_on, report.prompt_at) for report in awaited] == [
            (date(2027, 1, 6), MONDAY),
            (date(2027, 2, 3), datetime(2027, 2, 1, 9, tzinfo=UTC)),
            (date(2027, 3, 3), datetime(2027, 3, 1, 9, tzinfo=UTC)),
            (date(2027, 4, 5), datetime(2027, 4, 1, 8, tzinfo=UTC)),  # the clocks have gone forward
        ]


def test_a_contract_that_has_ended_is_asked_for_its_last_month_and_no_more(unchanged: Database) -> None:
    """RM-SR ends on 31 May 2027."""
    with unchanged.rehearsing() as session:
        open_all(work(session, datetime(2027, 9, 6, 9, tzinfo=UTC)))
        assert opened(session, "RM-SR")[-1] == "2027-05"
        assert opened(session, "WP-NE")[-1] == "2027-08"


@pytest.mark.parametrize("stage", [Stage.PRE_PROCUREMENT, Stage.PROCUREMENT, Stage.MOBILISATION])
def test_a_contract_that_does_not_deliver_yet_is_not_asked(unchanged: Database, stage: Stage) -> None:
    with unchanged.rehearsing() as session:
        contract_named(session, "WP-NE").stage = stage
        open_all(work(session, MONDAY))
        assert "2026-12" not in opened(session, "WP-NE")
        assert "2026-12" in opened(session, "DE-SW")


def test_figures_are_rated_and_the_one_left_out_is_other(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asked = due(session, "U0SEUN", "HA-EW")
        received = report_submission.submit_report(
            act(session, "U0SEUN"), asked, figures(asked, graded="96", clearance="23.01"), "  Two sites closed.  "
        )
        session.flush()
        assert {f.kpi.code: f.rating for f in received.figures} == {
            "graded": Rating.GOOD,
            "clearance": Rating.REQUIRES_IMPROVEMENT,
            "rework": Rating.OTHER,
        }
        assert received.worst is Rating.REQUIRES_IMPROVEMENT
        kept = session.scalars(select(Reading).where(col(Reading.report_id) == received.report.id)).all()
        assert sorted((str(r.value), r.rating.value, r.why) for r in kept) == [
            ("23.01", "Requires improvement", ""),
            ("96", "Good", ""),
            ("None", "Other", "no figure was given"),
        ]
        assert (received.report.received_at, received.report.narrative) == (MONDAY, "Two sites closed.")
        assert received.by_partner


def test_a_report_that_came_in_is_audited_with_its_figures(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asked = due(session)
        report_submission.submit_report(act(session, "U0PRIYA"), asked, figures(asked, starts="97.2"))
        session.flush()
        entry = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "report received").order_by(col(TrailEntry.id))
        ).one()
        assert (entry.actor, entry.at, entry.subject) == ("U0PRIYA", MONDAY, asked.report.reference)
        assert entry.details == {"figures": {"starts": "97.2", "outcomes": "no figure"}}


def test_a_report_that_came_in_updates_its_prompt_and_is_told_inside(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asked = due(session)
        session.flush()
        assert prompted(work(session, MONDAY), asked.report)
        report_submission.submit_report(act(session, "U0PRIYA"), asked, figures(asked, starts="97.2"))
        session.flush()
        prompt, update, told = session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id)))
        assert (prompt.channel, prompt.audience) == ("C0WPNENG", "shared")
        assert (update.channel, update.replaces_id) == ("C0WPNENG", prompt.id)
        assert (told.channel, told.audience, told.replaces_id) == ("C0WPNE", "internal", None)
        assert told.text == f"{update.text} It is waiting for a decision."


def test_a_report_from_the_department_says_so(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asked = due(session, "U0AMIRA")
        received = report_submission.submit_report(act(session, "U0AMIRA"), asked, figures(asked, starts="97.2"))
        assert not received.by_partner
        assert (received.reporter, received.partner) == ("Amira Shah", "Northgate Futures Ltd")


def test_a_report_without_a_figure_needs_words_that_say_why(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asked = due(session)
        with pytest.raises(UserError, match="say in your own words why"):
            report_submission.submit_report(act(session, "U0PRIYA"), asked, {}, "  ")
        assert asked.report.received_at is None
        received = report_submission.submit_report(act(session, "U0PRIYA"), asked, {}, "The system was down all month")
        assert {figure.rating for figure in received.figures} == {Rating.OTHER}


def test_a_contract_that_cannot_open_its_report_stops_no_other(unchanged: Database) -> None:
    """Its next period is no month."""
    with unchanged.rehearsing() as session:
        broken = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        broken.next_period, broken.next_report_at = "2026-00", MONDAY
        session.flush()
        opened = open_all(work(session, MONDAY))
        assert len(opened) == 10, "eleven are due on Monday: Scotland's opens on Tuesday"


def test_the_oldest_report_is_asked_for_first_and_says_how_late_it_is(unchanged: Database) -> None:
    """Calderwick's report for November was due on 3 December, and is late from the day on which it was asked for."""
    with unchanged.rehearsing() as session:
        asked = due(session, "U0TOMASZ", "SE-CW")
        assert (asked.period, asked.days_late, asked.is_asked_late) == ("November 2026", 0, True)
        asked.report.asked_on = date(2026, 12, 24)
        session.flush()
        asked = due(session, "U0TOMASZ", "SE-CW")
        assert (asked.days_late, asked.is_asked_late) == (4, False), "four of them are worked until 4 January"
        report_submission.submit_report(act(session, "U0TOMASZ"), asked, figures(asked, starts="97.2"))
        session.flush()
        after = due(session, "U0TOMASZ", "SE-CW")
        assert (after.period, after.days_late) == ("December 2026", 0)


def test_a_period_that_no_job_opened_yet_can_be_reported_on(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert due(session).period == "December 2026"
        assert open_all(work(session, MONDAY)) != []
        assert opened(session, "WP-NE").count("2026-12") == 1


def test_when_nothing_is_due_it_says_when_the_next_report_opens(unchanged: Database) -> None:
    with unchanged.rehearsing() as session, pytest.raises(UserError, match="No report is due on") as refused:
        due(session, now=MONDAY - HOUR)
    assert refused.value.sentence == (
        "No report is due on WP-NE. The next one, for December 2026, opens on 4 January 2027 at 9am."
    )


def test_a_second_report_is_told_who_was_first_and_changes_nothing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asked = due(session)
        report_submission.submit_report(act(session, "U0PRIYA"), asked, figures(asked, starts="97.2"))
        session.flush()
        with pytest.raises(UserError, match=", so nothing was changed") as refused:
            report_submission.submit_report(act(session, "U0AMIRA", MONDAY + HOUR), asked, figures(asked, starts="10"))
        assert refused.value.sentence == (
            "The report for December 2026 came from Priya Nair on 4 January 2027 at 9am, so nothing was changed."
        )


def submit(session: Session, report_id: int, both_read: Barrier | None = None) -> None:
    doing = act(session, "U0PRIYA")
    asked = replace(reports.report_of_button(doing, session.get_one(Report, report_id).public_id), seen="")
    if both_read is not None:
        both_read.wait()
    report_submission.submit_report(doing, asked, figures(asked, starts="97.2", outcomes="88"))


def outcome(database: Database, report_id: int, both_read: Barrier | None = None) -> str:
    """What becomes of one report: received, or what the person is told."""
    try:
        with database.writing() as session:
            submit(session, report_id, both_read)
    except UserError as error:
        return error.sentence.split(" on ")[0]
    return "received"


def one_was_received(database: Database, report_id: int, outcomes: list[str]) -> None:
    assert sorted(outcomes) == ["The report for December 2026 came from Priya Nair", "received"]
    assert len([row for row in rows(database, Reading) if row.report_id == report_id]) == 2
    assert [row.key for row in rows(database, OutboxMessage)] == [f"report-{report_id}-received"]


def awaited_report(database: Database) -> int:
    with database.writing() as session:
        return due(session).report.id


def test_of_two_reports_at_the_same_instant_one_is_received_and_the_other_told(
    portfolio_url: str, portfolio: Database
) -> None:
    report_id = awaited_report(portfolio)

    def worker(database: Database, barrier: Barrier) -> str:
        barrier.wait()
        return outcome(database, report_id)

    one_was_received(portfolio, report_id, at_once(portfolio_url, 2, worker))


def test_two_that_both_found_the_report_awaited_are_not_both_received(templates: Templates) -> None:
    """On SQLite the second cannot even look before the first is done; on PostgreSQL it can."""
    url = templates.copy("postgresql", portfolio=True)
    database = Database(url)
    report_id = awaited_report(database)
    outcomes = at_once(url, 2, lambda each, barrier: outcome(each, report_id, both_read=barrier))
    one_was_received(database, report_id, outcomes)
    database.close()
    templates.drop(url)


@pytest.mark.parametrize("key", ["", "0", "no-such-record-0"])
def test_a_button_of_no_report_is_refused(unchanged: Database, key: str) -> None:
    with unchanged.rehearsing() as session, pytest.raises(UserError, match="This report is no longer in the record,"):
        reports.report_of_button(act(session, "U0PRIYA"), key)


def test_a_button_of_another_partners_report_is_denied(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        theirs = due(session, "U0TOMASZ", "SE-CW").report
        with pytest.raises(Denied):
            reports.report_of_button(act(session, "U0PRIYA"), theirs.public_id)


@pytest.mark.parametrize("typed", ["starts", "STARTS", " starts ", "Starts within 15 working days"])
def test_a_kpi_is_found_by_its_code_or_its_name_in_any_case(unchanged: Database, typed: str) -> None:
    with unchanged.rehearsing() as session:
        assert reports.find_kpi(typed, due(session).kpis).code == "starts"


def test_a_kpi_that_is_none_is_answered_with_the_nearest_one(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        kpis = due(session).kpis
    with pytest.raises(UserError, match=r"“strats”.*Did you mean starts\?"):
        reports.find_kpi("strats", kpis)
    with pytest.raises(UserError, match="Its KPIs are starts, outcomes"):
        reports.find_kpi("xyz", kpis)


def test_the_kpis_of_a_report_are_its_contracts_own_in_the_order_agreed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contracts = session.scalars(select(Contract)).all()
        for contract in contracts:
            kpis = kpis_in(session, contract.id, Month(2026, 12))
            assert {kpi.kpi.contract_id for kpi in kpis} == {contract.id}
            assert [kpi.id for kpi in kpis] == sorted(kpi.id for kpi in kpis)
        found = [kpi.id for each in contracts for kpi in kpis_in(session, each.id, Month(2026, 12))]
        assert len(found) == len(session.scalars(select(Kpi)).all())


def test_the_form_knows_what_was_reported_before_and_what_is_still_open(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asked = due(session)
        wp_ne = col(Report.contract_id) == asked.contract.id
        november = session.scalars(select(Report).where(wp_ne, col(Report.period) == "2026-11")).one()
        november.narrative, november.evidence = "Two advisers left", "https://northgate.example/november"
        october = session.scalars(select(Report).where(wp_ne, col(Report.period) == "2026-10")).one()
        october.decision, october.query, october.queries = ReportDecision.QUERIED, "Which hub?", 1
        october.decided_by_id, october.decided_at = november.reporter_id, MONDAY
        session.flush()
        before = earlier_report.reported_before(act(session, "U0PRIYA"), asked)
        assert (before.period, before.narrative) == ("November 2026", "Two advisers left")
        assert [(query.period, query.words) for query in before.queries] == [("October 2026", "Which hub?")]
        assert before.figures.keys() == {kpi.id for kpi in asked.kpis}
        with pytest.raises(Denied):
            earlier_report.reported_before(act(session, "U0TOMASZ"), asked)
