"""The contract manager verifies figures and overrides ratings: who may, what stands, and who sees it."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Kpi, OutboxMessage, Reading, Report, TrailEntry
from bot.services.digest import summary
from bot.services.digest.dated_items import Scope
from bot.services.pages import contract as contract_page
from bot.services.pages import partners as partner_pages
from bot.services.progress import kpi_history, report_card, report_decisions, report_submission, reports
from tests.builders import HOUR, MONDAY, act, contract_named, prompted, work
from tests.integration.test_report_decisions import november

AMIRA, NADIA, PRIYA = "U0AMIRA", "U0NADIA", "U0PRIYA"
FLOOD = "The flood closed two sites."


def kpi(session: Session, code: str = "outcomes", reference: str = "WP-NE") -> Kpi:
    wanted = (col(Kpi.contract_id) == contract_named(session, reference).id, col(Kpi.code) == code)
    return session.scalars(select(Kpi).where(*wanted)).one()


def overridden(session: Session, rating: Rating = Rating.INADEQUATE, reason: str = FLOOD) -> Report:
    """Outcomes of November, which are Approaching target by the cut-offs, overridden by Amira."""
    report = november(session)
    report_decisions.override(
        act(session, AMIRA), report.public_id, report.figures_version, kpi(session).public_id, rating, reason
    )
    session.flush()
    return report


def reading(session: Session, report: Report) -> Reading:
    return session.get_one(Reading, (report.id, kpi(session).id))


@pytest.mark.parametrize("user", [PRIYA, "U0TOMASZ", "U0HELEN", "U0CALLUM"])
def test_only_who_leads_a_contract_judges(unchanged: Database, user: str) -> None:
    with unchanged.rehearsing() as session:
        report, who, one = november(session), act(session, user), kpi(session).public_id
        with pytest.raises(Denied):
            report_decisions.report_to_judge(who, report.public_id, report.figures_version)
        with pytest.raises(Denied):
            report_decisions.report_to_verify(who, report.public_id, report.figures_version)
        with pytest.raises(Denied):
            report_decisions.verify(who, report.public_id, report.figures_version, {one})
        with pytest.raises(Denied):
            report_decisions.override(who, report.public_id, report.figures_version, one, Rating.GOOD, FLOOD)
        assert reading(session, report).rating is Rating.APPROACHING_TARGET


def test_an_override_keeps_who_when_why_and_from_what(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = overridden(session)
        kept = reading(session, report)
        assert (kept.rating, kept.computed) == (Rating.INADEQUATE, Rating.APPROACHING_TARGET)
        assert (kept.override_reason, kept.overridden_at) == (FLOOD, MONDAY)
        entry = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "rating overridden").order_by(col(TrailEntry.id))
        ).one()
        assert entry.changes == {"outcomes": ["Approaching target", "Inadequate"]}
        assert (entry.why, entry.actor, entry.subject) == (FLOOD, AMIRA, report.reference)
        shown = report_decisions.report_to_judge(act(session, NADIA), report.public_id, report.figures_version)
        assert shown.worst is Rating.INADEQUATE
        override = shown.figures[1].override
        assert override is not None
        assert (override.by, override.computed) == ("Amira Shah", Rating.APPROACHING_TARGET)


def test_the_rating_that_stands_is_the_one_that_every_list_has(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        overridden(session)
        lines = summary.build(work(session), Scope()).lines
        (standing,) = [line.standing for line in lines if line.standing.contract.reference == "WP-NE"]
        assert (standing.rating, standing.movement) == (Rating.INADEQUATE, "worse")
        assert standing.why.endswith("96.1% against 100%, rated by the contract manager")
        card = contract_page.contract_page(act(session, AMIRA), "WP-NE")
        last = card.kpis[1].last
        assert last is not None
        assert (last.rating, last.overridden) == (Rating.INADEQUATE, True)


def test_the_partner_sees_an_override_and_its_reason_only_once_the_report_is_accepted(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = overridden(session)

        def seen(user: str) -> set[Rating]:
            """The rating of the outcomes, on every page of them that there is for somebody."""
            who = act(session, user)
            page, history = report_card.report_card(who, "WP-NE"), kpi_history.kpi_history(who, "WP-NE", "outcomes")
            own = partner_pages.partner_card(who, "WP-NE").kpis[1].last if user == PRIYA else None
            assert page.received is not None
            told = page.received.figures[1]
            assert (told.override is not None) == history.figures[0].overridden
            assert own is None or own.overridden == history.figures[0].overridden
            return {told.rating, history.figures[0].rating, own.rating if own else told.rating}

        assert seen(AMIRA) == {Rating.INADEQUATE}
        assert seen(PRIYA) == {Rating.APPROACHING_TARGET}
        report_decisions.accept(act(session, AMIRA), report.public_id, report.version)
        assert seen(AMIRA) == seen(PRIYA) == {Rating.INADEQUATE}


def test_messages_that_stand_are_updated_and_the_shared_one_says_nothing_before_it_is_accepted(
    unchanged: Database,
) -> None:
    """Told are: the prompt, that it came, in both channels, two overrides, then all in both channels."""
    by_id = select(OutboxMessage).order_by(col(OutboxMessage.id))
    with unchanged.rehearsing() as session:
        due = reports.next_due(act(session, PRIYA), "WP-NE")
        session.flush()
        prompted(work(session), due.report)
        received = report_submission.submit_report(act(session, PRIYA), due, {}, "No data")
        report = received.report
        for rating in (Rating.GOOD, Rating.INADEQUATE):
            report_decisions.override(
                act(session, AMIRA), report.public_id, report.figures_version, kpi(session).public_id, rating, FLOOD
            )
        report_decisions.accept(act(session, AMIRA), report.public_id, report.version)
        report_decisions.verify(act(session, NADIA), report.public_id, report.figures_version, set())
        report_decisions.override(
            act(session, NADIA), report.public_id, report.figures_version, kpi(session).public_id, Rating.GOOD, FLOOD
        )
        session.flush()
        told = [(row.channel, FLOOD in str(row.blocks)) for row in session.scalars(by_id)]
        inside, shared = ("C0WPNE", True), ("C0WPNENG", True)
        assert [says for channel, says in told[:3]] == [False] * 3
        assert told[3:] == [inside, inside, shared, inside, inside, shared]


def test_a_rating_is_set_back_by_choosing_the_one_of_the_cut_offs(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = overridden(session)
        overridden(session, Rating.APPROACHING_TARGET, "The flood was elsewhere.")
        kept = reading(session, report)
        assert (kept.rating, kept.overridden_at, kept.override_reason) == (Rating.APPROACHING_TARGET, None, "")
        entries = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "rating overridden").order_by(col(TrailEntry.id))
        ).all()
        assert [entry.why for entry in entries] == [FLOOD, "The flood was elsewhere."]
        with pytest.raises(UserError, match="rated Approaching target by its cut-offs already"):
            overridden(session, Rating.APPROACHING_TARGET)


def test_figures_are_verified_and_become_self_reported_again(unchanged: Database) -> None:
    """Starts come from a verified source, so nobody verifies them."""
    with unchanged.rehearsing() as session:
        report, both = november(session), {kpi(session, "starts").public_id, kpi(session).public_id}
        received = report_decisions.verify(act(session, AMIRA), report.public_id, report.figures_version, both)
        assert [(f.verified, f.verified_by) for f in received.figures] == [(True, ""), (True, "Amira Shah")]
        report_decisions.verify(act(session, NADIA), report.public_id, report.figures_version, both)
        assert reading(session, report).verified_by_id == act(session, AMIRA).actor.person_id, "it is verified already"
        received = report_decisions.verify(act(session, NADIA), report.public_id, report.figures_version, set())
        assert [f.verified for f in received.figures] == [True, False]
        session.flush()
        entries = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "figures verified").order_by(col(TrailEntry.id))
        ).all()
        assert [entry.changes for entry in entries] == [
            {"outcomes": ["self-reported", "verified"]},
            {"outcomes": ["verified", "self-reported"]},
        ]


def test_figures_that_came_again_are_judged_anew_and_not_by_an_old_form(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = overridden(session)
        seen = report.figures_version
        report_decisions.query(act(session, AMIRA), report.public_id, report.version, "Is it 96.1?")
        due = reports.next_due(act(session, PRIYA), "WP-NE")
        report_submission.submit_report(act(session, PRIYA, MONDAY + HOUR), due, due.figures)
        with pytest.raises(UserError, match="Priya Nair sent this report again"):
            report_decisions.override(
                act(session, AMIRA), report.public_id, seen, kpi(session).public_id, Rating.GOOD, FLOOD
            )
        session.expire_all()
        kept = reading(session, report)
        assert (kept.rating, kept.computed, kept.overridden_at) == (Rating.APPROACHING_TARGET,) * 2 + (None,)


def test_what_cannot_be_judged_is_refused(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report, amira = november(session), act(session, AMIRA)
        with pytest.raises(UserError, match="This report is no longer in the record,"):
            report_decisions.report_to_judge(amira, "", "")
        with pytest.raises(UserError, match="has not come yet, so nothing was done"):
            report_decisions.report_to_judge(amira, november(session, "SE-CW").public_id, "")
        foreign = kpi(session, "starts", "DE-SW").public_id
        with pytest.raises(UserError, match="Choose one of the KPIs of this report"):
            report_decisions.override(amira, report.public_id, report.figures_version, foreign, Rating.GOOD, FLOOD)
        for reason in ("", "x" * 301, "AB 12 34 56 C"):
            with pytest.raises(UserError) as refused:
                overridden(session, reason=reason)
            assert refused.value.field == "reason"
        session.execute(update(Kpi).values(source="verified"))
        session.expire_all()
        with pytest.raises(UserError, match="each comes from a verified source, or is"):
            report_decisions.report_to_verify(amira, report.public_id, report.figures_version)


@pytest.mark.parametrize(
    "values",
    [
        {"rating": Rating.GOOD},
        {"rating": Rating.GOOD, "override_reason": FLOOD, "overridden_at": MONDAY},
        {"rating": Rating.GOOD, "overridden_at": MONDAY, "overridden_by_id": 1},
        {"verified_at": MONDAY},
    ],
)
def test_the_database_keeps_no_half_of_a_judgement(unchanged: Database, values: dict[str, Any]) -> None:
    with unchanged.rehearsing() as session, pytest.raises(IntegrityError):
        session.execute(update(Reading).where(col(Reading.rating) != Rating.GOOD).values(**values))
