"""The traffic as somebody who looks at it sees it."""

from __future__ import annotations

import re
from typing import Any

from tests.workspace.conftest import HTTP, World
from workspace import Person

Json = dict[str, Any]


def traffic(world: World, since: int = 0, wait: float = 0) -> tuple[int, list[Json]]:
    data = HTTP.get(f"{world.url}/control/traffic", params={"since": since, "wait": wait}, timeout=40).json()
    return data["last"], data["exchanges"]


def test_a_command_and_what_it_made_the_app_do(world: World, alice: Person) -> None:
    alice.command("/risk card", channel="C0OPEN")
    _, exchanges = traffic(world)
    assert [(e["number"], e["direction"], e["kind"], e["name"], e["via"], e["status"]) for e in exchanges] == [
        (1, "to_app", "slash_commands", "/risk", "http", 200),
        (2, "from_app", "web_api", "auth.test", "http", 200),
        (3, "from_app", "web_api", "chat.postMessage", "http", 200),
    ]
    assert all(e["milliseconds"] > 0 and e["fault"] is None for e in exchanges)
    assert exchanges[0]["at"] == "2026-11-22T09:05:00+00:00"
    assert exchanges[0]["request"]["body"]["text"] == "card"
    assert exchanges[2]["request"]["body"]["blocks"][0]["block_id"] == "words"
    assert exchanges[2]["response"]["body"]["ok"] is True


def test_payloads_are_read_and_secrets_are_not(world: World, alice: Person) -> None:
    world.call("auth.test")
    HTTP.post(f"{world.url}/api/auth.test", data={"token": "xoxb-somebody-elses"})
    alice.command("/risk card", channel="C0OPEN")
    alice.click(alice.messages("C0OPEN")[0], "Rating", "good")
    _, exchanges = traffic(world)
    clicked = next(e for e in exchanges if e["name"] == "block_actions")
    assert clicked["request"]["body"]["payload"]["actions"][0]["selected_option"]["value"] == "good"
    assert re.fullmatch(r"v0=[0-9a-f]{4}…", clicked["request"]["headers"]["X-Slack-Signature"])
    assert "xoxb-workspace" not in str(exchanges)
    assert "somebody-elses" not in str(exchanges)
    assert exchanges[1]["request"]["body"] == {"token": "xoxb-some…"}


def test_what_is_new_since(world: World) -> None:
    world.call("auth.test")
    last, exchanges = traffic(world)
    assert len(exchanges) == 1
    assert traffic(world, last) == (last, [])
    world.call("team.info")
    newer, more = traffic(world, last, wait=20)
    assert newer > last
    assert [e["name"] for e in more] == ["team.info"]
    assert HTTP.get(f"{world.url}/control/traffic?since=x").status_code == 400


def test_only_the_last_500_and_no_very_long_body(world: World) -> None:
    world.call("chat.postMessage", channel="C0OPEN", text="€" * 60_000)
    [long] = traffic(world)[1]
    assert long["request"]["body"].endswith("bytes in all)")
    assert len(long["request"]["body"]) < 100_100
    for _ in range(501):
        world.call("auth.test")
    numbers = [e["number"] for e in traffic(world)[1]]
    assert (len(numbers), numbers[0], numbers[-1]) == (500, 3, 502)


def test_the_stream_says_that_there_is_news(world: World) -> None:
    with HTTP.stream("GET", f"{world.url}/control/traffic/stream", timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "data: 0"
        world.call("auth.test")
        assert next(line for line in lines if line.startswith("data")) in ("data: 1", "data: 2")
