"""Socket Mode: the app connects to us, and payloads travel as acknowledged envelopes.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from workspace.delivery import Answer, Parcel, Undelivered
from workspace.traffic import Traffic

Json = dict[str, Any]
MOST_CONNECTIONS = 10


@dataclass(frozen=True)
class _Waiting:
    """An envelope that is not acknowledged yet, and the connection it went over."""

    answer: asyncio.Future[Answer]
    socket: WebSocket


class SocketMode:
    """The app's open connections; each envelope goes to one of them, in turn."""

    def __init__(self, app_id: str, traffic: Traffic) -> None:
        self._app_id = app_id
        self._traffic = traffic
        self._tickets: set[str] = set()
        self._open: list[WebSocket] = []
        self._turn = 0
        self._waiting: dict[str, _Waiting] = {}

    def ticket(self) -> str:
        """A ticket for one connection, as apps.connections.open puts into the URL."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
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
        if ticket not in self._tickets or len(self._open) >= MOST_CONNECTIONS:
            await socket.close(code=1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        await self._say(socket, self._hello())
        self._open.append(socket)
        try:
            while True:
                self._receive(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._lose(socket)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "workspace", "build_number": 1, "approximate_connection_time": 18060},
        }

    def _receive(self, text: str) -> None:
        """Settle the envelope that a frame acknowledges; anything else is passed over, as Slack does."""
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if not isinstance(frame, dict):
            return
        waiting = self._waiting.get(str(frame.get("envelope_id", "")))
        if waiting is None or waiting.answer.done():
            return
        payload = frame.get("payload")
        body = json.dumps(payload).encode() if payload else b""
        waiting.answer.set_result(Answer(200, body, {"content-type": "application/json"}))

    async def send(self, parcel: Parcel) -> Answer:
        """Send an envelope and wait for its acknowledgement; the caller bounds the wait.

        Raises Undelivered where the connection is lost on the way.
        """
        socket = self._open[self._turn % len(self._open)]
        self._turn += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[parcel.envelope_id] = _Waiting(answer, socket)
        try:
            await socket.send_text(parcel.body.decode())
            return await answer
        except (WebSocketDisconnect, RuntimeError) as error:
            raise Undelivered("dispatch_failed") from error
        finally:
            del self._waiting[parcel.envelope_id]

    async def disconnect(self, reason: str) -> int:
        """Ask every connection to be replaced, as Slack does with reason warning or refresh_requested.

        With link_disabled the connections are ended as well; `abrupt` ends them without a word.
        Returns how many there were.
        """
        told = list(self._open)
        for socket in told:
            if reason != "abrupt":
                await self._say(socket, {"type": "disconnect", "reason": reason, "debug_info": {"host": "workspace"}})
            if reason != "warning":
                self._lose(socket)
                await socket.close()
        return len(told)

    async def _say(self, socket: WebSocket, word: Json) -> None:
        """Send what wants no acknowledgement."""
        text = json.dumps(word)
        self._traffic.said(word["type"], text.encode())
        await socket.send_text(text)

    def _lose(self, socket: WebSocket) -> None:
        """Use a connection no more; what went over it and was not acknowledged was not delivered."""
        if socket in self._open:
            self._open.remove(socket)
        for waiting in self._waiting.values():
            if waiting.socket is socket and not waiting.answer.done():
                waiting.answer.set_exception(Undelivered("dispatch_failed"))
