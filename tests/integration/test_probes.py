"""What a host is told of a bot that cannot do its work: one word, whatever is wrong."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot import probes
from bot.app import build
from bot.clock import MovableClock
from bot.config import Settings
from bot.db import Database
from bot.metrics import BOUNDS, RequestMetrics
from tests.conftest import Templates

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
TOKEN = "of-whoever-asks-for-figures"


def ready(database_url: str, token: str = "xoxb-not-a-real-token") -> tuple[int, str]:
    settings = Settings(
        slack_bot_token=SecretStr(token), slack_signing_secret=SecretStr("s"), database_url=database_url
    )
    liaison = build(settings)

    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(liaison.web())
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return await client.get("/readyz")

    answer = asyncio.run(asking())
    liaison.close()
    return answer.status_code, answer.text


def test_a_bot_that_can_work_is_ready(portfolio_url: str) -> None:
    assert ready(portfolio_url) == (200, "ready")


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/liaison.db", "postgresql+psycopg://liaison@127.0.0.1:9/liaison"]
)
def test_a_database_that_does_not_answer_is_the_reason(url: str) -> None:
    assert ready(url) == (503, "database")


def test_a_database_that_was_not_migrated_is_the_reason(tmp_path: Path) -> None:
    assert ready(f"sqlite:///{tmp_path / 'new.db'}") == (503, "migrations")


def test_a_database_that_was_changed_by_hand_is_the_reason(portfolio: Database, portfolio_url: str) -> None:
    with portfolio.engine.begin() as connection:
        connection.execute(text("drop index ix_risk_review_on"))
    assert ready(portfolio_url) == (503, "shape")


def test_a_token_of_nothing_is_the_reason(templates: Templates) -> None:
    assert ready(templates.copy("sqlite", portfolio=False), "xoxb-") == (503, "token")


def asked_of_worker(url: str, began_at: datetime | None, now: datetime) -> list[tuple[int, str]]:
    """What a worker whose last job began then answers to its probes."""
    database = Database(url)
    app = probes.worker(MovableClock(now), database, lambda: began_at)

    async def asking() -> list[tuple[int, str]]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://worker") as client:
            answers = [await client.get(path) for path in ("/livez", "/readyz")]
        return [(answer.status_code, answer.text) for answer in answers]

    found = asyncio.run(asking())
    database.close()
    return found


def test_a_worker_that_runs_its_jobs_is_alive_and_ready(portfolio_url: str) -> None:
    assert asked_of_worker(portfolio_url, MONDAY, MONDAY + MINUTE) == [(200, "ok"), (200, "ready")]


@pytest.mark.parametrize(
    ("began_at", "reason"), [(None, "scheduler"), (MONDAY - MINUTE - SECOND, "jobs")], ids=["no scheduler", "no job"]
)
def test_a_worker_that_runs_none_is_neither(empty_url: str, began_at: datetime | None, reason: str) -> None:
    assert asked_of_worker(empty_url, began_at, MONDAY) == [(503, reason), (503, reason)]


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/liaison.db", "postgresql+psycopg://liaison@127.0.0.1:9/liaison"]
)
def test_a_worker_whose_database_does_not_answer_is_alive_and_not_ready(url: str) -> None:
    assert asked_of_worker(url, MONDAY, MONDAY) == [(200, "ok"), (503, "database")]


def test_figures_are_for_whoever_has_the_token_and_without_one_for_nobody(templates: Templates) -> None:
    url = templates.copy("sqlite", portfolio=False)

    def status(token: str | None, given: str) -> int:
        settings = Settings(
            slack_bot_token=SecretStr("xoxb-not-a-real-token"),
            slack_signing_secret=SecretStr("s"),
            database_url=url,
            metrics_token=None if token is None else SecretStr(token),
        )
        liaison = build(settings)

        async def asking() -> int:
            transport = httpx.ASGITransport(liaison.web())
            async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
                return (await client.get("/metrics", headers={"Authorization": given})).status_code

        found = asyncio.run(asking())
        liaison.close()
        return found

    assert status(TOKEN, f"Bearer {TOKEN}") == 200
    assert [status(TOKEN, given) for given in ("", "Bearer ", TOKEN, f"Bearer {TOKEN} x", f"Basic {TOKEN}")] == [
        401
    ] * 5
    assert [status(None, given) for given in ("", "Bearer ", "Bearer None")] == [404] * 3


def test_a_request_is_counted_in_every_bucket_that_it_fits() -> None:
    answered = RequestMetrics()
    for seconds in (0.004, 0.3, 9.0):
        answered.note("click", "done", seconds)
    lines = answered.lines()
    buckets = [int(line.rsplit(" ", 1)[1]) for line in lines if "_bucket{" in line]
    assert buckets == [1 if bound < 0.3 else 2 for bound in BOUNDS] + [3]
    assert lines[-2:] == [
        'liaison_request_duration_seconds_sum{kind="click",outcome="done"} 9.304',
        'liaison_request_duration_seconds_count{kind="click",outcome="done"} 3',
    ]
