"""What is not Slack's, or is no request of Slack's: a status is answered, nothing is done, and no fault is logged."""

import hashlib
import hmac
import socket
import time
from random import Random

import pytest

from bot.receiving import LARGEST
from tests.acceptance.malformed import bodies, encoded, spoiled
from tests.acceptance.office import Office
from tests.workspace.conftest import HTTP


@pytest.mark.parametrize("seed", range(8))
def test_signed_nonsense_is_no_fault(http_office: Office, caplog: pytest.LogCaptureFixture, seed: int) -> None:
    luck = Random(seed)
    for _ in range(200):
        body = spoiled(luck, luck.choice(bodies()))
        status = raw(http_office, *encoded(body))
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
