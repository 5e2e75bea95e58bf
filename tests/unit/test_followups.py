"""What is done after the acknowledgement is waited for to its end."""

import asyncio
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import MovableClock
from bot.db import Database
from bot.delivery.charts import Charts
from bot.delivery.slack import Slack
from bot.interactions.followups import Followups
from tests.builders import MESSAGES, MONDAY


def test_what_begins_while_one_waits_is_waited_for_as_well(tmp_path: Path) -> None:
    done: list[str] = []

    async def play() -> None:
        slack = Slack(AsyncWebClient(token="xoxb-test"))
        afterwards = Followups(
            slack, Charts(Database(f"sqlite:///{tmp_path}/never.db"), slack, MovableClock(MONDAY)), MESSAGES
        )

        async def second() -> None:
            for _ in range(10):
                await asyncio.sleep(0)
            done.append("second")

        async def first() -> None:
            afterwards.start(second())
            done.append("first")

        afterwards.start(first())
        await afterwards.drain()

    asyncio.run(play())
    assert done == ["first", "second"]
