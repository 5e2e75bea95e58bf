"""Bodies that stop coming, and those who hang up: the rest is in the acceptance tests."""

import asyncio
from datetime import timedelta

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.types import Message, Scope

from bot.receiving import Receiver

SCOPE: Scope = {"type": "http", "method": "POST", "path": "/slack/events", "headers": [], "query_string": b""}


async def answered(*parts: Message) -> tuple[int, str | None]:
    """The status, and what becomes of the connection, after these parts and then nothing more."""
    coming = iter(parts)

    async def receive() -> Message:
        for part in coming:
            return part
        never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        return await never

    bolt = AsyncApp(token="xoxb-test", signing_secret="secret")
    receiver = Receiver(bolt, SignatureVerifier("secret"), comes_within=timedelta(milliseconds=20))
    answer = await receiver.receive(Request(SCOPE, receive))
    return answer.status_code, answer.headers.get("connection")


@pytest.mark.parametrize("parts", [(), ({"type": "http.request", "body": b"half", "more_body": True},)])
def test_a_body_that_stops_coming_is_waited_for_no_longer(parts: tuple[Message, ...]) -> None:
    assert asyncio.run(answered(*parts)) == (408, "close")


def test_who_hangs_up_gets_no_further() -> None:
    assert asyncio.run(answered({"type": "http.disconnect"})) == (400, "close")
