"""A rehearsal lists what will go out in a span as the jobs would send it, and leaves nothing behind."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session, col
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.db import Database
from bot.domain.london import london
from bot.models import OutboxMessage, OutboxState
from bot.services.pages.upcoming import Upcoming
from bot.services.progress.received_reports import note_asked
from jobs import EVERY_FIVE_MINUTES, JOBS, Job, job_named
from jobs.rehearsal import rehearse
from jobs.runner import tick
from tests.builders import DAY, HOUR, MINUTE, MONDAY, dump, job_desk, rows
from tests.conftest import Templates

SLACK = {"SLACK_BOT_TOKEN": "xoxb-not-a-real-token", "SLACK_SIGNING_SECRET": "not-a-real-secret"}


TWO = (job_named("prompt"), job_named("summary"))


def rehearsed(database: Database, begin: datetime, end: datetime, *jobs: Job) -> list[Upcoming]:
    return asyncio.run(rehearse(job_desk(database), jobs or TWO, begin, end))


def test_what_is_rehearsed_is_what_the_jobs_send_at_each_of_their_instants(portfolio: Database) -> None:
    """The morning before, on which nothing is due yet, and the day and a half on which almost everything is."""
    begin, end = MONDAY - HOUR, MONDAY + DAY + HOUR
    found = rehearsed(portfolio, begin, end)

    async def running() -> None:
        router, at = job_desk(portfolio), begin
        while at <= end:
            for job in TWO:
                if tick(job.trigger, at - timedelta(microseconds=2)) == at:
                    await job.run(router, at)
            at += 5 * MINUTE

    asyncio.run(running())
    sent = [(row.created_at, row.channel, row.text, row.why) for row in rows(portfolio, OutboxMessage)]
    assert [(each.at, each.channel, each.text, each.why) for each in found] == sent
    assert len(sent) >= 14


def test_no_instant_at_which_a_job_sends_something_is_left_out(portfolio: Database) -> None:
    """From before nine to after one, every job at each of its instants: reminders and escalations come at nine, and who
    has not answered for four working hours is passed by at one."""
    every = [job for job in JOBS if job.next_due is None]
    nine, one = (datetime(2027, 1, 13, hour, tzinfo=UTC) for hour in (9, 13))
    begin, end = nine - 10 * MINUTE, one + 10 * MINUTE
    found = rehearsed(portfolio, begin, end, *every)

    async def running() -> None:
        desk, at = job_desk(portfolio), begin
        while at <= end:
            for job in every:
                await job.run(desk, at)
                await portfolio.write(partial(send_all, at=at))
            at = tick(EVERY_FIVE_MINUTES, at)

    asyncio.run(running())
    sent = [(row.created_at, row.channel, row.text, row.why) for row in rows(portfolio, OutboxMessage)]
    assert [(each.at, each.channel, each.text, each.why) for each in found] == sent
    assert {at for at, *_ in sent} == {nine, one}


def send_all(session: Session, at: datetime) -> None:
    """Mark what waits as sent, and what asks for a report as asked."""
    waiting = select(OutboxMessage).where(col(OutboxMessage.state) == OutboxState.PENDING)
    for row in session.scalars(waiting):
        row.state, row.settled_at = OutboxState.SENT, at
        row.slack_channel, row.slack_ts = row.channel, str(at.timestamp())
        note_asked(session, row.key, london(at).date())


def test_what_was_sent_on_monday_counts_on_tuesday_and_nothing_is_kept(unchanged: Database) -> None:
    before = dump(unchanged)
    found = rehearsed(unchanged, MONDAY, MONDAY + 8 * DAY)
    assert dump(unchanged) == before
    asked = [each for each in found if each.job == "prompt"]
    assert len({(each.channel, each.text) for each in asked}) == len(asked) == 13
    assert all(each.contract_id for each in asked)
    assert summaries(found) == [MONDAY, MONDAY + 7 * DAY]


def summaries(found: list[Upcoming]) -> list[datetime]:
    """When the portfolio has its summary, whose details go in its thread."""
    return [each.at for each in found if each.text.startswith("Weekly performance summary")]


@pytest.mark.parametrize(
    ("begin", "post"),
    [
        # 28 March is Easter Sunday: the summary of that week comes on Tuesday.
        pytest.param((2027, 3, 25, 9), (2027, 3, 30, 8), id="summer time has begun"),
        pytest.param((2027, 10, 29, 14), (2027, 11, 1, 9), id="summer time has ended"),
    ],
)
def test_nine_is_nine_in_london_when_the_clocks_have_changed_and_the_summary_comes_once(
    unchanged: Database, begin: tuple[int, int, int, int], post: tuple[int, int, int, int]
) -> None:
    start, nine = datetime(*begin, tzinfo=UTC), datetime(*post, tzinfo=UTC)
    found = rehearsed(unchanged, start, nine + 3 * HOUR, job_named("summary"))
    assert summaries(found) == [start, nine], "what nobody had sent for the week before, and this week's"


def ran(*arguments: str, url: str = "sqlite:///unused.db") -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["job", *arguments], env={**SLACK, "DATABASE_URL": url})
    return done.exit_code, " ".join(done.output.replace("│", " ").split())


def test_a_span_is_printed_with_what_goes_where_and_why(templates: Templates) -> None:
    url = templates.copy("sqlite", portfolio=True)
    code, said = ran("--dry-run", "--from", "2027-01-04", "--to", "2027-01-05", url=url)
    assert code == 0
    assert said.startswith("From 4 January 2027 at midnight to 5 January 2027 at 11:59pm this would send ")
    assert (
        "4 January 2027 at 9am, prompt To C0WPNENG: Northgate Futures Ltd: the report for December 2026 on WP-NE is due"
        " on 6 January 2027. Why: the report for December 2026 on WP-NE is due on 6 January 2027."
    ) in said
    assert "4 January 2027 at 9am, summary To C0PORTFOLIO: Weekly performance summary" in said
    code, said = ran("prompt", "--dry-run", "--from", "2027-01-05", "--to", "2027-01-05T12:00", url=url)
    assert said.startswith("From 5 January 2027 at midnight to 5 January 2027 at midday this would send ")
    code, said = ran("prompt", "--dry-run", "--from", "2027-01-09", "--to", "2027-01-10", url=url)
    assert said == "From 9 January 2027 at midnight to 10 January 2027 at 11:59pm nothing would be sent."


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "2027-01-04", "--to", "2027-01-05"], "A span needs --from, --to and --dry-run, and no --at."),
        (["--dry-run", "--from", "2027-01-04"], "A span needs --from, --to and --dry-run, and no --at."),
        (["--dry-run"], "Name one job, or give --dry-run, --from and --to for all of them."),
        (["--dry-run", "--from", "2027-01-05", "--to", "2027-01-04"], "--to must not be before --from"),
        (["--dry-run", "--from", "2027-01-05", "--to", "soon"], "For example: --to 2027-01-04T09:00"),
    ],
)
def test_a_span_that_cannot_be_is_answered_in_a_sentence(tmp_path: Path, arguments: list[str], says: str) -> None:
    code, said = ran(*arguments, url=f"sqlite:///{tmp_path / 'unused.db'}")
    assert code == 2
    assert says in said
