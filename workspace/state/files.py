"""Files of the app and of people: their bytes, in memory, and the addresses they go up to and come down from.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote

from workspace.errors import SlackError
from workspace.state.switches import Switches

Json = dict[str, Any]
# Slack takes files of up to 1 GB; these are kept in memory.
MOST_BYTES = 50_000_000
# What a browser may show as it is. Everything else is offered for saving: it could carry a script.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass
class File:
    """One file. It is `complete` once it may be shared, and `processed` some time after that, when its type is known
    and blocks may show it; `shares` are timestamps of messages by conversation.

    `submitted` is whether a person has sent it to the app with a form; `address` is where the workspace was reached
    by whoever uploaded it.
    """

    id: str
    name: str
    title: str
    user: str
    announced: datetime
    length: int
    address: str
    alt_text: str = ""
    content: bytes | None = None
    complete: bool = False
    processed: bool = False
    submitted: bool = False
    shares: dict[str, list[str]] = field(default_factory=dict)

    @property
    def created(self) -> int:
        """The second of its upload."""
        return int(self.announced.timestamp())

    @property
    def mimetype(self) -> str:
        """The type that its name says it has."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def path(self) -> str:
        """Where the workspace serves it."""
        return f"/files/{self.id}/{quote(self.name, safe='')}"

    @property
    def url(self) -> str:
        """The same for whoever is elsewhere."""
        return self.address + self.path


class Files:
    """Every file, and the tickets with which announced ones may be uploaded."""

    def __init__(self, now: Callable[[], datetime], switches: Switches) -> None:
        self._now = now
        self._switches = switches
        self._files: dict[str, File] = {}
        self._tickets: dict[str, File] = {}
        self._numbers = count(1)

    def find(self, file_id: str) -> File | None:
        """A file by its id, complete or not. One that is older than files are kept is gone."""
        file = self._files.get(file_id)
        if file is not None and not self._switches.is_kept(self._age(file)):
            self.remove(file)
            return None
        return file

    def process(self, file: File) -> None:
        """Note that somebody has asked for a file: from then on it is processed, if it has been scanned."""
        file.processed = file.processed or self._switches.is_scanned(self._age(file))

    def _age(self, file: File) -> timedelta:
        return self._now() - file.announced

    def announce(self, user: str, name: str, length: int, address: str, alt_text: str = "") -> tuple[File, str]:
        """A file that is still to come, and the ticket for its upload."""
        file_id = f"F{next(self._numbers):09d}"
        made = File(file_id, name, name, user, self._now(), length, address, alt_text)
        ticket = secrets.token_urlsafe(18)
        self._files[file_id] = self._tickets[ticket] = made
        return made, ticket

    def add(self, user: str, name: str, content: bytes, address: str) -> File:
        """A complete file at once, as a person's client uploads it. It is shared by whoever asked for it."""
        made, ticket = self.announce(user, name, len(content), address)
        self.receive(ticket, content)
        made.complete = made.processed = True
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
