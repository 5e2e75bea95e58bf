"""Socket Mode: the app connects to us, and payloads travel as acknowledged envelopes.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from workspace.delivery import Answer, Retry, Undelivered

Json = dict[str, Any]
MOST_CONNECTIONS = 10


class SocketMode:
    """The app's open connections; each envelope goes to one of them, in turn."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._tickets: set[str] = set()
        self._open: list[WebSocket] = []
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

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
        await socket.send_json(self._hello())
        self._open.append(socket)
        try:
            while True:
                self._receive(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            if socket in self._open:
                self._open.remove(socket)

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
        if waiting is None or waiting.done():
            return
        payload = frame.get("payload")
        body = json.dumps(payload).encode() if payload else b""
        waiting.set_result(Answer(200, body, {"content-type": "application/json"}))

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Answer:
        """Send an envelope and wait for its acknowledgement; the caller bounds the wait.

        Raises Undelivered where the connection is lost on the way.
        """
        socket = self._open[self._turn % len(self._open)]
        self._turn += 1
        envelope: Json = {
            "type": kind,
            "envelope_id": str(uuid.uuid4()),
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            await socket.send_json(envelope)
            return await answer
        except (WebSocketDisconnect, RuntimeError) as error:
            raise Undelivered("dispatch_failed") from error
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def disconnect(self, reason: str) -> int:
        """Ask every connection to be replaced, as Slack does with reason warning or refresh_requested.

        With link_disabled the connections are ended as well. Returns how many were told.
        """
        told = list(self._open)
        for socket in told:
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "workspace"}})
            if reason != "warning":
                self._open.remove(socket)
                await socket.close()
        return len(told)
