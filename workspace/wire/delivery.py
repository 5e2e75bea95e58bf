"""How the app hears of things: over a Socket Mode connection where one is open, by signed HTTP otherwise."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

from workspace.settings import Settings
from workspace.state.switches import Switches
from workspace.wire.faults import TO_APP, Fault, Faults
from workspace.wire.payloads import without_teams
from workspace.wire.traffic import Part, Traffic

Json = dict[str, Any]
# The interactions whose answer may say something; the others are acknowledged, and that is all.
ANSWERED = ("view_submission", "block_suggestion")
# The longest answer that is listened to: no view and no message is longer. Slack gives no number.
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Answer:
    """What the app answered with."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace").strip()


class Undelivered(Exception):
    """The app did not answer: `reason` is Slack's word for how."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Retry:
    """Which further try of an event this is, and why there is one."""

    number: int
    reason: str


@dataclass(frozen=True)
class Parcel:
    """A payload as it goes over the wire: a signed request, or an envelope with an id."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    envelope_id: str = ""


class Sockets(Protocol):
    """The open Socket Mode connections."""

    def connected(self) -> bool:
        """Whether any is open."""

    async def send(self, parcel: Parcel) -> Answer:
        """Send an envelope over one of them and wait for its acknowledgement. Raises Undelivered."""


def signed_headers(secret: str, body: bytes, content_type: str) -> dict[str, str]:
    """The headers that prove a request is Slack's.

    https://docs.slack.dev/authentication/verifying-requests-from-slack. The real clock is used, since the
    app compares the timestamp with its own.
    """
    timestamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and content type of one kind of request: slash_commands, interactive or events_api."""
    if kind == "slash_commands":
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
    return json.dumps(payload).encode(), "application/json"


def envelope(kind: str, payload: Json, retry: Retry | None) -> Parcel:
    """A payload as Socket Mode carries it."""
    body: Json = {
        "type": kind,
        "envelope_id": str(uuid.uuid4()),
        "accepts_response_payload": kind == "slash_commands" or payload["type"] in ANSWERED,
        "payload": payload,
    }
    if kind == "events_api":
        body |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
    return Parcel(json.dumps(body).encode(), envelope_id=body["envelope_id"])


def name_of(kind: str, payload: Json) -> str:
    """What a payload is called in the traffic: the command, the type of the event, or its own type."""
    if kind == "slash_commands":
        return str(payload["command"])
    return str(payload["event"]["type"] if "event" in payload else payload["type"])


class Delivery:
    """Takes payloads to the app and brings its answers back."""

    def __init__(
        self, settings: Settings, sockets: Sockets, traffic: Traffic, faults: Faults, switches: Switches
    ) -> None:
        self._settings = settings
        self._sockets = sockets
        self._traffic = traffic
        self._faults = faults
        self._switches = switches
        # The environment's proxies are for the internet, and the app is here.
        # Without TLS there is nothing to verify, and reading the root certificates takes long.
        secure = settings.bot_url is not None and settings.bot_url.startswith("https:")
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False, verify=secure)

    async def send(self, kind: str, payload: Json, retry: Retry | None = None, ordered: Fault | None = None) -> Answer:
        """Deliver a payload and return the answer, whatever its status; `ordered` is a fault it already has.

        Raises Undelivered: operation_timeout where none came in time, dispatch_failed where nobody listens.
        """
        if not self._switches.team_ids:
            payload = without_teams(payload)
        over_socket = self._sockets.connected()
        parcel = envelope(kind, payload, retry) if over_socket else self._signed(kind, payload, retry)
        name, via = name_of(kind, payload), "socket" if over_socket else "http"
        sent = Part.of(parcel.body, _raw(parcel.headers))
        exchange = self._traffic.begin("to_app", kind, name, via, sent)
        answer: Answer | None = None
        try:
            async with asyncio.timeout(self._settings.patience):
                fault = self._faults.take(name, TO_APP)
                exchange.fault = next((one.kind for one in (fault, ordered) if one), None)
                carry = self._sockets.send if over_socket else self._post
                answer = await _with_fault(fault, carry, parcel)
        except TimeoutError as error:
            raise Undelivered("operation_timeout") from error
        finally:
            heard = None if answer is None else Part.of(answer.body, _raw(answer.headers))
            self._traffic.end(exchange, answer.status if answer else None, heard)
        return answer

    def _signed(self, kind: str, payload: Json, retry: Retry | None) -> Parcel:
        body, content_type = encode(kind, payload)
        headers = signed_headers(self._settings.signing_secret, body, content_type)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        return Parcel(body, headers)

    async def _post(self, parcel: Parcel) -> Answer:
        if self._settings.bot_url is None:
            raise Undelivered("dispatch_failed")
        try:
            return await self._answer(self._settings.bot_url, parcel)
        except httpx.HTTPError as error:
            raise Undelivered("dispatch_failed") from error

    async def _answer(self, url: str, parcel: Parcel) -> Answer:
        async with self._client.stream("POST", url, content=parcel.body, headers=parcel.headers, timeout=None) as heard:
            body = b""
            async for part in heard.aiter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise Undelivered("dispatch_failed")
            return Answer(heard.status_code, body, heard.headers)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


async def _with_fault(fault: Fault | None, carry: Callable[[Parcel], Awaitable[Answer]], parcel: Parcel) -> Answer:
    """Carry a parcel to the app; a connection that is lost, before or after, is as if nobody listened."""
    if fault and fault.kind == "drop_before":
        raise Undelivered("dispatch_failed")
    answer = await carry(parcel)
    if fault and fault.kind == "drop_after":
        raise Undelivered("dispatch_failed")
    if fault and fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    return answer


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(key.encode("latin-1"), value.encode("latin-1", errors="replace")) for key, value in headers.items()]
