"""The traffic: every request and answer between the app and the workspace, in order, for whoever looks.

Bytes are kept as they went over the wire and are read only when somebody asks, because most are never asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from workspace.errors import SlackError
from workspace.wire.reading import read_json

Json = dict[str, Any]
Headers = Iterable[tuple[bytes, bytes]]
KEPT = 500
LONGEST_BODY = 100_000
# Enough of a secret to tell it from another one.
SHOWN = 4
SECRETS = re.compile(r"(xox[a-z]-|xapp-|v0=|ticket=)([\w-]{5,})", re.ASCII)


@dataclass(slots=True)
class Part:
    """One half of an exchange: what was asked, or what was answered."""

    body: bytes = b""
    headers: Headers = ()
    size: int = 0

    @classmethod
    def of(cls, body: bytes, headers: Headers = ()) -> Part:
        """A half whose body is kept up to the longest that is shown."""
        return cls(body[:LONGEST_BODY], headers, len(body))


@dataclass(slots=True)
class Exchange:
    """One request and its answer. `name` is the method, the command, or the type of the payload or event."""

    number: int
    revision: int
    at: datetime
    direction: str
    kind: str
    name: str
    via: str
    request: Part
    began: float
    response: Part | None = None
    status: int | None = None
    milliseconds: float | None = None
    fault: str | None = None


class Traffic:
    """The last 500 exchanges. `revision` grows whenever one begins or ends."""

    def __init__(self, now: Callable[[], datetime], secrets: Iterable[str] = ()) -> None:
        self._now = now
        self._secrets = [secret for secret in secrets if len(secret) > SHOWN]
        self._kept: deque[Exchange] = deque(maxlen=KEPT)
        self._begun = 0
        self._news: asyncio.Event | None = None
        self.revision = 0

    def begin(self, direction: str, kind: str, name: str, via: str, request: Part) -> Exchange:
        """Note a request that is under way now; `direction` is from_app or to_app, `via` http or socket."""
        self._begun += 1
        exchange = Exchange(
            self._begun, 0, self._now(), direction, kind, name, via, request=request, began=time.perf_counter()
        )
        self._kept.append(exchange)
        self._changed(exchange)
        return exchange

    def end(self, exchange: Exchange, status: int | None = None, response: Part | None = None) -> None:
        """Note how it ended; without a status where no answer came."""
        exchange.status, exchange.response = status, response
        exchange.milliseconds = round((time.perf_counter() - exchange.began) * 1000, 2)
        self._changed(exchange)

    def said(self, name: str, body: bytes) -> None:
        """Note a word over a socket that wants no answer, such as hello."""
        self.end(self.begin("to_app", "socket", name, "socket", Part.of(body)))

    def _changed(self, exchange: Exchange) -> None:
        self.revision = exchange.revision = self.revision + 1
        if self._news is not None:
            self._news.set()
            self._news = None

    async def beyond(self, revision: int, patience: float) -> int:
        """Wait until something is newer than `revision`, or `patience` seconds; return the revision then."""
        if self.revision <= revision:
            self._news = self._news or asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), patience)
        return self.revision

    def since(self, revision: int) -> list[Json]:
        """The exchanges that began or ended after a revision, oldest first, with secrets shortened."""
        return [self._shown(exchange) for exchange in self._kept if exchange.revision > revision]

    def _shown(self, exchange: Exchange) -> Json:
        response = exchange.response
        return {
            "number": exchange.number,
            "at": exchange.at.isoformat(),
            "direction": exchange.direction,
            "kind": exchange.kind,
            "name": exchange.name,
            "via": exchange.via,
            "status": exchange.status,
            "milliseconds": exchange.milliseconds,
            "request": self._part(exchange.request),
            "response": {"body": None} if response is None else self._part(response),
            "fault": exchange.fault,
        }

    def _part(self, part: Part) -> Json:
        shown: Json = {"body": body_of(self._shortened(part.body.decode("utf-8", errors="replace")), part.size)}
        headers = {key.decode("latin-1"): self._shortened(value.decode("latin-1")) for key, value in part.headers}
        return {"headers": headers, **shown} if headers else shown

    def _shortened(self, text: str) -> str:
        """A text in which no token, ticket or signature can be read whole."""
        for secret in self._secrets:
            text = text.replace(secret, f"{secret[:SHOWN]}…")
        return SECRETS.sub(lambda found: f"{found[1]}{found[2][:SHOWN]}…", text)


def body_of(text: str, size: int) -> object:
    """A body as it is best read: JSON, a form with the JSON in it decoded, or text; None for nothing."""
    if not text:
        return None
    if size > LONGEST_BODY:
        return f"{text}… (cut: {size:,} bytes in all)"
    with contextlib.suppress(SlackError):
        return read_json(text, "invalid_json")
    if re.match(r"[\w.-]+=", text) and "\n" not in text:
        return {key: _value(value) for key, value in parse_qsl(text, keep_blank_values=True)}
    return text


def _value(text: str) -> object:
    """A form's value: `payload`, `blocks` and such are JSON."""
    if text.startswith(("{", "[")):
        with contextlib.suppress(SlackError):
            return read_json(text, "invalid_json")
    return text
