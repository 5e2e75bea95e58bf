"""Faults on demand, as Slack's own SDK meets them."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from tests.workspace.conftest import HTTP, World
from workspace import Control, Person


@pytest.fixture
def control(world: World) -> Iterator[Control]:
    with Control(world.url) as control:
        yield control


def texts(person: Person) -> list[str]:
    return [message.plain for message in person.messages("C0OPEN")]


def test_a_rate_limit_is_waited_for(world: World, control: Control, alice: Person) -> None:
    control.fault("ratelimited", "chat.*", seconds=1)
    client = world.web
    with pytest.raises(SlackApiError) as limited:
        client.chat_postMessage(channel="C0OPEN", text="one")
    assert limited.value.response.status_code == 429
    assert limited.value.response["error"] == "ratelimited"
    assert limited.value.response.headers["Retry-After"] == "1"
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    control.fault("ratelimited", "chat.*", seconds=1)
    began = time.monotonic()
    client.chat_postMessage(channel="C0OPEN", text="two")
    assert time.monotonic() - began >= 1
    assert texts(alice) == ["two"]


def test_a_server_error_does_nothing(world: World, control: Control, alice: Person) -> None:
    control.fault("server_error", "chat.postMessage")
    with pytest.raises(SlackApiError) as failed:
        world.web.chat_postMessage(channel="C0OPEN", text="one")
    assert failed.value.response.status_code == 500
    assert texts(alice) == []
    [exchange] = control.traffic("chat.postMessage")
    assert (exchange["fault"], exchange["status"]) == ("server_error", 500)


@pytest.mark.parametrize(
    ("kind", "status", "done"), [("service_unavailable", 503, 0), ("internal_error", 200, 0), ("fatal_error", 200, 1)]
)
def test_slacks_own_troubles_say_so_and_may_have_done_it(
    world: World, control: Control, alice: Person, kind: str, status: int, done: int
) -> None:
    control.fault(kind, "chat.postMessage")
    with pytest.raises(SlackApiError) as failed:
        world.web.chat_postMessage(channel="C0OPEN", text="one")
    assert (failed.value.response.status_code, failed.value.response["error"]) == (status, kind)
    assert texts(alice) == ["one"] * done


@pytest.mark.parametrize(("kind", "done"), [("drop_before", 0), ("drop_after", 1)])
def test_a_connection_that_is_dropped(world: World, control: Control, alice: Person, kind: str, done: int) -> None:
    control.fault(kind, "chat.postMessage")
    client = world.web
    client.retry_handlers.clear()
    with pytest.raises((URLError, ConnectionError)):
        client.chat_postMessage(channel="C0OPEN", text="one")
    assert texts(alice) == ["one"] * done
    [exchange] = control.traffic("chat.postMessage")
    assert (exchange["fault"], exchange["status"], exchange["response"]["body"]) == (kind, None, None)
    world.web.chat_postMessage(channel="C0OPEN", text="two")  # the workspace itself is as well as before
    assert texts(alice)[-1] == "two"


def test_the_sdks_own_retry_posts_twice(world: World, control: Control, alice: Person) -> None:
    """What an app must guard against: the SDK repeats a request whose connection broke, done or not."""
    control.fault("drop_after", "chat.postMessage")
    world.web.chat_postMessage(channel="C0OPEN", text="one")
    assert texts(alice) == ["one", "one"]


def test_not_a_byte_is_sent_over_a_dropped_connection(world: World, control: Control) -> None:
    control.fault("drop_before")
    host, port = world.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"POST /api/auth.test HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1000) == b""


def test_slow_answers(world: World, control: Control) -> None:
    control.fault("slow", "auth.test", seconds=0.3)
    began = time.monotonic()
    world.web.auth_test()
    assert time.monotonic() - began >= 0.3
    assert control.faults() == []


def test_the_app_is_not_reached_or_not_heard(world: World, control: Control, alice: Person) -> None:
    control.fault("drop_before", "/risk")
    [failed] = alice.command("/risk x", channel="C0OPEN")
    assert failed.plain == "/risk failed with the error “dispatch_failed”"
    assert world.sample.received == []
    control.fault("drop_after", "/risk")
    alice.command("/risk x", channel="C0OPEN")
    assert len(world.sample.received) == 1


def test_an_event_twice(world: World, control: Control, alice: Person) -> None:
    control.fault("duplicate_event", "message")
    alice.say("hello", channel="C0SHARED")
    world.sample.wait(lambda: len(world.sample.received) == 2)
    first, second = world.sample.received
    assert first == second
    assert world.sample.retries == []


def test_events_in_another_order(world: World, control: Control, alice: Person) -> None:
    control.fault("reorder_events", "message", seconds=20)
    alice.say("one", channel="C0SHARED")
    alice.say("two", channel="C0SHARED")
    world.sample.wait(lambda: len(world.sample.received) == 2)
    assert [body["event"]["text"] for body in world.sample.received] == ["two", "one"]
    control.fault("reorder_events", "message", seconds=0.1)
    alice.say("three", channel="C0SHARED")
    world.sample.wait(lambda: len(world.sample.received) == 3)


def test_an_event_that_was_heard_without_our_knowing_comes_again(world: World, control: Control, alice: Person) -> None:
    control.fault("drop_after", "message")
    alice.say("hello", channel="C0SHARED")
    world.sample.wait(lambda: len(world.sample.received) == 2)
    assert world.sample.retries == [("1", "connection_failed")]
    assert len({body["event_id"] for body in world.sample.received}) == 1


def test_ordering_and_removing(world: World, control: Control) -> None:
    one, two = control.fault("slow", "a.*", times=None), control.fault("slow", "b.*", times=2)
    assert [fault["id"] for fault in control.faults()] == [one, two]
    assert HTTP.delete(f"{world.url}/control/faults/{one}").json()["faults"] == [
        {"id": two, "kind": "slow", "match": "b.*", "times": 2, "seconds": 1}
    ]
    control.clear()
    assert control.faults() == []
    slow: list[dict[str, object]] = [
        {"match": 1},
        {"times": 0},
        {"times": True},
        {"seconds": -1},
        {"seconds": 1e9},
        {"seconds": "1"},
    ]
    for body in ({"kind": "x"}, {"kind": ["slow"]}, *({"kind": "slow", **more} for more in slow)):
        assert HTTP.post(f"{world.url}/control/faults", json=body).status_code == 400
    assert HTTP.post(f"{world.url}/control/faults", content=b"{}").status_code == 400
    with pytest.raises(ValueError, match="kind"):
        control.fault("nothing")
