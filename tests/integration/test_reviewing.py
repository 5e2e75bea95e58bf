"""Reviews of a risk that cross: each is kept or refused whole, and nobody is asked twice."""

from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.scores import Impact, Likelihood, order
from bot.errors import UserError
from bot.models import Escalation, OutboxMessage, Risk, RiskAssessment, TrailEntry
from bot.services.edit_conflicts import EditConflict
from bot.services.risks import risk_changes, risk_list, risk_review
from tests.builders import MONDAY, act, rows
from tests.integration.together import at_once

LEAVERS = "Advisers leave faster than Northgate can replace them"


def leavers(session: Session) -> Risk:
    return session.scalars(select(Risk).where(col(Risk.title) == LEAVERS)).one()


def test_of_two_reviews_at_the_same_instant_one_is_kept_and_the_other_is_told(
    portfolio_url: str, portfolio: Database
) -> None:
    with portfolio.writing() as session:
        key = leavers(session).public_id

    def worker(database: Database, barrier: Barrier) -> str:
        barrier.wait()
        try:
            with database.writing() as session:
                doing = replace(act(session, "U0AMIRA"), since=0)
                risk_review.review(doing, key, Likelihood.LIKELY, Impact.SEVERE, "Two more left")
        except EditConflict:
            return "told"
        return "kept"

    assert sorted(at_once(portfolio_url, 3, worker)) == ["kept", "told", "told"]
    assert [len(rows(portfolio, model)) for model in (RiskAssessment, Escalation, OutboxMessage)] == [1, 1, 2]
    assert len([each for each in rows(portfolio, TrailEntry) if each.action == "risk reviewed"]) == 1


def test_of_two_who_close_at_the_same_instant_one_does(portfolio_url: str, portfolio: Database) -> None:
    with portfolio.writing() as session:
        reference = leavers(session).reference

    def worker(database: Database, barrier: Barrier) -> str:
        barrier.wait()
        try:
            with database.writing() as session:
                risk_changes.close(act(session, "U0AMIRA"), reference, "Pay was raised")
        except UserError as error:
            return error.sentence.split(" on ")[0]
        return "closed"

    assert sorted(at_once(portfolio_url, 3, worker)) == [f"{reference} was closed", f"{reference} was closed", "closed"]
    assert len([each for each in rows(portfolio, TrailEntry) if each.action == "risk closed"]) == 1


@pytest.mark.parametrize(
    ("likelihood", "impact", "days"),
    [
        (Likelihood.RARE, Impact.MINOR, 90),
        (Likelihood.RARE, Impact.SEVERE, 60),
        (Likelihood.LIKELY, Impact.MODERATE, 30),
        (Likelihood.LIKELY, Impact.MAJOR, 14),
    ],
)
def test_the_next_review_follows_from_the_band(
    unchanged: Database, likelihood: Likelihood, impact: Impact, days: int
) -> None:
    with unchanged.rehearsing() as session:
        risk = leavers(session)
        risk_review.review(act(session, "U0AMIRA"), risk.public_id, likelihood, impact, "Looked at again")
        assert (risk.review_on - MONDAY.date()).days == days


def test_a_page_beyond_the_last_is_the_last_and_pages_part_nothing_twice(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        doing = act(session, "U0NADIA")
        first, second, beyond = (risk_list.list_risks(doing, [], number) for number in (1, 2, 99))
        assert (first.pages, beyond.number, beyond.rows) == (2, 2, second.rows)
        listed = [row.reference for page in (first, second) for row in page.rows]
        assert len(listed) == len(set(listed)) == first.found == 16
        grades = [order(row.grade) for page in (first, second) for row in page.rows]
        assert grades == sorted(grades)
