"""Socket Mode, with the SDK's own client and Bolt's own adapter."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
import websockets
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.conftest import HTTP, Clock, build
from tests.workspace.sample import Sample
from workspace import Control, Person, Server, create_app
from workspace.core import Workspace

Json = dict[str, Any]


@asynccontextmanager
async def raw(url: str, token: str) -> AsyncIterator[websockets.ClientConnection]:
    """One connection by hand, after its hello."""
    client = AsyncWebClient(token=token, base_url=f"{url}/api/")
    address = (await client.apps_connections_open(app_token=token))["url"]
    async with websockets.connect(address) as socket:
        hello = json.loads(await socket.recv())
        assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", "A0SAMPLE")
        yield socket


def test_a_bolt_app_over_socket_mode() -> None:
    settings = build(Clock(), None)
    with Server(create_app(settings)) as served:
        asyncio.run(_bolt(served.url, settings.bot_token, settings.app_token))


async def _bolt(url: str, bot_token: str, app_token: str) -> None:
    client = AsyncWebClient(token=bot_token, base_url=f"{url}/api/")
    sample = Sample(client, "unused")
    handler = AsyncSocketModeHandler(sample.app, app_token, web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    try:
        await asyncio.to_thread(_as_a_person, url, sample)
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


def _as_a_person(url: str, sample: Sample) -> None:
    with Person(url, "U0ALICE") as alice:
        [answer] = alice.command("/risk hello", channel="C0OPEN")
        assert answer.plain == "You said hello"
        alice.command("/risk form", channel="C0OPEN")
        sample.on_submit = {"response_action": "errors", "errors": {"title": "No"}}
        assert alice.submit(alice.modal(), {"title": "x", "impact": "major"}).errors == {"title": "No"}
        sample.on_submit = {}
        assert alice.submit(alice.modal(), {}).closed
        alice.say("hi", channel=alice.direct_channel)
        alice.wait(lambda p: any(m.plain == "You wrote hi" for m in p.direct_messages()))


def test_envelopes_go_round_the_connections() -> None:
    settings = build(Clock(), None)
    app = create_app(settings)
    with Server(app) as served:
        asyncio.run(_round(served.url, settings.app_token, app.state.workspace))


async def _round(url: str, token: str, workspace: Workspace) -> None:
    async with raw(url, token) as one, raw(url, token) as two:
        with Person(url, "U0ALICE") as alice:
            for socket in (one, two):
                asking = asyncio.create_task(asyncio.to_thread(alice.command, "/risk x", channel="C0OPEN"))
                envelope = json.loads(await asyncio.wait_for(socket.recv(), 5))
                assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
                assert envelope["payload"]["command"] == "/risk"
                await socket.send("not JSON")
                await socket.send(json.dumps({"envelope_id": "unknown"}))
                await socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "ok"}}))
                assert [message.plain for message in await asking] == ["ok"]
            await asyncio.to_thread(alice.say, "hi", channel="C0SHARED")
            event = json.loads(await asyncio.wait_for(one.recv(), 5))
            assert (event["type"], event["retry_attempt"], event["accepts_response_payload"]) == (
                "events_api",
                0,
                False,
            )
            await one.send(json.dumps({"envelope_id": event["envelope_id"]}))
        pong = await one.ping(b"same data")
        await asyncio.wait_for(pong, 5)
        assert workspace.sockets.connections == 2


def test_disconnect_brings_a_new_connection() -> None:
    settings = build(Clock(), None)
    app = create_app(settings)
    with Server(app) as served:
        assert HTTP.post(f"{served.url}/control/disconnect", json={"reason": "x"}).status_code == 400
        asyncio.run(_reconnect(served.url, settings.app_token))


async def _reconnect(url: str, token: str) -> None:
    client = SocketModeClient(app_token=token, web_client=AsyncWebClient(base_url=f"{url}/api/"))
    again = asyncio.Event()
    hellos: list[str] = []

    async def listen(_: Any, message: Json, __: Any) -> None:  # noqa: ANN401 - the SDK's shape
        if message.get("type") == "hello":
            hellos.append("hello")
            if len(hellos) == 2:
                again.set()

    client.message_listeners.append(listen)
    await client.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    try:
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"{url}/control/disconnect", json={"reason": "refresh_requested"})
        assert answer.json() == {"told": 1}
        await asyncio.wait_for(again.wait(), 8)
    finally:
        await client.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


def test_a_connection_needs_a_ticket() -> None:
    settings = build(Clock(), None)
    with Server(create_app(settings)) as served:
        asyncio.run(_turned_away(served.url.replace("http", "ws")))


async def _turned_away(url: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(f"{url}/socket-mode?ticket=guess")
    assert refused.value.response.status_code == 403


def test_an_event_whose_connection_broke_comes_over_another_one() -> None:
    """And a command does not: the person is told, as in Slack."""
    settings = build(Clock(), None)
    with Server(create_app(settings)) as served:
        asyncio.run(_broken(served.url, settings.app_token))


async def _broken(url: str, token: str) -> None:
    with Person(url, "U0ALICE") as alice, Control(url) as control:
        async with raw(url, token) as one, raw(url, token) as two:
            await asyncio.to_thread(alice.say, "hi", channel="C0SHARED")
            first = json.loads(await asyncio.wait_for(one.recv(), 5))
            assert await asyncio.to_thread(control.disconnect, "abrupt", connections=1) == 1
            with pytest.raises(websockets.ConnectionClosedError):
                await asyncio.wait_for(one.recv(), 5)
            again = json.loads(await asyncio.wait_for(two.recv(), 5))
            assert again["payload"] == first["payload"]
            assert again["envelope_id"] != first["envelope_id"]
            assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_failed")
            await two.send(json.dumps({"envelope_id": again["envelope_id"]}))
            asking = asyncio.create_task(asyncio.to_thread(alice.command, "/risk x", channel="C0OPEN"))
            await asyncio.wait_for(two.recv(), 5)
            await asyncio.to_thread(control.disconnect, "abrupt")
            [failed] = await asking
            assert failed.plain == "/risk failed with the error “dispatch_failed”"


def test_a_connection_lives_as_long_as_hello_says() -> None:
    """Six minutes with debug_reconnects: a warning first, and ten seconds later the end."""
    waits: list[float] = []
    passing = threading.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.to_thread(passing.wait, 10)

    settings = build(Clock(), None, sleep=sleep)
    app = create_app(settings)
    with Server(app) as served:
        asyncio.run(_lifetime(served.url, settings.app_token, passing))
    assert waits == [350, 10]


async def _lifetime(url: str, token: str, passing: threading.Event) -> None:
    client = AsyncWebClient(token=token, base_url=f"{url}/api/")
    address = (await client.apps_connections_open(app_token=token))["url"] + "&debug_reconnects=true"
    async with websockets.connect(address) as socket:
        hello = json.loads(await socket.recv())
        assert hello["debug_info"]["approximate_connection_time"] == 360
        passing.set()
        for reason in ("warning", "refresh_requested"):
            assert json.loads(await asyncio.wait_for(socket.recv(), 5))["reason"] == reason
        with pytest.raises(websockets.ConnectionClosedOK):
            await asyncio.wait_for(socket.recv(), 5)


def test_ten_connections_and_no_more() -> None:
    settings = build(Clock(), None)
    with Server(create_app(settings)) as served:
        asyncio.run(_eleven(served.url, settings.app_token))


async def _eleven(url: str, token: str) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(raw(url, token))
        with pytest.raises(websockets.InvalidStatus):
            await stack.enter_async_context(raw(url, token))
