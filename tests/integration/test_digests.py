"""Summaries of one week beside those of the week before, and what each reader may know."""

from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from bot.db import Database
from bot.delivery.slack_facts import ChannelFacts
from bot.domain.periods import Month
from bot.domain.ratings import Movement, Rating
from bot.models import (
    Audience,
    Channel,
    Digest,
    DigestLine,
    DigestPost,
    OutboxMessage,
    QuietWeek,
    Reading,
    Report,
    ReportDecision,
    Risk,
    RiskStatus,
    Role,
    RoleName,
)
from bot.services.contracts import contract_channels
from bot.services.digest import posting, subscriptions, summary
from bot.services.digest.comparison import RatingLine
from bot.services.digest.dated_items import Scope
from bot.services.digest.last_post import last_post
from bot.services.digest.summary import Summary
from bot.services.lookup.kpis import kpis_of
from bot.services.people.slack_changes import channel_renumbered
from tests.builders import DAY, HOUR, MONDAY, REPORTED, act, contract_named, open_all, rows, run_job, work
from tests.counting import counted
from tests.integration.test_jobs import run
from tests.integration.together import at_once
from tests.samples import doubled, imported

PORTFOLIO, NORTH_EAST, SHARED = "C0PORTFOLIO", "C0WPNE", "C0WPNENG"
WEEK = 7 * DAY


def subscribe(session: Session, slack: str, **changes: Any) -> None:  # noqa: ANN401  # whichever a test is about
    channel = session.scalars(select(Channel).where(col(Channel.slack) == slack)).one()
    usual: dict[str, Any] = {"weekday": 0, "hour": 9, "minute": 0, "since": channel.created_at}
    session.add(Digest(channel_id=channel.id, **{**usual, **changes}))
    session.flush()


def next_week(session: Session, scope: Scope | None = None, channel: str = PORTFOLIO) -> Summary:
    now = work(session, MONDAY + WEEK)
    scope = scope or Scope()
    return summary.build(now, scope, last_post(now, channel, scope))


def line_of(found: Summary, reference: str) -> RatingLine:
    (line,) = [each for each in found.lines if each.standing.contract.reference == reference]
    return line


def receive(session: Session, reference: str, rating: Rating, period: str = "2026-12", days: int = 2) -> Report:
    """A further report, in which every figure is rated alike."""
    contract = contract_named(session, reference)
    report = session.scalar(select(Report).where(col(Report.contract_id) == contract.id, col(Report.period) == period))
    assert report is not None
    report.received_at, report.reporter_id = MONDAY + days * DAY, 1
    for kpi in kpis_of(session, contract.id, Month.parse(period)):
        session.add(Reading(report_id=report.id, kpi_id=kpi.id, value=kpi.good, rating=rating, computed=rating))
    session.flush()
    return report


def rate_again(session: Session, reference: str, period: str, rating: Rating) -> None:
    contract = contract_named(session, reference)
    report = session.scalars(
        select(Report).where(col(Report.contract_id) == contract.id, col(Report.period) == period)
    ).one()
    session.execute(update(Reading).where(col(Reading.report_id) == report.id).values(rating=rating, computed=rating))
    session.expire_all()


