"""How the app hears of things: over a Socket Mode connection where one is open, by signed HTTP otherwise."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

Json = dict[str, Any]


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


class Sockets(Protocol):
    """The open Socket Mode connections."""

    def connected(self) -> bool:
        """Whether any is open."""

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Answer:
        """Send an envelope over one of them and wait for its acknowledgement."""


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


class Delivery:
    """Takes payloads to the app and brings its answers back."""

    def __init__(self, bot_url: str | None, secret: str, patience: float, sockets: Sockets) -> None:
        self._bot_url = bot_url
        self._secret = secret
        self._patience = patience
        self._sockets = sockets
        # The environment's proxies are for the internet, and the app is here.
        # Without TLS there is nothing to verify, and reading the root certificates takes long.
        secure = bot_url is not None and bot_url.startswith("https:")
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False, verify=secure)

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Answer:
        """Deliver a payload and return the answer, whatever its status.

        Raises Undelivered: operation_timeout where none came in time, dispatch_failed where nobody listens.
        """
        try:
            async with asyncio.timeout(self._patience):
                if self._sockets.connected():
                    return await self._sockets.send(kind, payload, retry)
                return await self._post(kind, payload, retry)
        except TimeoutError as error:
            raise Undelivered("operation_timeout") from error

    async def _post(self, kind: str, payload: Json, retry: Retry | None) -> Answer:
        if self._bot_url is None:
            raise Undelivered("dispatch_failed")
        body, content_type = encode(kind, payload)
        headers = signed_headers(self._secret, body, content_type)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        try:
            response = await self._client.post(self._bot_url, content=body, headers=headers, timeout=None)
        except httpx.HTTPError as error:
            raise Undelivered("dispatch_failed") from error
        return Answer(response.status_code, response.content, response.headers)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()
