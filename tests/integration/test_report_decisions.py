"""Reports are accepted or queried once, by who may, as they were seen."""

from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.ratings import Rag
from bot.domain.sensitive import find_sensitive
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Channel, OutboxMessage, Report, ReportDecision, ReportState, TrailEntry
from bot.services.progress import report_card, report_decisions, report_list, report_submission, reports
from bot.services.progress.report_list import ReportStanding
from tests.builders import MONDAY, act, contract_named, rows
from tests.integration.together import at_once

AMIRA, NADIA, PRIYA = "U0AMIRA", "U0NADIA", "U0PRIYA"
SEEN = "0 received"
WORDS = "Why did starts fall?"


def november(session: Session, reference: str = "WP-NE") -> Report:
    wanted = (col(Report.contract_id) == contract_named(session, reference).id, col(Report.period) == "2026-11")
    return session.scalars(select(Report).where(*wanted)).one()


@pytest.mark.parametrize("user", [PRIYA, "U0TOMASZ", "U0HELEN", "U0CALLUM", "U0JOSEPH"])
def test_only_who_leads_a_contract_decides(unchanged: Database, user: str) -> None:
    with unchanged.rehearsing() as session:
        report = november(session)
        for decide in (report_decisions.accept, report_decisions.report_to_query):
            with pytest.raises(Denied):
                decide(act(session, user), report.public_id, SEEN)
        with pytest.raises(Denied):
            report_decisions.query(act(session, user), report.public_id, SEEN, WORDS)
        assert report.state is ReportState.RECEIVED


@pytest.mark.parametrize("key", ["", "0", "no-such-record-0"])
def test_a_button_of_no_report_is_refused(unchanged: Database, key: str) -> None:
    with unchanged.rehearsing() as session, pytest.raises(UserError, match="This report is no longer in the record,"):
        report_decisions.accept(act(session, AMIRA), key, SEEN)


def test_there_is_nothing_to_decide_on_before_a_report_has_come(unchanged: Database) -> None:
    with unchanged.rehearsing() as session, pytest.raises(UserError, match="November 2026 has not come"):
        report_decisions.accept(act(session, AMIRA), november(session, "SE-CW").public_id, "0 awaited")


def test_a_query_without_a_shared_channel_says_so_and_is_asked_nowhere(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        session.execute(delete(Channel).where(col(Channel.slack) == "C0WPNENG"))
        queried = report_decisions.query(act(session, AMIRA), november(session).public_id, SEEN, WORDS)
        assert not queried.was_posted
        assert session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize("words", ["", "  ", "x" * 1001, "Is it AB 12 34 56 C?", "a\x00b"])
def test_a_query_has_words_that_may_be_kept(unchanged: Database, words: str) -> None:
    with unchanged.rehearsing() as session:
        report = november(session)
        with pytest.raises(UserError):
            report_decisions.query(act(session, AMIRA), report.public_id, SEEN, words)
        assert report.state is ReportState.RECEIVED


def test_while_queried_a_report_is_the_one_that_is_due_and_then_received_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = november(session)
        first = report.received_at
        report_decisions.query(act(session, AMIRA), report.public_id, SEEN, WORDS)
        with pytest.raises(UserError, match="Amira Shah queried this report"):
            report_decisions.report_to_query(act(session, NADIA), report.public_id, "1 queried")
        due = reports.next_due(act(session, PRIYA), "WP-NE")
        assert (due.report.period, due.days_late) == ("2026-11", 0), "when it first came stays a fact"
        assert report_list.list_reports(act(session, PRIYA)).counts[ReportStanding.QUERIED] == 1
        received = report_submission.submit_report(act(session, PRIYA), due, due.figures, "As before.")
        assert (report.received_at, report.revised_at, report.state) == (first, MONDAY, ReportState.RECEIVED)
        card = report_card.report_card(act(session, AMIRA), "WP-NE", "November 2026")
        assert card.received is not None
        assert [(f.kpi.code, f.value) for f in card.received.figures] == [
            (f.kpi.code, f.value) for f in received.figures
        ]
        report_decisions.query(act(session, AMIRA), report.public_id, "1 received", "And outcomes?")
        assert (report.queries, report.query) == (2, "And outcomes?")
        report_decisions.accept(act(session, NADIA), report.public_id, "2 queried")
        due_next = reports.next_due(act(session, PRIYA), "WP-NE")
        assert due_next.report.period == "2026-12"
        told = select(col(TrailEntry.action)).where(col(TrailEntry.subject) == report.reference)
        actions = session.scalars(told.order_by(col(TrailEntry.id)))
        assert list(actions)[-4:] == ["report queried", "report received", "report queried", "report accepted"]


def test_nothing_is_due_once_all_is_accepted(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report_decisions.accept(act(session, AMIRA), november(session).public_id, SEEN)
        with pytest.raises(UserError, match="Amira Shah accepted this report on 4 January 2027 at 9am"):
            report_decisions.accept(act(session, NADIA), november(session).public_id, SEEN)
        due = reports.next_due(act(session, PRIYA), "WP-NE")
        report_submission.submit_report(act(session, PRIYA), due, {}, "No data")
        with pytest.raises(UserError, match="No report is due on"):
            reports.next_due(act(session, PRIYA), "WP-NE")


def test_of_two_decisions_at_the_same_instant_one_wins_and_the_other_is_told(
    portfolio_url: str, portfolio: Database
) -> None:
    with portfolio.rehearsing() as session:
        key = november(session).public_id

    def worker(database: Database, barrier: Barrier) -> str:
        barrier.wait()
        try:
            with database.writing() as session:
                report_decisions.accept(act(session, AMIRA), key, SEEN)
        except UserError as error:
            return error.sentence
        return ""

    first, second = sorted(at_once(portfolio_url, 2, worker))
    assert first == ""
    assert "Amira Shah accepted this report on 4 January 2027 at 9am" in second
    assert sum(entry.action == "report accepted" for entry in rows(portfolio, TrailEntry)) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"decision": ReportDecision.ACCEPTED},
        {"decided_at": MONDAY},
        {"decided_at": MONDAY, "decided_by_id": 1},
        {"decided_by_id": 1},
        {"decision": ReportDecision.QUERIED, "decided_at": MONDAY, "query": WORDS, "queries": 1},
        {"decision": ReportDecision.QUERIED, "decided_at": MONDAY, "decided_by_id": 1},
        {"queries": 1},
        {"rag": Rag.RED, "rag_reason": "Two posts are empty."},
        {"rag": Rag.AMBER, "path_to_green": "Both start in January."},
    ],
)
def test_the_database_keeps_no_half_of_a_decision_or_of_a_rag(unchanged: Database, values: dict[str, Any]) -> None:
    with unchanged.rehearsing() as session, pytest.raises(IntegrityError):
        session.execute(update(Report).where(col(Report.id) == november(session).id).values(**values))


def test_an_awaited_report_is_not_decided_on(unchanged: Database) -> None:
    decided = {"decision": ReportDecision.ACCEPTED, "decided_at": MONDAY, "decided_by_id": 1}
    with unchanged.rehearsing() as session, pytest.raises(IntegrityError):
        session.execute(update(Report).where(col(Report.id) == november(session, "SE-CW").id).values(**decided))


def test_the_detail_that_a_query_may_not_hold_is_one() -> None:
    assert find_sensitive("Is it AB 12 34 56 C?") is not None
