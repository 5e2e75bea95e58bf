"""Socket Mode: the app connects to us, and payloads travel as acknowledged envelopes.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from workspace.errors import SlackError
from workspace.wire.delivery import Answer, Parcel, Undelivered
from workspace.wire.reading import read_object
from workspace.wire.traffic import Traffic
from workspace.wire.transport import abort

Json = dict[str, Any]
MOST_CONNECTIONS = 10
# Seconds that a connection lasts: what Slack says of its own in hello, and with debug_reconnects=true.
LIFE, DEBUG_LIFE = 18_060, 360
# How long before its end the app is warned.
NOTICE = 10
# Tickets that were asked for and not used yet; Slack does not say how long its own are good for.
MOST_TICKETS = 1000
ABRUPT = "abrupt"  # our own word: the connection ends and nothing is said
REASONS = ("warning", "refresh_requested", "link_disabled", ABRUPT)


@dataclass(eq=False)
class _Connection:
    """One connection, the envelopes over it that are not acknowledged yet, and what ends it in time."""

    socket: WebSocket
    life: float
    waiting: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)
    ending: asyncio.Task[None] | None = None

    def lost(self) -> None:
        """Whatever was not acknowledged was not delivered."""
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(Undelivered("dispatch_failed"))


class SocketMode:
    """The app's open connections; each envelope goes to one of them, in turn."""

    def __init__(self, app_id: str, traffic: Traffic, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._app_id = app_id
        self._traffic = traffic
        self._sleep = sleep
        self._tickets: deque[str] = deque(maxlen=MOST_TICKETS)
        self._greeting = 0
        self._open: list[_Connection] = []
        self._turn = 0

    def ticket(self) -> str:
        """A ticket for one connection, as apps.connections.open puts into the URL."""
        ticket = secrets.token_hex(16)
        self._tickets.append(ticket)
        return ticket

    def connected(self) -> bool:
        """Whether any connection is open."""
        return bool(self._open)

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._open)

    async def serve(self, socket: WebSocket) -> None:
        """Hold one connection until either side ends it."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or len(self._open) + self._greeting >= MOST_CONNECTIONS:
            await socket.close(code=1008)
            return
        self._tickets.remove(ticket)
        connection = _Connection(socket, DEBUG_LIFE if socket.query_params.get("debug_reconnects") == "true" else LIFE)
        hello = json.dumps(self._hello(connection))
        self._greeting += 1
        try:
            await socket.accept()
            await socket.send_text(hello)
        except (WebSocketDisconnect, RuntimeError, OSError):  # gone before it was greeted
            return
        finally:
            self._greeting -= 1
        self._open.append(connection)
        self._traffic.said("hello", hello.encode())  # whoever waits for it finds the connection open
        self._end_later(connection, connection.life - NOTICE)
        try:
            while True:
                self._receive(await socket.receive_text())
        except (WebSocketDisconnect, KeyError):  # ended, or sent bytes, which Socket Mode has no use for
            pass
        finally:
            self._drop(connection)

    def _hello(self, connection: _Connection) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open) + self._greeting + 1,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "workspace", "build_number": 1, "approximate_connection_time": connection.life},
        }

    def _receive(self, text: str) -> None:
        """Settle the envelope that a frame acknowledges; anything else is passed over, as Slack does.

        An app may acknowledge over another connection than the one that brought the envelope.
        """
        try:
            frame = read_object(text)
        except SlackError:
            return
        envelope_id = str(frame.get("envelope_id", ""))
        for connection in self._open:
            answer = connection.waiting.get(envelope_id)
            if answer is not None and not answer.done():
                payload = frame.get("payload")
                body = json.dumps(payload).encode() if payload else b""
                answer.set_result(Answer(200, body, {"content-type": "application/json"}))

    async def send(self, parcel: Parcel) -> Answer:
        """Send an envelope and wait for its acknowledgement; the caller bounds the wait.

        Raises Undelivered where the connection is lost on the way.
        """
        connection = self._open[self._turn % len(self._open)]
        self._turn += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        connection.waiting[parcel.envelope_id] = answer
        try:
            await connection.socket.send_text(parcel.body.decode())
            return await answer
        except (WebSocketDisconnect, RuntimeError) as error:
            raise Undelivered("dispatch_failed") from error
        finally:
            del connection.waiting[parcel.envelope_id]

    async def disconnect(self, reason: str, most: int = MOST_CONNECTIONS) -> int:
        """Ask for connections to be replaced, the oldest first and at most so many; returns how many were told.

        With `warning` the app has ten seconds before the connection ends. With `refresh_requested` and
        `link_disabled` it ends at once; with `abrupt`, which is not Slack's word, nothing is even said.
        """
        told = self._open[:most]
        for connection in told:
            await self._disconnect(connection, reason)
        return len(told)

    async def _disconnect(self, connection: _Connection, reason: str) -> None:
        if reason != ABRUPT:
            await self._say(connection, {"type": "disconnect", "reason": reason, "debug_info": {"host": "workspace"}})
        if reason == "warning":
            self._end_later(connection, NOTICE, warned=True)
            return
        self._drop(connection)
        if reason == ABRUPT:
            abort(connection.socket._receive)  # Starlette hands it out for requests alone
        else:
            await connection.socket.close()

    def _end_later(self, connection: _Connection, seconds: float, *, warned: bool = False) -> None:
        """End a connection in time, in place of whatever else would have ended it; a warning goes before."""

        async def end() -> None:
            await self._sleep(seconds)
            if not warned:
                await self._say(connection, {"type": "disconnect", "reason": "warning", "debug_info": {}})
                await self._sleep(NOTICE)
            connection.ending = None
            await self._disconnect(connection, "refresh_requested")

        if connection.ending:
            connection.ending.cancel()
        connection.ending = asyncio.get_running_loop().create_task(end())

    async def _say(self, connection: _Connection, word: Json) -> None:
        """Send what wants no acknowledgement."""
        text = json.dumps(word)
        self._traffic.said(word["type"], text.encode())
        await connection.socket.send_text(text)

    def _drop(self, connection: _Connection) -> None:
        """Use a connection no more."""
        if connection in self._open:
            self._open.remove(connection)
        if connection.ending:
            connection.ending.cancel()
        connection.lost()
