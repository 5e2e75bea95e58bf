"""The jobs: what runs at which instant, once however often it runs, and later if it was missed."""

import asyncio
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from bot.db import Database
from bot.models import OutboxMessage
from jobs import JOBS, job_named
from jobs.desk import Planned
from tests.builders import DAY, HOUR, MINUTE, MONDAY, dump, job_desk, rows
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
    async def running() -> int:
        return await job_named(name).run(job_desk(database), now)

    return asyncio.run(running())


def plan(database: Database, name: str, now: datetime = MONDAY) -> list[Planned]:
    async def planning() -> list[Planned]:
        return await job_named(name).plan(job_desk(database), now)

    return asyncio.run(planning())


def posted(database: Database) -> list[OutboxMessage]:
    return rows(database, OutboxMessage)


@pytest.mark.parametrize("name", [job.name for job in JOBS])
def test_a_dry_run_changes_nothing(portfolio: Database, name: str) -> None:
    before = dump(portfolio)
    assert sum(len(table) for table in before.values()) > 200
    planned = plan(portfolio, name)
    assert dump(portfolio) == before
    assert bool(planned) is (name != "deliver")


def test_a_dry_run_says_what_goes_where_and_why(portfolio: Database) -> None:
    (summary,) = plan(portfolio, "summary")
    assert summary.channel == PORTFOLIO
    assert summary.text.startswith("Weekly performance summary, 4 January 2027: ")
    assert summary.why == "the weekly performance summary of Monday is due in this channel"
    prompts = {planned.channel: planned for planned in plan(portfolio, "prompt") if "December" in planned.text}
    assert prompts[NORTH_EAST].text == (
        "Northgate Futures Ltd: the report for December 2026 on WP-NE is due on 6 January 2027."
    )
    assert prompts[NORTH_EAST].why == "the report for December 2026 on WP-NE is due on 6 January 2027"


@pytest.mark.parametrize("name", ["prompt", "summary"])
def test_a_run_sends_what_its_dry_run_said_and_a_second_run_sends_nothing(portfolio: Database, name: str) -> None:
    planned = plan(portfolio, name)
    assert run(portfolio, name) == len(planned)
    assert [Planned(row.channel, row.text, row.why) for row in posted(portfolio)] == planned
    before = dump(portfolio)
    assert plan(portfolio, name) == []
    assert run(portfolio, name) == 0
    assert run(portfolio, name, MONDAY + 5 * MINUTE) == 0
    assert dump(portfolio) == before


def test_a_dry_run_of_delivery_lists_what_waits(portfolio: Database) -> None:
    run(portfolio, "summary")
    (row,) = posted(portfolio)
    before = dump(portfolio)
    assert plan(portfolio, "deliver") == [Planned(row.channel, row.text, row.why)]
    assert dump(portfolio) == before


def test_the_partners_are_asked_and_nobody_twice_in_a_day_of_runs(portfolio: Database) -> None:
    """Eleven reports for December, and the one for November that Calderwick still owes; Scotland's a day later."""
    for minutes in range(0, 24 * 60, 60):
        run(portfolio, "prompt", MONDAY + minutes * MINUTE)
    assert len(posted(portfolio)) == 12
    assert SCOTLAND not in {row.channel for row in posted(portfolio)}
    assert run(portfolio, "prompt", MONDAY + DAY) == 1
    assert posted(portfolio)[-1].channel == SCOTLAND


def test_workers_that_run_the_jobs_at_the_same_instant_post_each_message_once(
    portfolio_url: str, portfolio: Database
) -> None:
    def worker(database: Database, barrier: Barrier) -> int:
        barrier.wait()
        return run(database, "prompt") + run(database, "summary")

    assert sum(at_once(portfolio_url, 3, worker)) == 13
    keys = [row.key for row in posted(portfolio)]
    assert len(keys) == len(set(keys)) == 13
    assert len({(row.channel, row.text) for row in posted(portfolio)}) == 13