def test_what_was_posted_is_kept_and_is_what_a_week_ago_means(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert run_job(session, "summary") == 1
        (kept,) = session.scalars(select(DigestPost)).all()
        assert kept.headline == (
            "Weekly performance summary, 4 January 2027: 2 got worse, 2 got better; 6 of 12 contracts need attention."
        )
        lines = {line.contract_id: line for line in session.scalars(select(DigestLine))}
        before = summary.build(work(session), Scope())
        assert {each: line.rating for each, line in lines.items()} == {
            line.standing.contract.id: line.standing.rating for line in before.lines
        }
        assert any(line.risks for line in lines.values())
        later = next_week(session)
        assert later.since == MONDAY.date()
        assert {line.before for line in later.lines} == {line.standing.rating for line in before.lines}
        assert (later.moved_worse, later.moved_better) == (0, 0)
        assert not any(each.line.has_changed for each in later.changes)
        receive(session, "WP-NE", Rating.INADEQUATE)
        line = line_of(next_week(session), "WP-NE")
        assert line.movement is Movement.WORSE
        assert line.corrected is None


def test_a_correction_is_shown_as_one_and_not_as_a_movement(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "summary")
        said = line_of(next_week(session), "IT-CH").before
        rate_again(session, "IT-CH", "2026-11", Rating.INADEQUATE)
        line = line_of(next_week(session), "IT-CH")
        assert (line.before, line.corrected, line.is_corrected) == (said, Rating.INADEQUATE, True)
        assert line.movement is Movement.SAME
        run_job(session, "summary", MONDAY + WEEK)
        posted = session.scalars(
            select(OutboxMessage).where(col(OutboxMessage.thread_of_id).is_(None)).order_by(col(OutboxMessage.id))
        )
        text = str(posted.all()[-1].blocks)
        assert (
            f"*IT-CH* Casework hosting\\n• Correction: said {said} on 4 January 2027; corrected to Inadequate" in text
        )
        receive(session, "IT-CH", Rating.GOOD, days=8)
        rate_again(session, "IT-CH", "2026-11", Rating.APPROACHING_TARGET)
        now = work(session, MONDAY + 2 * WEEK)
        line = line_of(summary.build(now, Scope(), last_post(now, PORTFOLIO, Scope())), "IT-CH")
        assert (line.before, line.corrected) == (Rating.INADEQUATE, Rating.APPROACHING_TARGET)
        assert (line.movement, line.is_corrected) == (Movement.BETTER, False)


def test_what_somebody_asked_for_in_between_is_not_compared_with(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "summary")
        rate_again(session, "IT-CH", "2026-11", Rating.INADEQUATE)
        subscriptions.post_now(act(session, "U0NADIA", MONDAY + DAY), PORTFOLIO)
        assert len(session.scalars(select(DigestPost)).all()) == 2
        assert line_of(next_week(session), "IT-CH").corrected is Rating.INADEQUATE


def test_who_put_something_right_is_thanked_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "summary")
        receive(session, "HA-EW", Rating.GOOD)
        thanks = next_week(session).thanks
        assert {(each.contract, each.partner) for each in thanks} == {("HA-EW", "Meridian Clinical Assessments Ltd")}
        assert "Average clearance time" in {each.kpi for each in thanks}
        run_job(session, "summary", MONDAY + WEEK)
        now = work(session, MONDAY + 2 * WEEK)
        assert summary.build(now, Scope(), last_post(now, PORTFOLIO, Scope())).thanks == []


def test_risks_that_moved_are_told_with_what_they_were(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "summary")
        assert next_week(session).risks.moved == []
        rose, fell, closed = session.scalars(
            select(Risk).where(col(Risk.status) == RiskStatus.OPEN).order_by(col(Risk.id)).limit(3)
        ).all()
        was = [(each.likelihood or 0) * (each.impact or 0) for each in (rose, fell, closed)]
        rose.likelihood, rose.impact, fell.likelihood, fell.impact = 5, 5, 1, 1
        closed.status, closed.closed_on, closed.closing_reason = RiskStatus.CLOSED, (MONDAY + DAY).date(), "It went"
        fields = rose.model_dump(exclude={"id", "public_id"}) | {"title": "New", "likelihood": 3, "impact": 2}
        session.add(Risk(**fields))
        session.flush()
        found = next_week(session).risks
        told = {each.reference: (each.score, each.was, each.closed) for each in found.moved}
        assert told[rose.reference] == (25, was[0], False)
        assert told[fell.reference] == (1, was[1], False)
        assert told[closed.reference][1:] == (was[2], True)
        assert [each.was for each in found.moved if each.title == "New"] == [None]
        assert len(told) == 4
        assert not told.keys() & {each.reference for each in found.high}


