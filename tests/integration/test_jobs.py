"""The jobs: what runs at which instant, once however often it runs, and later if it was missed."""

import asyncio
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.models import OutboxMessage
from jobs import JOBS, job_named
from jobs.context import Planned
from tests.builders import DAY, HOUR, MINUTE, MONDAY, REPORTED, dump, job_desk, rows, run_job
from tests.integration.together import at_once

PORTFOLIO, NORTH_EAST, SCOTLAND = "C0PORTFOLIO", "C0WPNENG", "C0SKSCST"
# 3 January 2027 is a Sunday. New Year's Day is a holiday everywhere; in Scotland Monday 4 January is one too.
CLOSED = [
    pytest.param(datetime(2027, 1, 4, 8, 59, 59, tzinfo=UTC), id="just before 9am"),
    pytest.param(datetime(2027, 1, 4, 17, tzinfo=UTC), id="at 5pm"),
    pytest.param(datetime(2027, 1, 4, 23, 30, tzinfo=UTC), id="at night"),
    pytest.param(datetime(2027, 1, 9, 10, tzinfo=UTC), id="on a Saturday"),
    pytest.param(datetime(2027, 1, 10, 10, tzinfo=UTC), id="on a Sunday"),
    pytest.param(datetime(2027, 3, 26, 10, tzinfo=UTC), id="on Good Friday"),
    pytest.param(datetime(2027, 12, 27, 10, tzinfo=UTC), id="on the Monday after Christmas"),
]


def run(database: Database, name: str, now: datetime = MONDAY) -> int:
    """Run a job as the worker does, and keep what it did."""

    async def running() -> int:
        return await job_named(name).run(job_desk(database), now)

    return asyncio.run(running())


def plan(database: Database, name: str, now: datetime = MONDAY) -> list[Planned]:
    """A dry run of a job."""

    async def planning() -> list[Planned]:
        return await job_named(name).plan(job_desk(database), now)

    return asyncio.run(planning())


def posted(session: Session) -> list[OutboxMessage]:
    """The messages that stand by themselves, without what is in their threads."""
    session.flush()
    own = select(OutboxMessage).where(col(OutboxMessage.thread_of_id).is_(None))
    return list(session.scalars(own.order_by(col(OutboxMessage.id))))


@pytest.mark.parametrize("name", [job.name for job in JOBS])
def test_a_dry_run_changes_nothing(unchanged: Database, name: str) -> None:
    before = dump(unchanged)
    assert sum(len(table) for table in before.values()) > 200
    planned = plan(unchanged, name, REPORTED if name == "monthly" else MONDAY)
    assert dump(unchanged) == before
    # Nothing waits for these in the sample.
    quiet = (
        "deliver",
        "holidays",
        "homes",
        "lapsed",
        "escalate",
        "users",
        "members",
        "mend",
        "welcome",
        "recur",
        "propose",
        "seal",
        "retention",
    )
    assert bool(planned) is (name not in quiet)


def test_a_dry_run_says_what_goes_where_and_why(unchanged: Database) -> None:
    summary, table, detail = plan(unchanged, "summary")
    assert table.text == "Every contract, the worst first: HA-EW to SK-SC"
    assert detail.text.startswith("Detail by contract: HA-EW Inadequate, ")
    assert summary.channel == PORTFOLIO
    assert summary.text.startswith("Weekly performance summary, 4 January 2027: ")
    assert summary.why == "the weekly performance summary of Monday is due in this channel"
    prompts = {planned.channel: planned for planned in plan(unchanged, "prompt") if "December" in planned.text}
    assert prompts[NORTH_EAST].text == (
        "Northgate Futures Ltd: the report for December 2026 on WP-NE is due on 6 January 2027."
    )
    assert prompts[NORTH_EAST].why == "the report for December 2026 on WP-NE is due on 6 January 2027"


@pytest.mark.parametrize(("name", "now"), [("prompt", MONDAY), ("summary", MONDAY), ("monthly", REPORTED)])
def test_a_run_sends_what_its_dry_run_said_and_a_second_run_sends_nothing(
    portfolio: Database, name: str, now: datetime
) -> None:
    planned = plan(portfolio, name, now)
    below = ("Every contract", "Detail")  # in the thread of a summary
    assert run(portfolio, name, now) == len([each for each in planned if not each.text.startswith(below)])
    assert [Planned(row.channel, row.text, row.why) for row in rows(portfolio, OutboxMessage)] == planned
    before = dump(portfolio)
    assert plan(portfolio, name, now) == []
    assert run(portfolio, name, now) == 0
    assert run(portfolio, name, now + 5 * MINUTE) == 0
    assert dump(portfolio) == before


def test_a_dry_run_of_delivery_lists_what_waits(portfolio: Database) -> None:
    run(portfolio, "summary")
    row, _table, _detail = rows(portfolio, OutboxMessage)
    before = dump(portfolio)
    assert plan(portfolio, "deliver") == [Planned(row.channel, row.text, row.why)]
    assert dump(portfolio) == before