@pytest.mark.parametrize("instant", CLOSED)
def test_no_partner_is_asked_out_of_hours(portfolio: Database, instant: datetime) -> None:
    assert plan(portfolio, "prompt", instant) == []
    assert run(portfolio, "prompt", instant) == 0
    assert posted(portfolio) == []


def test_a_holiday_of_one_nation_holds_up_no_other(portfolio: Database) -> None:
    """On 17 March the contract in Northern Ireland waits; on 18 March it is asked."""
    saint_patrick = datetime(2027, 3, 17, 9, tzinfo=UTC)
    run(portfolio, "prompt", saint_patrick)
    assert "C0HANILG" not in {row.channel for row in posted(portfolio)}
    assert NORTH_EAST in {row.channel for row in posted(portfolio)}
    run(portfolio, "prompt", saint_patrick + DAY)
    assert "C0HANILG" in {row.channel for row in posted(portfolio)}


def test_the_summary_waits_until_9am_on_monday(portfolio: Database) -> None:
    assert plan(portfolio, "summary", MONDAY - MINUTE) == []
    assert len(plan(portfolio, "summary", MONDAY)) == 1
    run(portfolio, "summary", MONDAY)
    for later in (HOUR, DAY, 4 * DAY, 6 * DAY, 7 * DAY - MINUTE):
        assert plan(portfolio, "summary", MONDAY + later) == []
    assert len(plan(portfolio, "summary", MONDAY + 7 * DAY)) == 1


def test_after_four_days_down_the_next_run_catches_up_and_says_so(portfolio: Database) -> None:
    friday = MONDAY + 4 * DAY
    assert run(portfolio, "summary", friday) == 1
    assert run(portfolio, "prompt", friday) == 13
    assert run(portfolio, "summary", friday) == run(portfolio, "prompt", friday) == 0
    by_channel = {row.channel: row for row in posted(portfolio)}
    said = {channel: str(row.blocks) for channel, row in by_channel.items()}
    assert "This summary should have come on 4 January 2027 at 9am." in said[PORTFOLIO]
    assert "This prompt should have come on 4 January 2027 at 9am." in said[NORTH_EAST]
    assert "This prompt should have come on 5 January 2027 at 9am." in said[SCOTLAND]
    assert by_channel[NORTH_EAST].text.endswith("was due on 6 January 2027 and is 2 working days late.")
    assert by_channel[SCOTLAND].text.endswith("was due on 7 January 2027 and is 1 working day late.")


def test_after_three_months_down_every_period_is_asked_for_once(portfolio: Database) -> None:
    """December, January and February of each of twelve contracts, and Calderwick's November."""
    march = datetime(2027, 3, 1, 9, tzinfo=UTC)
    assert run(portfolio, "prompt", march) == 12 * 3 + 1
    assert run(portfolio, "prompt", march + 5 * MINUTE) == 0
    of_north_east = [row.text for row in posted(portfolio) if row.channel == NORTH_EAST]
    assert [text.split(" on ")[0] for text in of_north_east] == [
        f"Northgate Futures Ltd: the report for {month}" for month in ("December 2026", "January 2027", "February 2027")
    ]


def test_a_summary_that_was_missed_for_weeks_comes_once_for_the_latest_week(portfolio: Database) -> None:
    later = MONDAY + 23 * DAY + 2 * HOUR
    assert run(portfolio, "summary", later) == 1
    (row,) = posted(portfolio)
    assert "This summary should have come on 25 January 2027 at 9am." in str(row.blocks)


def test_on_time_nothing_says_that_it_is_late(portfolio: Database) -> None:
    run(portfolio, "summary", MONDAY + timedelta(minutes=59))
    run(portfolio, "prompt", MONDAY + timedelta(minutes=59))
    assert len(posted(portfolio)) == 13
    assert not any("should have come" in str(row.blocks) for row in posted(portfolio))


def test_every_job_is_found_by_its_name_and_no_other() -> None:
    assert [job_named(job.name) for job in JOBS] == list(JOBS)
    with pytest.raises(LookupError, match=r"no job 'backup'.*deliver, prompt, summary"):
        job_named("backup")