def test_a_shared_channel_hears_of_its_own_contract_and_of_nothing_internal(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for slack in (NORTH_EAST, SHARED):
            subscribe(session, slack)
        wp_ne = contract_named(session, "WP-NE").id
        came = (col(Report.contract_id) == wp_ne, col(Report.received_at).is_not(None))
        session.execute(update(Report).where(*came).values(decision=None, decided_at=None))
        session.expire_all()
        assert run_job(session, "summary") == 3
        scope = Scope(contract_named(session, "WP-NE"), Audience.SHARED)
        found = next_week(session, scope, SHARED)
        assert [line.standing.contract.reference for line in found.lines] == ["WP-NE"]
        assert (list(found.risks.high), list(found.risks.moved), list(found.failed_plans)) == ([], [], [])
        sent = {row.channel: row for row in session.scalars(select(OutboxMessage)) if row.thread_of_id is None}
        assert sent[SHARED].audience is Audience.SHARED
        assert sent[NORTH_EAST].audience is Audience.INTERNAL
        assert {sent[SHARED].contract_id, sent[NORTH_EAST].contract_id} == {found.lines[0].standing.contract.id}
        assert "as reported" in sent[SHARED].text
        risks = {post.channel: post.id for post in session.scalars(select(DigestPost))}
        by_post = {line.post_id: line.risks for line in session.scalars(select(DigestLine)) if line.risks}
        assert risks[SHARED] not in by_post
        assert risks[NORTH_EAST] in by_post
        decided = {"decision": ReportDecision.ACCEPTED, "decided_at": MONDAY, "decided_by_id": 1}
        session.execute(update(Report).where(*came).values(**decided))
        session.expire_all()
        run_job(session, "summary", MONDAY + WEEK)
        later = session.scalars(select(OutboxMessage).where(col(OutboxMessage.channel) == SHARED)).all()
        (accepted,) = [row for row in later if "11 January" in row.text]
        assert ", as reported" not in accepted.text


def test_a_partner_hears_of_a_rating_that_the_manager_overrode_once_its_report_is_accepted(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        open_all(work(session))
        report = receive(session, "WP-NE", Rating.GOOD)
        overridden = {"rating": Rating.INADEQUATE, "overridden_at": MONDAY, "overridden_by_id": 1}
        session.execute(
            update(Reading)
            .where(col(Reading.report_id) == report.id)
            .values(**overridden, override_reason="The sample was too small")
        )
        told = {}
        for decision in (None, ReportDecision.ACCEPTED):
            report.decision, report.decided_at = decision, MONDAY if decision else None
            session.flush()
            session.expire_all()
            for audience in Audience:
                found = summary.build(work(session, MONDAY + WEEK), Scope(contract, audience))
                told[decision, audience] = found.lines[0].standing.rating
    assert told.pop((None, Audience.SHARED)) is Rating.GOOD
    assert set(told.values()) == {Rating.INADEQUATE}


@pytest.mark.parametrize(("quiet", "messages"), [(QuietWeek.ONE_LINE, 1), (QuietWeek.SILENCE, 0)])
def test_where_there_is_nothing_to_say_one_line_says_so_or_nothing_does(
    unchanged: Database, quiet: QuietWeek, messages: int
) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "HA-NI")
        for report in session.scalars(select(Report).where(col(Report.contract_id) == contract.id)):
            session.execute(delete(Reading).where(col(Reading.report_id) == report.id))
            session.delete(report)
        session.execute(update(Risk).where(col(Risk.contract_id) == contract.id).values(likelihood=1, impact=1))
        channel = session.scalars(select(Channel).where(col(Channel.contract_id) == contract.id)).first()
        assert channel is not None
        subscribe(session, channel.slack, if_quiet=quiet)
        [owed] = [each for each in posting.digests_due(work(session)) if each.to.contract]
        assert posting.post_due(work(session), posting.prepare_due(work(session), owed)) is bool(messages)
        sent = session.scalars(select(OutboxMessage)).all()
        assert len(sent) == messages
        assert all("nothing falls due" in row.text and len(row.blocks) == 1 for row in sent)
        assert posting.digests_due(work(session, MONDAY + HOUR))[1:] == []


def test_what_an_outage_missed_comes_once_and_says_so_and_nothing_from_before_it_was_asked_for(
    unchanged: Database,
) -> None:
    with unchanged.rehearsing() as session:
        subscribe(session, NORTH_EAST, weekday=3, hour=16)
        subscribe(session, SHARED, weekday=3, hour=16, since=MONDAY + 4 * DAY)
        friday = MONDAY + 4 * DAY + HOUR
        assert [run_job(session, "summary", friday), run_job(session, "summary", friday)] == [2, 0]
        told = {row.channel: str(row.blocks) for row in session.scalars(select(OutboxMessage)) if not row.thread_of_id}
        assert set(told) == {PORTFOLIO, NORTH_EAST}
        assert "This summary should have come on 7 January 2027 at 4pm." in told[NORTH_EAST]


def test_three_workers_post_one_summary_to_each_channel(portfolio_url: str, portfolio: Database) -> None:
    with portfolio.writing() as session:
        for slack in (NORTH_EAST, SHARED):
            subscribe(session, slack)

    def worker(database: Database, barrier: Barrier) -> int:
        barrier.wait()
        return run(database, "summary") + run(database, "monthly", REPORTED)

    assert sum(at_once(portfolio_url, 3, worker)) == 5  # three channels, and two senior owners
    assert len(rows(portfolio, DigestPost)) == 3
    assert len({row.key for row in rows(portfolio, OutboxMessage)}) == 11  # the portfolio's table and charts below too


def test_a_schedule_goes_with_its_channel_and_stays_when_that_is_bound_anew_or_renumbered(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        amira = act(session, "U0AMIRA")
        subscriptions.schedule(amira, NORTH_EAST, "thursday", "4pm")
        facts = ChannelFacts(NORTH_EAST, "wp-ne", True, False, False, False, frozenset())
        contract_channels.bind(amira, "WP-NE", facts)
        assert subscriptions.subscription(amira, NORTH_EAST).first == MONDAY + 3 * DAY + 7 * HOUR
        subscriptions.post_now(amira, NORTH_EAST)
        channel_renumbered(work(session), NORTH_EAST, "C0NEW")
        assert len(subscriptions.history(amira, "C0NEW").posts) == 1
        contract_channels.unbind(amira, "C0NEW")
        session.flush()
        assert session.scalars(select(Digest)).all() == []


def test_a_deputy_gets_the_monthly_summary_of_who_is_away_and_nobody_who_came_later(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert run_job(session, "monthly") == 0, "no report is due yet"
        assert run_job(session, "monthly", REPORTED) == 2
        session.add(Role(contract_id=contract_named(session, "WP-NE").id, person_id=1, role=RoleName.SENIOR_OWNER))
        session.flush()
        assert run_job(session, "monthly", REPORTED + HOUR) == 0
        told = {row.channel: row for row in session.scalars(select(OutboxMessage))}
        assert set(told) == {"U0HELEN", "U0JOSEPH"}
        assert "WP-NE" in str(told["U0HELEN"].blocks)
        assert "WP-NE" not in str(told["U0JOSEPH"].blocks)


def test_the_number_of_statements_of_a_summary_and_its_detail_does_not_grow(unchanged: Database) -> None:
    counts = []
    with unchanged.rehearsing() as session:
        for number in range(2):
            if number:
                imported(work(session), doubled())
            now = work(session, MONDAY + number * WEEK)
            owed = posting.digests_due(now)
            session.flush()
            session.expire_all()
            with counted(session) as statements:
                assert sum(posting.post_due(now, posting.prepare_due(now, each)) for each in owed) == 1
            counts.append(len(statements))
    # The second compares with the first: two more to read what was said.
    assert counts[1] <= counts[0] + 2
    assert counts[1] <= 52, "one for each kind of what is due, among them invoices, variances and visits"
