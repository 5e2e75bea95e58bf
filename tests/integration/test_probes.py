"""What a host is told of a bot that cannot do its work: one word, whatever is wrong."""

import asyncio
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.app import build
from bot.config import Settings
from bot.db import Database
from bot.metrics import BOUNDS, RequestMetrics
from tests.conftest import Templates


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
