"""A workspace that runs for long, and is asked for odd things, stands and does not grow without end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websockets

from tests.workspace.conftest import HTTP, Clock, World, build
from tests.workspace.everything import EVERYTHING
from workspace import Server, create_app
from workspace.errors import SlackError
from workspace.state.grants import Grants
from workspace.wire.delivery import envelope

Json = dict[str, Any]


@pytest.fixture
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(manifest=EVERYTHING)


@pytest.mark.parametrize("path", ["people/U0BOB/revision", "control/traffic"])
def test_nobody_waits_for_a_time_that_is_none(world: World, path: str) -> None:
    answer = HTTP.get(f"{world.url}/{path}?since=999&wait=nan", timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"error": "Expected since and wait as numbers."})


def test_what_expired_long_ago_is_forgotten() -> None:
    clock = Clock()
    grants = Grants(clock.now)
    trigger, response = grants.trigger("U0BOB"), grants.response("U0BOB", "C0OPEN")
    clock.advance(minutes=59)
    grants.trigger("U0BOB")
    grants.response("U0BOB", "C0OPEN")
    with pytest.raises(SlackError, match="expired_trigger_id"):
        grants.check(trigger)
    with pytest.raises(SlackError, match="expired_url"):
        grants.spend(response)
    clock.advance(minutes=2)
    grants.trigger("U0BOB")
    grants.response("U0BOB", "C0OPEN")
    with pytest.raises(SlackError, match="invalid_trigger_id"):
        grants.check(trigger)
    with pytest.raises(SlackError, match="invalid_url"):
        grants.spend(response)


def test_trigger_ids_differ_even_after_some_were_forgotten() -> None:
    clock = Clock()
    grants = Grants(clock.now)
    seen = set()
    for _ in range(5):
        seen.add(grants.trigger("U0BOB").split(".")[1])
        clock.advance(hours=2)
    assert len(seen) == 5


def test_a_deleted_file_gives_its_id_to_no_other(world: World) -> None:
    def uploaded(name: str) -> str:
        made = world.web.files_upload_v2(filename=name, content=name)
        return str(made["file"]["id"])

    first, second = uploaded("one.txt"), uploaded("two.txt")
    world.web.files_delete(file=first)
    third = uploaded("three.txt")
    assert len({first, second, third}) == 3
    assert world.web.files_info(file=second)["file"]["name"] == "two.txt"


def test_unused_socket_tickets_are_forgotten(world: World) -> None:
    def address() -> str:
        return str(world.call("apps.connections.open", token=world.settings.app_token)["url"])

    oldest = address()
    for _ in range(1000):
        address()

    async def connect(url: str) -> Json:
        async with websockets.connect(url) as connection:
            hello: Json = json.loads(await connection.recv())
            return hello

    with pytest.raises(websockets.InvalidStatus):
        asyncio.run(connect(oldest))
    assert asyncio.run(connect(address()))["type"] == "hello"


def test_ten_connections_even_where_all_come_at_once() -> None:
    settings = build(Clock(), None)
    with Server(create_app(settings)) as served:
        headers = {"Authorization": f"Bearer {settings.app_token}"}
        tickets = [HTTP.post(f"{served.url}/api/apps.connections.open", headers=headers).json() for _ in range(14)]
        assert sorted(asyncio.run(_greeted([ticket["url"] for ticket in tickets]))) == list(range(1, 11))


async def _greeted(urls: list[str]) -> list[int]:
    """Connect to all of them at once; what hello says to those that are let in."""

    async def connect(url: str) -> websockets.ClientConnection | None:
        try:
            return await websockets.connect(url)
        except websockets.InvalidStatus:
            return None

    opened = [one for one in await asyncio.gather(*map(connect, urls)) if one]
    counts = [int(json.loads(await one.recv())["num_connections"]) for one in opened]
    for one in opened:
        await one.close()
    return counts


@pytest.mark.parametrize(
    ("kind", "payload", "may"),
    [
        ("slash_commands", {"command": "/risk"}, True),
        ("interactive", {"type": "view_submission"}, True),
        ("interactive", {"type": "block_suggestion"}, True),
        ("interactive", {"type": "block_actions"}, False),
        ("interactive", {"type": "shortcut"}, False),
        ("interactive", {"type": "view_closed"}, False),
        ("events_api", {"type": "event_callback"}, False),
    ],
)
def test_an_envelope_says_whether_an_answer_may_say_something(kind: str, payload: Json, may: bool) -> None:
    assert json.loads(envelope(kind, payload, None).body)["accepts_response_payload"] is may


def test_a_page_of_another_site_changes_nothing(world: World) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    form = {"token": world.settings.bot_token, "channel": "C0OPEN", "text": "x"}
    for path in ("api/chat.postMessage", "people/U0BOB/say", "control/faults", "as/U0BOB/C0OPEN/live"):
        answer = HTTP.post(f"{world.url}/{path}", data=form, headers=foreign)
        assert (answer.status_code, answer.json()) == (403, {"error": "That came from another site."}), path
    assert HTTP.delete(f"{world.url}/control/faults", headers=foreign).status_code == 403
    assert HTTP.post(f"{world.url}/api/chat.postMessage", data=form, headers={"Origin": world.url}).json()["ok"]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"have": ' + b"[" * 100_000, b'{"have": NaN}', b'{"have": [[1]]}'])
def test_a_page_that_asks_for_nonsense_is_told(world: World, body: bytes) -> None:
    assert HTTP.post(f"{world.url}/as/U0BOB/C0OPEN/live", content=body).status_code == 400
