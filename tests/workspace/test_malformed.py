"""Whatever the app answers, the workspace stands, and the person gets a word or keeps their form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from tests.once import usual_or
from tests.workspace.conftest import MANIFEST, Clock, build
from tests.workspace.sample import field, form, options, plain
from workspace import Person, Server, create_app

Json = dict[str, Any]
JSON = "application/json"
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
TEXTS = st.fixed_dictionaries({"type": st.sampled_from(["plain_text", "mrkdwn", "x"]), "text": SCALARS}) | SCALARS
BLOCKS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["section", "input", "actions", "rich_text", "table", "x"])},
        optional={"text": TEXTS, "elements": st.lists(TEXTS), "element": TEXTS, "block_id": SCALARS, "rows": SCALARS},
    )
    | SCALARS,
    max_size=3,
)
VIEWS = (
    st.fixed_dictionaries({"type": st.sampled_from(["modal", "home", 1]), "title": TEXTS, "blocks": BLOCKS}) | SCALARS
)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner))
ANSWERS: st.SearchStrategy[Any] = (
    ANYTHING
    | st.fixed_dictionaries(
        {"response_action": st.sampled_from(["update", "push", "errors", "clear", "x", None, []])},
        optional={"view": VIEWS, "errors": ANYTHING},
    )
    | st.fixed_dictionaries(
        {},
        optional={
            "text": SCALARS | st.just("x" * 50_000),
            "blocks": BLOCKS,
            "response_type": SCALARS | st.just("in_channel"),
            "replace_original": SCALARS,
            "delete_original": SCALARS,
            "thread_ts": SCALARS | st.just("1.1"),
            "attachments": ANYTHING,
        },
    )
    | st.fixed_dictionaries({}, optional={"options": ANYTHING | BLOCKS, "option_groups": ANYTHING})
)
BODIES = (
    ANSWERS.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=50)
    | st.sampled_from([b"[" * 5000, b'{"a":' * 5000, b"\xff", b'"\\ud800"', b'{"text": "\\ud800"}', b"NaN", b"1e999"])
)
TYPES = st.sampled_from([JSON, f"{JSON}; charset=latin-1", "text/html", "", "x" * 200])
STATUSES = st.sampled_from([200, 200, 200, 200, 204, 302, 404, 500])


class Liar:
    """An app that answers everything with what it was told to."""

    def __init__(self) -> None:
        self.answer = (200, b"", JSON)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await Request(scope, receive).body()
        status, body, kind = self.answer
        await Response(b"" if status == 204 else body, status, {"content-type": kind})(scope, receive, send)


class Stage:
    """A workspace whose app is a liar."""

    def __init__(self, liar: Liar, url: str, token: str, http: httpx.Client) -> None:
        self.http = http
        self.liar = liar
        self.url = url
        self.token = token

    def call(self, method: str, **arguments: object) -> Json:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer: Json = self.http.post(f"{self.url}/api/{method}", json=arguments, headers=headers).json()
        assert answer["ok"], answer
        return answer

    def act(self, action: str, **data: object) -> Json:
        answer = self.http.post(f"{self.url}/people/U0ALICE/{action}", json=data, timeout=20)
        assert answer.status_code == 200, answer.text
        body: Json = answer.json()
        return body


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    liar = Liar()
    interactivity = {"is_enabled": True, "message_menu_options_url": "https://app.example/"}
    manifest = {**MANIFEST, "settings": {**MANIFEST["settings"], "interactivity": interactivity}}
    with Server(liar) as app:
        ours = build(Clock(), app.url, manifest=manifest)
        with Server(create_app(ours)) as served, httpx.Client(trust_env=False) as http:
            yield Stage(liar, served.url, ours.bot_token, http)


def opened(stage: Stage) -> str:
    """A form open before the person, with one field."""
    with Person(stage.url, "U0ALICE") as alice:
        while top := alice.open_view():
            stage.liar.answer = (200, b"", JSON)
            alice.close(top, everything=True)
    stage.liar.answer = (200, b"", JSON)
    stage.act("command", channel="C0OPEN", text="/risk")
    sent = stage.http.get(f"{stage.url}/control/traffic").json()["exchanges"][-1]
    blocks = [field("words", {"type": "plain_text_input", "action_id": "v"}, optional=True)]
    view = form() | {"blocks": blocks, "notify_on_close": False}
    return str(stage.call("views.open", trigger_id=sent["request"]["body"]["trigger_id"], view=view)["view"]["id"])


MANY = settings(max_examples=usual_or(30, 10), suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(STATUSES, BODIES, TYPES)
def test_a_command(stage: Stage, status: int, body: bytes, kind: str) -> None:
    stage.liar.answer = (status, body, kind)
    messages = stage.act("command", channel="C0OPEN", text="/risk x")["messages"]
    assert status == 200 or "dispatch_failed" in messages[0]["plain"]
    stage.call("auth.test")


@MANY
@given(STATUSES, BODIES, TYPES)
def test_a_submission(stage: Stage, status: int, body: bytes, kind: str) -> None:
    view_id = opened(stage)
    stage.liar.answer = (status, body, kind)
    outcome = stage.act("submit", view_id=view_id, values={})
    ended = [outcome["closed"], bool(outcome["errors"]), bool(outcome["failure"])]
    assert sum(ended) <= 1
    assert outcome["closed"] or outcome["view"] is not None, "a form does not vanish"
    stage.call("auth.test")


@MANY
@given(STATUSES, BODIES, TYPES)
def test_suggestions(stage: Stage, status: int, body: bytes, kind: str) -> None:
    element = {"type": "external_select", "action_id": "e", "min_query_length": 0}
    blocks = [{"type": "actions", "block_id": "b", "elements": [element]}]
    ts = stage.call("chat.postMessage", channel="C0OPEN", text="x", blocks=blocks)["ts"]
    stage.liar.answer = (status, body, kind)
    found = stage.act("suggest", channel="C0OPEN", ts=ts, block_id="b", action_id="e", value="x")
    assert len(set(found) & {"options", "option_groups", "failure"}) == 1
    stage.call("auth.test")


@MANY
@given(BODIES, TYPES)
def test_what_is_posted_to_a_response_url(stage: Stage, body: bytes, kind: str) -> None:
    stage.liar.answer = (200, b"", JSON)
    stage.act("command", channel="C0OPEN", text="/risk")
    sent = stage.http.get(f"{stage.url}/control/traffic").json()["exchanges"][-1]
    url = sent["request"]["body"]["response_url"]
    assert stage.http.post(url, content=body, headers={"content-type": kind}).status_code in (200, 400)
    stage.http.get(f"{stage.url}/people/U0ALICE/messages", params={"channel": "C0OPEN"}).raise_for_status()


def test_an_answer_without_end(stage: Stage) -> None:
    stage.liar.answer = (200, b'{"text": "' + b"x" * 2_000_000 + b'"}', JSON)
    [failed] = stage.act("command", channel="C0OPEN", text="/risk x")["messages"]
    assert failed["plain"] == "/risk failed with the error “dispatch_failed”"


def test_options_are_whole(stage: Stage) -> None:
    element = {"type": "external_select", "action_id": "e", "min_query_length": 0, "placeholder": plain("City")}
    blocks = [{"type": "actions", "block_id": "b", "elements": [element]}]
    ts = stage.call("chat.postMessage", channel="C0OPEN", text="x", blocks=blocks)["ts"]
    stage.liar.answer = (200, json.dumps({"options": options("leeds")}).encode(), "text/plain")
    found = stage.act("suggest", channel="C0OPEN", ts=ts, block_id="b", action_id="e", value="x")
    assert [option["value"] for option in found["options"]] == ["leeds"]
