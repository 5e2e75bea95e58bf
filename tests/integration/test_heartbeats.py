"""How the jobs go is written down by every worker, and who keeps Liaison hears of a job that does not succeed, once."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlmodel import Session, col

from bot.clock import MovableClock
from bot.db import Database
from bot.domain.london import london
from bot.job_watch import JobWatch
from bot.models import JobHeartbeat, OutboxMessage, OutboxState, Person
from bot.services.health import heartbeats, job_alerts
from bot.services.health.heartbeats import Expected
from bot.services.health.job_alerts import Incidents
from jobs import EVERY_FIVE_MINUTES, EVERY_SECOND, JOBS, Job, job_named
from jobs.context import JobContext, Planned
from jobs.runner import JobRunner, overdue_after
from tests.builders import DAY, HOUR, MINUTE, MONDAY, job_desk, rows, work
from tests.integration.together import at_once

FRIDAY_EVENING = datetime(2027, 1, 8, 18, 55, tzinfo=UTC)


async def _planned(_: JobContext, __: datetime) -> list[Planned]:
    return []


def job(fails_at: datetime | None = None) -> Job:
    """The job `prompt`, which does nothing, or fails at an instant."""

    async def run(_: JobContext, now: datetime) -> int:
        if now == fails_at:
            raise ValueError("Amira Shah has no channel")
        return 1

    return Job("prompt", "ask partners", EVERY_FIVE_MINUTES, run, _planned)


def heartbeat(database: Database, name: str = "prompt") -> JobHeartbeat:
    return next(row for row in rows(database, JobHeartbeat) if row.job == name)


def look(database: Database, now: datetime) -> Incidents:
    with database.writing() as session:
        return job_alerts.check_jobs(work(session, now, "watch"))


def told(database: Database) -> list[tuple[str, str]]:
    return [(row.channel, row.text) for row in rows(database, OutboxMessage)]


def expect(session: Session, overdue_at: datetime, *names: str) -> None:
    heartbeats.watch_over(
        session, MONDAY, [Expected(name, f"do {name}", MONDAY + 5 * MINUTE, overdue_at) for name in names]
    )


def test_a_run_says_when_it_began_and_succeeded_and_when_the_next_is(portfolio: Database) -> None:
    async def running() -> None:
        runs = JobRunner(job_desk(portfolio))
        await runs.watch_over(MONDAY)
        await runs.run(job(), MONDAY)
        with pytest.raises(ValueError, match="Amira"):
            await runs.run(job(fails_at=MONDAY + 5 * MINUTE), MONDAY + 5 * MINUTE)

    asyncio.run(running())
    row = heartbeat(portfolio)
    assert (row.started_at, row.succeeded_at, row.next_run_at) == (MONDAY, MONDAY, MONDAY + 5 * MINUTE)
    assert row.failed_at == MONDAY + 5 * MINUTE
    assert re.fullmatch("ValueError, reference [0-9a-f]{8}", row.reason), "no name of a person"
    assert row.overdue_at == MONDAY + 15 * MINUTE
    assert {row.job for row in rows(portfolio, JobHeartbeat)} == {job.name for job in JOBS}


def test_what_is_written_seldom_is_written_in_the_end(portfolio: Database) -> None:
    async def running() -> None:
        runs = JobRunner(job_desk(portfolio))
        await runs.watch_over(MONDAY)
        for minutes in (0, 5, 10):
            await runs.run(job(), MONDAY + minutes * MINUTE)
        assert heartbeat(portfolio).succeeded_at == MONDAY, "ten seconds have not passed"
        await runs.flush()

    asyncio.run(running())
    assert heartbeat(portfolio).succeeded_at == MONDAY + 10 * MINUTE
    assert heartbeat(portfolio).started_at == MONDAY + 10 * MINUTE


def test_a_job_runs_though_how_it_goes_cannot_be_written(empty: Database, caplog: pytest.LogCaptureFixture) -> None:
    with empty.writing() as session:
        session.execute(text("drop table job_heartbeat"))
    assert asyncio.run(JobRunner(job_desk(empty)).run(job(), MONDAY)) == 1
    assert "how job prompt goes was not written down" in caplog.text


def test_workers_at_the_same_instant_leave_the_latest_of_each_kind(portfolio_url: str, portfolio: Database) -> None:
    def worker(database: Database, barrier: Barrier) -> None:
        barrier.wait()
        with database.writing() as session:
            expect(session, MONDAY, "prompt", "summary")
        for minute in range(10):
            barrier.wait()
            with database.writing() as session:
                heartbeats.started(session, "prompt", MONDAY + minute * MINUTE, MONDAY + HOUR)
            with database.writing() as session:
                heartbeats.succeeded(session, "prompt", MONDAY + (9 - minute) * MINUTE, MONDAY + HOUR)

    at_once(portfolio_url, 3, worker)
    assert len(rows(portfolio, JobHeartbeat)) == 2
    row = heartbeat(portfolio)
    assert (row.started_at, row.succeeded_at) == (MONDAY + 9 * MINUTE, MONDAY + 9 * MINUTE)


def test_the_administrators_hear_of_an_incident_once_and_of_its_end(portfolio_url: str, portfolio: Database) -> None:
    nadia = ["U0NADIA"]
    with portfolio.writing() as session:
        expect(session, MONDAY + 15 * MINUTE, "prompt", "summary")
        heartbeats.failed(session, "prompt", MONDAY, "OperationalError")
    assert look(portfolio, MONDAY + 15 * MINUTE) == Incidents(frozenset(), nadia)
    assert told(portfolio) == []

    def worker(database: Database, barrier: Barrier) -> Incidents:
        barrier.wait()
        return look(database, MONDAY + 16 * MINUTE)

    assert at_once(portfolio_url, 3, worker)[0].administrators == nadia
    late = ("U0NADIA", "Liaison needs a look: prompt and summary have not succeeded when expected.")
    assert told(portfolio) == [late]
    assert "The last run failed: OperationalError" in str(rows(portfolio, OutboxMessage)[0].blocks)
    look(portfolio, MONDAY + HOUR)
    assert told(portfolio) == [late], "once for each incident"
    with portfolio.writing() as session:
        heartbeats.succeeded(session, "prompt", MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert look(portfolio, MONDAY + HOUR + MINUTE).late == {"summary"}
    recovered = ("U0NADIA", "Liaison has recovered: prompt succeeds again.")
    assert told(portfolio) == [late, recovered]
    look(portfolio, MONDAY + 3 * HOUR)
    again = ("U0NADIA", "Liaison needs a look: prompt has not succeeded when expected.")
    assert told(portfolio) == [late, recovered, again], "a new incident after it had recovered"


def test_a_partners_person_who_was_made_an_administrator_by_mistake_hears_nothing(portfolio: Database) -> None:
    with portfolio.writing() as session:
        session.scalars(select(Person).where(col(Person.slack) == "U0PRIYA")).one().administrator = True
        expect(session, MONDAY, "prompt")
    look(portfolio, MONDAY + MINUTE)
    assert [channel for channel, _ in told(portfolio)] == ["U0NADIA"]


def test_what_is_to_be_watched_is_what_there_is(portfolio: Database) -> None:
    with portfolio.writing() as session:
        expect(session, MONDAY + DAY, "prompt", "backup")
        expect(session, MONDAY + 2 * DAY, "prompt", "summary")
    assert {row.job: row.overdue_at for row in rows(portfolio, JobHeartbeat)} == {
        "prompt": MONDAY + DAY,
        "summary": MONDAY + 2 * DAY,
    }


def test_where_nothing_delivers_the_web_process_delivers_to_the_administrators_alone(portfolio: Database) -> None:
    """Nothing listens at the address of Slack here: that it was tried shows in the row."""
    asyncio.run(job_named("summary").run(job_desk(portfolio), MONDAY))
    clock = MovableClock(MONDAY)

    async def job_alerts() -> None:
        watch = JobWatch(JobRunner(job_desk(portfolio)), clock)
        await watch.check()
        clock.advance(6 * MINUTE)
        await watch.check()

    asyncio.run(job_alerts())
    states = {row.channel: row.state for row in rows(portfolio, OutboxMessage)}
    assert states == {"C0PORTFOLIO": OutboxState.PENDING, "U0NADIA": OutboxState.FAILED}


@pytest.mark.parametrize(
    ("success", "overdue"),
    [
        pytest.param(MONDAY, MONDAY + 15 * MINUTE, id="three intervals"),
        pytest.param(FRIDAY_EVENING, datetime(2027, 1, 11, 7, 10, tzinfo=UTC), id="a weekend is no delay"),
        pytest.param(
            datetime(2027, 3, 26, 18, 55, tzinfo=UTC), datetime(2027, 3, 29, 6, 10, tzinfo=UTC), id="summer time begins"
        ),
    ],
)
def test_a_job_is_overdue_after_three_of_its_own_instants(success: datetime, overdue: datetime) -> None:
    assert overdue_after(EVERY_FIVE_MINUTES, success) == overdue
    assert london(overdue).minute in {10, 15}


def test_a_job_of_each_second_is_not_overdue_because_a_worker_is_started_again() -> None:
    assert overdue_after(EVERY_SECOND, MONDAY) == MONDAY + timedelta(minutes=5)
