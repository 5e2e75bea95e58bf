"""Rate limits at Slack's true speed, on a clock that moves when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from tests.workspace.conftest import HTTP, World


@pytest.fixture
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(pace=1.0)


def ask(world: World, method: str, **arguments: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {world.settings.bot_token}"}
    return HTTP.post(f"{world.url}/api/{method}", data=arguments, headers=headers)


def allowed(world: World, method: str, **arguments: str) -> int:
    """How many calls pass before one is refused."""
    return next(number for number in range(1000) if ask(world, method, **arguments).status_code == 429)


def test_a_refusal_says_when_to_come_back(world: World) -> None:
    assert allowed(world, "users.list") == 20
    refused = ask(world, "users.list")
    assert (refused.status_code, refused.json()) == (429, {"ok": False, "error": "ratelimited"})
    assert refused.headers["retry-after"] == "60"
    world.clock.advance(seconds=59.5)
    assert ask(world, "users.list").headers["retry-after"] == "1", "whole seconds, and never none"
    world.clock.advance(seconds=0.5)
    assert ask(world, "users.list").json()["ok"]


@pytest.mark.parametrize(
    ("method", "calls"),
    [("pins.list", 20), ("conversations.info", 50), ("chat.update", 50), ("users.info", 100), ("views.open", 100)],
)
def test_tiers(world: World, method: str, calls: int) -> None:
    assert allowed(world, method, user="U0BOB", channel="C0OPEN") == calls


def test_each_method_is_counted_for_itself(world: World) -> None:
    allowed(world, "users.list")
    assert ask(world, "conversations.list").json()["ok"]


def test_a_minute_is_any_minute(world: World) -> None:
    """Calls late in one minute count in the next one too."""
    world.clock.advance(seconds=50)
    assert allowed(world, "users.list") == 20
    world.clock.advance(seconds=20)
    assert ask(world, "users.list").headers["retry-after"] == "40"


def test_posting_in_one_channel_is_once_a_second_with_a_few_at_once(world: World) -> None:
    assert allowed(world, "chat.postMessage", channel="C0OPEN", text="x") == 5
    assert ask(world, "chat.postMessage", channel="#open", text="x").status_code == 429, "by name it is the same"
    assert ask(world, "chat.postMessage", channel="C0SHARED", text="x").json()["ok"]
    assert ask(world, "chat.postMessage", channel="C0OPEN", text="x").headers["retry-after"] == "5"
    passed = []
    for _ in range(10):
        world.clock.advance(seconds=1)
        passed.append(ask(world, "chat.postMessage", channel="C0OPEN", text="x").status_code)
    assert passed == [429] * 4 + [200] * 6
    world.clock.advance(seconds=4)
    assert allowed(world, "chat.postMessage", channel="C0OPEN", text="x") == 4


def test_posting_has_a_limit_for_the_whole_workspace(world: World) -> None:
    places = ("C0OPEN", "C0SHARED", "U0ALICE", "U0BOB", "U0GINA", "U0TEMP")
    for _ in range(10):
        for place in places:
            assert [ask(world, "chat.postMessage", channel=place, text="x").status_code for _ in range(5)] == [200] * 5
        world.clock.advance(seconds=5)
    refused = ask(world, "chat.postMessage", channel="C0OPEN", text="x")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "10"), "300 in a minute"


def test_connections_are_opened_rarely(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.settings.app_token}"}
    address = f"{world.url}/api/apps.connections.open"
    answers = [HTTP.post(address, headers=headers) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


def test_the_sdk_waits_as_it_is_told(world: World) -> None:
    class Waiting(RateLimitErrorRetryHandler):
        """The SDK's own handler, which waits on the world's clock."""

        def prepare_for_next_attempt(self, **about: object) -> None:
            response = about["response"]
            (seconds,) = response.headers["retry-after"]  # type: ignore[attr-defined]  # typed as object here
            world.clock.advance(seconds=int(seconds))
            about["state"].next_attempt_requested = True  # type: ignore[attr-defined]  # the same

    allowed(world, "users.list")
    web = WebClient(
        token=world.settings.bot_token, base_url=f"{world.url}/api/", retry_handlers=[Waiting(max_retry_count=1)]
    )
    assert web.users_list()["ok"]


def test_no_pace_is_no_limit_and_twice_the_pace_is_twice_the_calls(
    make_world: Callable[..., Iterator[World]],
) -> None:
    for twice in make_world(pace=2.0):
        assert allowed(twice, "users.list") == 40
    for free in make_world(pace=0):
        assert all(ask(free, "users.list").status_code == 200 for _ in range(120))