def test_the_partners_are_asked_and_nobody_twice_in_a_day_of_runs(unchanged: Database) -> None:
    """Eleven reports for December, and the one for November that Calderwick still owes; Scotland's a day later."""
    with unchanged.rehearsing() as session:
        for hours in range(0, 24, 3):
            run_job(session, "prompt", MONDAY + hours * HOUR)
        assert len(posted(session)) == 12
        assert SCOTLAND not in {row.channel for row in posted(session)}
        assert run_job(session, "prompt", MONDAY + DAY) == 1
        assert posted(session)[-1].channel == SCOTLAND


def test_workers_that_run_the_jobs_at_the_same_instant_post_each_message_once(
    portfolio_url: str, portfolio: Database
) -> None:
    def worker(database: Database, barrier: Barrier) -> int:
        barrier.wait()
        return run(database, "prompt") + run(database, "summary")

    assert sum(at_once(portfolio_url, 3, worker)) == 13
    messages = rows(portfolio, OutboxMessage)
    assert len({row.key for row in messages}) == len(messages) == 15
    assert len({(row.channel, row.text) for row in messages}) == 15


@pytest.mark.parametrize("instant", CLOSED)
def test_no_partner_is_asked_out_of_hours(unchanged: Database, instant: datetime) -> None:
    assert plan(unchanged, "prompt", instant) == []
    with unchanged.rehearsing() as session:
        assert run_job(session, "prompt", instant) == 0
        assert posted(session) == []


def test_a_holiday_of_one_nation_holds_up_no_other(unchanged: Database) -> None:
    """On 17 March the contract in Northern Ireland waits; on 18 March it is asked."""
    saint_patrick = datetime(2027, 3, 17, 9, tzinfo=UTC)
    with unchanged.rehearsing() as session:
        run_job(session, "prompt", saint_patrick)
        assert "C0HANILG" not in {row.channel for row in posted(session)}
        assert NORTH_EAST in {row.channel for row in posted(session)}
        run_job(session, "prompt", saint_patrick + DAY)
        assert "C0HANILG" in {row.channel for row in posted(session)}


def test_the_summary_waits_until_9am_on_monday(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        posts = {
            later: run_job(session, "summary", MONDAY + later)
            for later in (-MINUTE, 0 * HOUR, HOUR, DAY, 4 * DAY, 6 * DAY, 7 * DAY - MINUTE, 7 * DAY)
        }
    assert {later for later, count in posts.items() if count} == {0 * HOUR, 7 * DAY}


def test_after_four_days_down_the_next_run_catches_up_and_says_so(unchanged: Database) -> None:
    friday = MONDAY + 4 * DAY
    with unchanged.rehearsing() as session:
        assert [run_job(session, name, friday) for name in ("summary", "prompt")] == [1, 13]
        assert [run_job(session, name, friday) for name in ("summary", "prompt")] == [0, 0]
        by_channel = {row.channel: row for row in posted(session)}
    said = {channel: str(row.blocks) for channel, row in by_channel.items()}
    assert "This summary should have come on 4 January 2027 at 9am." in said[PORTFOLIO]
    assert "This prompt should have come on 4 January 2027 at 9am." in said[NORTH_EAST]
    assert "This prompt should have come on 5 January 2027 at 9am." in said[SCOTLAND]
    only_now = "You are asked for it only now, so it counts from today."
    assert by_channel[NORTH_EAST].text.endswith(f"was due on 6 January 2027. {only_now}")
    assert by_channel[SCOTLAND].text.endswith(f"was due on 7 January 2027. {only_now}")


def test_after_two_months_down_every_period_is_asked_for_once(unchanged: Database) -> None:
    """December, January and February of each of twelve contracts, and Calderwick's November."""
    march = datetime(2027, 3, 1, 9, tzinfo=UTC)
    with unchanged.rehearsing() as session:
        assert run_job(session, "prompt", march) == 12 * 3 + 1
        assert run_job(session, "prompt", march + 5 * MINUTE) == 0
        of_north_east = [row.text for row in posted(session) if row.channel == NORTH_EAST]
    assert [text.split(" on ")[0] for text in of_north_east] == [
        f"Northgate Futures Ltd: the report for {month}" for month in ("December 2026", "January 2027", "February 2027")
    ]


def test_a_summary_that_was_missed_for_weeks_comes_once_for_the_latest_week(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert run_job(session, "summary", MONDAY + 23 * DAY + 2 * HOUR) == 1
        (row,) = posted(session)
    assert "This summary should have come on 25 January 2027 at 9am." in str(row.blocks)


def test_on_time_nothing_says_that_it_is_late(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for name in ("prompt", "summary"):
            run_job(session, name, MONDAY + timedelta(minutes=59))
        for due in (REPORTED - DAY, REPORTED):  # one senior owner has a contract in Scotland
            assert run_job(session, "monthly", due + timedelta(minutes=59)) == 1
        assert len(posted(session)) == 15
        assert not any("should have come" in str(row.blocks) for row in posted(session))


def test_every_job_is_found_by_its_name_and_no_other() -> None:
    assert [job_named(job.name) for job in JOBS] == list(JOBS)
    with pytest.raises(LookupError, match=f"no job 'backup'.*{', '.join(job.name for job in JOBS)}"):
        job_named("backup")
