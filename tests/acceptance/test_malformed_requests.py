"""What is not Slack's, or is no request of Slack's: a status is answered, nothing is done, and no fault is logged."""

import copy
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.receiving import LARGEST
from tests.acceptance.office import AMIRA, NORTH_EAST, PRIYA, Office
from tests.workspace.conftest import HTTP

Json = dict[str, Any]
UNUSED = "http://127.0.0.1:9/unused"
USER = {"id": AMIRA, "team_id": "T0DEPT"}
VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": "risk_form",
    "private_metadata": "",
    "state": {"values": {"title": {"entered": {"type": "plain_text_input", "value": "Late"}}}},
}
COMMAND = {
    "command": "/risk",
    "text": "list",
    "user_id": AMIRA,
    "team_id": "T0DEPT",
    "channel_id": NORTH_EAST,
    "trigger_id": "1.1",
    "response_url": UNUSED,
}
INTERACTIONS: list[Json] = [
    {
        "type": "block_actions",
        "user": USER,
        "trigger_id": "1.2",
        "response_url": UNUSED,
        "team": {"id": "T0DEPT"},
        "channel": {"id": NORTH_EAST},
        "container": {"message_ts": "1.0"},
        "actions": [{"action_id": "home_contract", "block_id": "b", "value": "x", "type": "button"}],
    },
    {"type": "view_submission", "user": USER, "team": {"id": "T0DEPT"}, "trigger_id": "1.3", "view": VIEW},
    {"type": "block_suggestion", "user": USER, "team": {"id": "T0DEPT"}, "action_id": "contract", "value": "W"},
    {
        "type": "message_action",
        "user": USER,
        "team": {"id": "T0DEPT"},
        "trigger_id": "1.4",
        "callback_id": "log_contact",
        "message": {"ts": "1798794000.000100", "user": PRIYA, "text": "Agreed"},
        "channel": {"id": NORTH_EAST},
    },
]
EVENTS: list[Json] = [
    {"type": "app_home_opened", "user": AMIRA, "tab": "home", "channel": "D1"},
    {"type": "message", "user": AMIRA, "channel": NORTH_EAST, "channel_type": "group", "text": "Hello", "ts": "1.0"},
    {"type": "app_mention", "user": AMIRA, "channel": NORTH_EAST, "text": "Hello", "ts": "1.0"},
    {"type": "message", "subtype": "file_share", "user": AMIRA, "channel": "D1", "channel_type": "im", "files": []},
    {"type": "channel_shared", "channel": NORTH_EAST, "connected_team_id": "T0NORTHGATE"},
    {"type": "channel_id_changed", "old_channel_id": "C1", "new_channel_id": "C2"},
    {"type": "user_change", "user": {"id": AMIRA, "team_id": "T0DEPT"}},
    {"type": "member_joined_channel", "user": AMIRA, "channel": NORTH_EAST},
]
INSTEAD: list[Any] = [None, 0, -1, 1.5, True, "", "x" * 5000, "\x00", [], {}, [[]], {"id": 1}, ["a"], "…"]


def bodies() -> list[Json]:
    """One of each kind."""
    events = [{"type": "event_callback", "event_id": f"Ev{n}", "event": event} for n, event in enumerate(EVENTS)]
    return [COMMAND, *INTERACTIONS, *events]


def places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  # any JSON
    """Every place in a body: what holds it, and its key."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from places(part)


def spoiled(luck: Random, body: Json) -> Json:
    """The body with something missing from it, or with something else in its place."""
    made = copy.deepcopy(body)
    for _ in range(luck.choice((1, 1, 2))):
        found = list(places(made))
        holder, key = luck.choice(found)
        if luck.random() < 0.4:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(luck.choice(INSTEAD))
    return made


def sent(office: Office, body: Json) -> int:
    """The status of a signed request."""
    if "event" in body:
        return raw(office, json.dumps(body).encode())
    form = body if "command" in body or "user_id" in body else {"payload": body}
    typed = {name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()}
    return raw(office, urlencode(typed).encode(), "application/x-www-form-urlencoded")


@pytest.mark.parametrize("seed", range(8))
def test_signed_nonsense_is_no_fault(http_office: Office, caplog: pytest.LogCaptureFixture, seed: int) -> None:
    luck = Random(seed)
    for _ in range(200):
        body = spoiled(luck, luck.choice(bodies()))
        status = sent(http_office, body)
        faults = [str(record.exc_info) for record in caplog.records if record.exc_info]
        assert status in (200, 400, 404), (status, body)
        assert faults == [], body


def raw(office: Office, body: bytes, content_type: str = "application/json") -> int:
    """The status of a body that is signed as it is."""
    at = str(int(time.time()))
    secret = office.liaison.settings.slack_signing_secret.get_secret_value().encode()
    signature = hmac.new(secret, b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": content_type, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}"}
    return HTTP.post(f"{office.bot_url}/slack/events", content=body, headers=headers).status_code


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"{", b"[]", b'"command"', b"5", b"null", b"[" * 200_000, b"", b"payload=%7B", b"payload=[]", b"a=b"],
    ids=repr,
)
def test_what_is_no_request_gets_400(http_office: Office, caplog: pytest.LogCaptureFixture, body: bytes) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        assert raw(http_office, body, content_type) == 400
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize(
    ("name", "value"), [("timestamp", "now"), ("timestamp", "²"), ("signature", "v0=é"), ("signature", "")]
)
def test_a_signature_that_is_none_gets_401(http_office: Office, name: str, value: str) -> None:
    headers = {b"X-Slack-Request-Timestamp": str(int(time.time())).encode(), b"X-Slack-Signature": b"v0=00"}
    headers[b"X-Slack-Request-Timestamp" if name == "timestamp" else b"X-Slack-Signature"] = value.encode()
    answer = HTTP.post(f"{http_office.bot_url}/slack/events", content=b"{", headers=list(headers.items()))
    assert answer.status_code == 401


def test_a_body_that_is_too_large_is_refused_before_it_is_read(http_office: Office) -> None:
    """By its header, and by what comes where the header does not say."""
    address = f"{http_office.bot_url}/slack/events"
    with connected(http_office) as connection:
        connection.sendall(HEAD + b"Content-Length: 300000000\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")
    parts = (b"x" * 65_536 for _ in range(LARGEST // 65_536 + 2))
    assert HTTP.post(address, content=parts).status_code == 413
    assert HTTP.post(address, content=b"x" * LARGEST).status_code == 401, "of this size it is looked at"
    with connected(http_office) as connection:
        connection.sendall(HEAD + b"Content-Length: -1\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400")


HEAD = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"


def connected(office: Office) -> socket.socket:
    """A bare connection to the bot."""
    port = int(office.bot_url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=30)
