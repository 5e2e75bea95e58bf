"""Whatever a client sends, it gets an answer of Slack's, and the workspace goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.once import usual_or
from tests.workspace.conftest import HTTP, World
from tests.workspace.everything import EVERYTHING
from workspace.web_api.methods import METHODS

Json = dict[str, Any]
# What arguments are called anywhere, so that they reach what reads them.
NAMES = (
    *("channel", "channel_id", "channels", "user", "users", "ts", "thread_ts", "message_ts", "timestamp", "name"),
    *("text", "blocks", "metadata", "markdown_text", "view", "view_id", "trigger_id", "hash", "cursor", "limit"),
    *("types", "oldest", "latest", "inclusive", "post_at", "files", "file", "filename", "length", "title", "link"),
    *("type", "emoji", "bookmark_id", "email", "topic", "team", "bot", "error", "external_id", "user_id", "token"),
)
GOOD = st.sampled_from(
    ["C0OPEN", "C0SHARED", "#open", "U0ALICE", "U0GONE", "U0SAMPLE", "USLACKBOT", "T0HOME", "B0SAMPLE", "1.1", "0",
     "true", "link", "eyes", "[]", "{}", "[{}]", "99999999999", "im,mpim", "-1", "1e9", "[[[", "NaN", "\x00", "\ud800"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20) | GOOD,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.just("type"), inner, max_size=4)
    ),
    max_leaves=12,
)
ARGUMENTS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=6), VALUES, max_size=6)
KINDS = st.sampled_from(
    ["application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded", "text/plain", "",
     "multipart/form-data", "multipart/form-data; boundary=x", "application/xml", "application/json; charset=koi8-r",
     "application/x-www-form-urlencoded; charset=utf-8", "text/plain; charset=", ";", "multipart/form-data; boundary="]
)  # fmt: skip
BODIES = st.one_of(
    ARGUMENTS.map(lambda arguments: json.dumps(arguments).encode()),
    ARGUMENTS.map(
        lambda arguments: urlencode({k: json.dumps(v) for k, v in arguments.items()}, errors="replace").encode()
    ),
    st.binary(max_size=60),
    VALUES.map(lambda value: json.dumps(value).encode()),
)


@pytest.fixture(scope="module")
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(manifest=EVERYTHING)


@pytest.fixture(scope="module")
def played_with(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    """A world of its own for what does anything at all: it may archive a channel or leave it."""
    yield from make_world(manifest=EVERYTHING)


def send(world: World, method: str, body: bytes, kind: str, **more: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {world.settings.bot_token}", **({"Content-Type": kind} if kind else {})}
    return HTTP.post(f"{world.url}/api/{method}", content=body, headers=headers, params=more)


def is_an_answer(answer: httpx.Response) -> bool:
    data = answer.json()
    return answer.status_code == 200 and (data["ok"] is True or (data["ok"] is False and bool(data["error"])))


@settings(max_examples=usual_or(150, 30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(sorted(METHODS)),
    body=BODIES,
    kind=KINDS,
    query=st.dictionaries(st.sampled_from(NAMES), GOOD),
)
def test_any_request_is_answered(
    played_with: World, method: str, body: bytes, kind: str, query: dict[str, str]
) -> None:
    query = {name: value.encode(errors="replace").decode() for name, value in query.items()}
    assert is_an_answer(send(played_with, method, body, kind, **query))
    assert send(played_with, "auth.test", b"", "").json()["ok"] is True


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b'{"text": NaN}', "application/json", "invalid_json"),
        (b'{"text": Infinity}', "application/json", "invalid_json"),
        (b'{"text": 1e999}', "application/json", "invalid_json"),
        (b'{"text": ' + b"9" * 5000 + b"}", "application/json", "invalid_json"),
        (b'{"a": ' * 5000 + b"1" + b"}" * 5000, "application/json", "invalid_json"),
        (b'{"channel": "C0OPEN", "metadata": {"event_type": "x", "event_payload": ' + b'{"a":' * 63 + b"1" + b"}" * 65,
         "application/json", "invalid_json"),
        (b"channel=C0OPEN&blocks=" + b"[" * 20_000, "application/x-www-form-urlencoded", "invalid_blocks_format"),
        (b"\xff\xfe", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"text", "multipart/form-data", "invalid_form_data"),
        (b"<a/>", "application/xml", "invalid_post_type"),
        (b"a=1", "", "missing_post_type"),
        (b"{}", "application/json; charset=koi8-r", "invalid_charset"),
    ],
)  # fmt: skip
def test_refusals_by_name(world: World, body: bytes, kind: str, error: str) -> None:
    assert send(world, "chat.postMessage", body, kind).json()["error"] == error


def test_what_is_only_odd_is_taken(world: World) -> None:
    half = send(world, "chat.postMessage", b'{"channel": "C0OPEN", "text": "\\ud800 \\u0000"}', "application/json")
    assert half.json()["message"]["text"] == "� \x00"
    twice = send(
        world, "chat.postMessage", b'{"channel": "C0NONE", "channel": "C0OPEN", "text": "x"}', "application/json"
    )
    assert twice.json()["channel"] == "C0OPEN", "the last of two counts"
    unknown = send(world, "chat.postMessage", b"channel=C0OPEN&text=x&colour=red", "application/x-www-form-urlencoded")
    assert unknown.json()["ok"] is True


def test_a_body_without_end_is_cut_off(world: World) -> None:
    answer = send(world, "chat.postMessage", b'{"text": "' + b"x" * 4_100_000 + b'"}', "application/json")
    assert (answer.status_code, answer.json()["error"]) == (413, "request_too_large")
    assert send(world, "auth.test", b"", "").json()["ok"] is True


def test_warnings(world: World) -> None:
    def warned(kind: str, body: bytes = b"{}") -> Json:
        answer: Json = send(world, "auth.test", body, kind).json()
        return {key: answer.get(key) for key in ("ok", "warning", "response_metadata")}

    missing = {"ok": True, "warning": "missing_charset", "response_metadata": {"warnings": ["missing_charset"]}}
    needless = {
        "ok": True,
        "warning": "superfluous_charset",
        "response_metadata": {"warnings": ["superfluous_charset"]},
    }
    silent = {"ok": True, "warning": None, "response_metadata": None}
    assert warned("application/json") == missing
    assert warned("application/json; charset=utf-8") == silent
    assert warned("application/x-www-form-urlencoded", b"a=1") == silent
    assert warned("application/x-www-form-urlencoded; charset=utf-8", b"a=1") == needless
    blocks = [{"type": "divider"}]
    posted = world.call("chat.postMessage", channel="C0OPEN", blocks=blocks)
    assert posted["response_metadata"]["warnings"] == ["missing_text_in_message"]
    assert "warning" not in world.call("chat.postMessage", channel="C0OPEN", blocks=blocks, text="A line")


def test_a_token_counts_in_the_header_and_in_a_form_only(world: World) -> None:
    token, address = world.settings.bot_token, f"{world.url}/api/auth.test"
    assert HTTP.post(address, data={"token": token}).json()["ok"] is True
    assert HTTP.get(address, params={"token": token}).json()["error"] == "not_authed"
    assert HTTP.post(address, json={"token": token}).json()["error"] == "not_authed"
    assert HTTP.get(f"{world.url}/api/api.test", params={"a": "1"}).json() == {"ok": True, "args": {"a": "1"}}
    assert HTTP.get(f"{world.url}/api/api.test", params={"error": "oh"}).json()["error"] == "oh"
