"""The list of what is supported says what is so."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from tests.workspace.conftest import HTTP, World
from tests.workspace.everything import EVERYTHING, told
from tests.workspace.test_organisations import ORGANISATIONS
from workspace import Control, parse_seed
from workspace.support import support_lines

Json = dict[str, Any]
LEVELS = {(line.kind, line.name): line.level for line in support_lines()}


@pytest.fixture(scope="module")
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(seed=parse_seed(ORGANISATIONS), manifest=EVERYTHING)


def test_each_stands_there_once_and_says_why() -> None:
    lines = support_lines()
    assert len(LEVELS) == len(lines)
    assert {line.level for line in lines} == {"supported", "partial", "not supported"}
    assert [line.name for line in lines if line.level != "supported" and not line.note] == []


def test_every_method_answers_as_the_list_says(world: World) -> None:
    methods = [name for kind, name in LEVELS if kind == "method"]
    unknown = {name for name in methods if world.call(name).get("error") == "unknown_method"}
    assert unknown == {name for name in methods if LEVELS["method", name] == "not supported"}
    assert len(methods) - len(unknown) >= 45


def test_every_method_that_the_sdk_calls_is_in_the_list() -> None:
    source = inspect.getsource(WebClient)
    called = set(re.findall(r'api_call\(\s*"([\w.]+)"', source))
    retired = re.compile(r"(channels|groups|im|mpim)\.")  # Slack has retired these families altogether
    newer = re.compile(r"(admin\.|agents\.|apps\.user\.|slackbot\.|blocks\.|canvases\.getContent)")
    missing = {name for name in called if ("method", name) not in LEVELS}
    assert {name for name in missing if not retired.match(name) and not newer.match(name)} == set()
    assert len(called) > 200


def act(world: World, user: str, action: str, **data: object) -> None:
    assert HTTP.post(f"{world.url}/people/{user}/{action}", json=data).status_code == 200


def test_every_event_of_the_list_is_sent(world: World) -> None:
    """Each is made to happen, and the app is told of those alone that the list has as supported or partial."""
    direct = world.web.conversations_open(users="W0ANN")["channel"]["id"]
    group = world.web.conversations_open(users="W0ANN,U0MANY")["channel"]["id"]
    for channel in ("C0OPEN", "C0GROUP", direct, group):
        act(world, "W0ANN", "say", channel=channel, text=f"in {channel} @sample")
    ts = world.call("chat.postMessage", channel="C0OPEN", text="x")["ts"]
    for method in ("pins.add", "pins.remove"):
        world.call(method, channel="C0OPEN", timestamp=ts)
    for _ in range(2):
        act(world, "W0ANN", "react", channel="C0OPEN", ts=ts, name="eyes")
    act(world, "W0ANN", "leave", channel="C0SOON")
    act(world, "W0ANN", "join", channel="C0SOON")
    act(world, "U0LATER", "join", channel="C0SOON")
    act(world, "W0ANN", "home", tab="home")
    world.web.files_upload_v2(channel="C0OPEN", filename="a.txt", content="abc")
    shared = world.web.conversations_info(channel="C0SOON")["channel"]
    assert (shared["is_ext_shared"], shared["connected_team_ids"]) == (True, ["T0LATER"])
    assert (shared["is_pending_ext_shared"], shared["pending_shared"]) == (False, []), "who joins has accepted"
    with Control(world.url) as control:
        control.unshare("C0SOON", "T0LATER")
        control.deactivate("U0MANY")
        control.arrive("U0NELL", "nell", "Nell New")
        for channel in ("C0OPEN", "C0GROUP"):
            for act_on in (control.archive, control.unarchive, control.remove, control.invite, control.delete):
                act_on(channel)
        control.uninstall()
    sent = {
        "message.channels": told(world, "message", channel_type="channel"),
        "message.groups": told(world, "message", channel_type="group"),
        "message.im": told(world, "message", channel_type="im"),
        "message.mpim": told(world, "message", channel_type="mpim"),
    }
    named = {name for (kind, name), level in LEVELS.items() if kind == "event" and level != "not supported"}
    sent |= {name: told(world, name) for name in named if not name.startswith("message.")}
    assert set(sent) == named
    assert sent["channel_shared"]["connected_team_id"] == "T0LATER"
    heard = {body["event"]["type"] for body in world.sample.received if "event" in body}
    assert heard - {"message"} == {name for name in named if not name.startswith("message.")}
