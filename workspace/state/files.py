"""Files of the app and of people: their bytes, in memory, and the addresses they go up to and come down from.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from workspace.errors import SlackError
from workspace.wire.bodies import limited_body, read_form

Json = dict[str, Any]
# Slack takes files of up to 1 GB; these are kept in memory.
MOST_BYTES = 50_000_000
# What a browser may show as it is. Everything else is offered for saving: it could carry a script.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@dataclass
class File:
    """One file. It is `complete` once it may be shared; `shares` are timestamps of messages by conversation."""

    id: str
    name: str
    title: str
    user: str
    created: int
    length: int
    alt_text: str = ""
    content: bytes | None = None
    complete: bool = False
    shares: dict[str, list[str]] = field(default_factory=dict)

    @property
    def mimetype(self) -> str:
        """The type that its name says it has."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def path(self) -> str:
        """Where the workspace serves it."""
        return f"/files/{self.id}/{quote(self.name, safe='')}"


class Files:
    """Every file, and the tickets with which announced ones may be uploaded."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._files: dict[str, File] = {}
        self._tickets: dict[str, File] = {}

    def find(self, file_id: str) -> File | None:
        """A file by its id, complete or not."""
        return self._files.get(file_id)

    def announce(self, user: str, name: str, length: int, alt_text: str = "") -> tuple[File, str]:
        """A file that is still to come, and the ticket for its upload."""
        file_id = f"F{len(self._files) + 1:09d}"
        made = File(file_id, name, name, user, int(self._now().timestamp()), length, alt_text)
        ticket = secrets.token_urlsafe(18)
        self._files[file_id] = self._tickets[ticket] = made
        return made, ticket

    def add(self, user: str, name: str, content: bytes) -> File:
        """A complete file at once, as a person's client uploads it. It is shared by whoever asked for it."""
        made, ticket = self.announce(user, name, len(content))
        self.receive(ticket, content)
        made.complete = True
        return made

    def receive(self, ticket: str, content: bytes) -> File:
        """The bytes of an announced file, once. Raises SlackError where they are not what was announced."""
        waiting = self._tickets.get(ticket)
        if waiting is None:
            raise SlackError("invalid_ticket")
        if len(content) != waiting.length:
            raise SlackError("invalid_length")
        waiting.content = content
        del self._tickets[ticket]
        return waiting

    def remove(self, file: File) -> None:
        """Forget a file and its bytes."""
        del self._files[file.id]


async def upload(request: Request) -> Response:
    """POST /upload/{ticket}: the bytes, as the body itself or as the only file of a multipart form."""
    files: Files = request.app.state.workspace.store.files
    try:
        content = await _content(request)
        file = files.receive(request.path_params["ticket"], content)
    except SlackError as error:
        status = {"invalid_ticket": 404, "file_too_large": 413}.get(error.code, 400)
        return PlainTextResponse(error.code, status_code=status)
    return PlainTextResponse(f"OK - {file.length}")


async def _content(request: Request) -> bytes:
    content = await limited_body(request, MOST_BYTES, "file_too_large")
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return content
    for part in (await read_form(request, content)).values():
        return part
    raise SlackError("invalid_form_data")


async def serve(request: Request) -> Response:
    """GET /files/{file_id}/{name}: a complete file's bytes; images to be shown, all others to be saved."""
    files: Files = request.app.state.workspace.store.files
    file = files.find(request.path_params["file_id"])
    if file is None or not file.complete or file.content is None or file.name != request.path_params["name"]:
        return PlainTextResponse("There is no such file.", status_code=404, headers=HEADERS)
    shown = file.mimetype in SHOWN
    kind = file.mimetype if shown else "application/octet-stream"
    disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=kind, headers={**HEADERS, "Content-Disposition": disposition})


ROUTES: list[BaseRoute] = [
    Route("/upload/{ticket}", upload, methods=["POST"]),
    Route("/files/{file_id}/{name}", serve, methods=["GET"]),
]
