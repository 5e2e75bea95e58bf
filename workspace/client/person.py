"""A person at the keyboard, for tests: does what the page can do, and sees what the page shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from workspace.blocks import interactive
from workspace.blocks.rules import options_of
from workspace.blocks.state import as_list, is_many
from workspace.client.http import connection

Json = dict[str, Any]
Value = str | int | float | list[str] | None


@dataclass(frozen=True)
class Message:
    """A message as the person sees it; `plain` is all of its visible text, joined."""

    channel: str
    ts: str
    user: str
    name: str
    text: str
    blocks: list[Json]
    plain: str
    ephemeral: bool
    by_app: bool
    thread_ts: str | None
    edited: bool
    reply_count: int
    reactions: dict[str, list[str]]
    files: list[Json]

    def elements(self) -> list[tuple[Json, Json]]:
        """Each block and element that can be acted on."""
        return list(interactive(self.blocks))

    def button(self, label: str) -> Json:
        """The element with this visible label or action_id. Raises LookupError."""
        return _find(self.blocks, label)[1]


@dataclass(frozen=True)
class Modal:
    """A modal as the person sees it; `values` is what stands in its fields, by block_id and action_id."""

    view: Json
    values: dict[str, dict[str, Any]]

    @property
    def id(self) -> str:
        """The view's id."""
        return str(self.view["id"])

    @property
    def title(self) -> str:
        """The title at the top."""
        return str(self.view["title"]["text"])

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks."""
        blocks: list[Json] = self.view["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The name the app gave the view."""
        return str(self.view["callback_id"])

    def field(self, name: str) -> tuple[Json, Json]:
        """The block and element with this block_id or action_id. Raises LookupError."""
        for block, element in interactive(self.blocks):
            if name in (block["block_id"], element["action_id"]):
                return block, element
        raise LookupError(f"no field {name!r} in {self.title!r}")


@dataclass(frozen=True)
class Submission:
    """How a submission went: closed, errors by block_id, the view now open, or what Slack says went wrong."""

    closed: bool
    errors: dict[str, str]
    view: Modal | None
    failure: str | None


class Person:
    """One person in a running workspace. Every wait is a long poll with a timeout in real seconds."""

    def __init__(self, base_url: str, user: str, *, timeout: float = 10.0) -> None:
        self.user = user
        self._timeout = timeout
        self._http = connection(base_url, f"/people/{user}")

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def say(self, text: str, *, channel: str, thread: str | None = None) -> Message:
        """Write a message, or a reply in a thread."""
        return Message(**self._post("say", channel=channel, text=text, thread_ts=thread)["message"])

    def command(self, text: str, *, channel: str) -> list[Message]:
        """Run a slash command; the messages that it made for the person, errors included."""
        return [Message(**row) for row in self._post("command", channel=channel, text=text)["messages"]]

    def messages(self, channel: str) -> list[Message]:
        """What the person sees in a channel, oldest first."""
        return [Message(**row) for row in self._get("messages", channel=channel)["messages"]]

    def direct_messages(self) -> list[Message]:
        """What the person sees in the direct message with the app, oldest first."""
        return [Message(**row) for row in self._get("direct")["messages"]]

    @property
    def direct_channel(self) -> str:
        """The id of the direct message with the app."""
        return str(self._get("direct")["channel"])

    def open_view(self) -> Modal | None:
        """The modal that is open now, if any."""
        return _modal(self._get("view")["top"])

    def home(self) -> Modal | None:
        """The Home tab that the app has published for the person, if any."""
        return _modal(self._get("home")["top"])

    def modal(self, *, title: str | None = None) -> Modal:
        """Wait until a modal is open (one with this title, where given). Raises TimeoutError."""

        def found(person: Person) -> Modal | None:
            modal = person.open_view()
            return modal if modal and title in (None, modal.title) else None

        modal: Modal = self.wait(found)
        return modal

    def wait(self, condition: Callable[[Person], Any], *, timeout: float | None = None) -> Any:  # noqa: ANN401
        """Wait until `condition(person)` is true, looking again after each change; returns what it returned.

        Raises TimeoutError.
        """
        end = time.monotonic() + (self._timeout if timeout is None else timeout)
        while True:
            revision = self._get("revision")["revision"]
            if found := condition(self):
                return found
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{self.user} waited in vain")
            self._get("revision", since=revision, wait=min(left, 20))

    def click(
        self, on: Message | Modal, label: str, value: Value = None, *, filled: Mapping[str, Value] | None = None
    ) -> str | None:
        """Use an element by action_id or visible label; `value` is what is picked in a select, date or menu, and
        `filled` what stands in the fields of the modal by then, as for `submit`.

        Returns what the person is told where the app did not answer, or None. Raises LookupError where the
        element is not there as the person sees it now.
        """
        if isinstance(on, Modal):
            view = next((each for each in (self.open_view(), self.home()) if each and each.id == on.id), None)
            if view is None:
                raise LookupError(f"{on.title!r} is not open")
            blocks, place = view.blocks, {"view_id": on.id}
        else:
            blocks, place = self._now(on).blocks, {"channel": on.channel, "ts": on.ts}
        block, element = _find(blocks, label)
        picked = _raw(element, value)
        ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
        state = _state(on, filled) if filled and isinstance(on, Modal) else {}
        failure: str | None = self._post("click", **place, **ids, value=picked, state=state)["failure"]
        return failure

    def submit(self, modal: Modal, values: Mapping[str, Value] | None = None) -> Submission:
        """Fill fields in, keyed by block_id or action_id, and submit; options by value or by visible label."""
        answer = self._post("submit", view_id=modal.id, values=_state(modal, values or {}))
        return Submission(answer["closed"], answer["errors"], _modal(answer["view"]), answer["failure"])

    def close(self, modal: Modal, *, everything: bool = False) -> None:
        """Close a modal without submitting it."""
        self._post("close", view_id=modal.id, everything=everything)

    def shortcut(self, callback_id: str, message: Message | None = None) -> str | None:
        """Use a shortcut, global or on a message; what the person is told where the app did not answer."""
        place = {"channel": message.channel, "ts": message.ts} if message else {}
        failure: str | None = self._post("shortcut", callback_id=callback_id, **place)["failure"]
        return failure

    def suggest(self, on: Message | Modal, label: str, typed: str = "") -> Json:
        """Type into an external select; {"options"} or {"option_groups"}, or {"failure"}."""
        block, element = _find(on.blocks, label)
        place = {"view_id": on.id} if isinstance(on, Modal) else {"channel": on.channel, "ts": on.ts}
        ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
        return self._post("suggest", **place, **ids, value=typed)

    def react(self, message: Message, name: str) -> None:
        """Add a reaction, or take away the own one."""
        self._post("react", channel=message.channel, ts=message.ts, name=name)

    def edit(self, message: Message, text: str) -> None:
        """Change an own message."""
        self._post("edit", channel=message.channel, ts=message.ts, text=text)

    def delete(self, message: Message) -> None:
        """Delete an own message."""
        self._post("delete", channel=message.channel, ts=message.ts)

    def open_home(self, tab: str = "home") -> None:
        """Open the app's page at its tab home or messages."""
        self._post("home", tab=tab)

    def join(self, channel: str) -> None:
        """Join a public channel."""
        self._post("join", channel=channel)

    def leave_channel(self, channel: str) -> None:
        """Leave a channel."""
        self._post("leave", channel=channel)

    def upload(self, name: str, content: bytes, *, channel: str = "", thread: str = "") -> Json:
        """Upload a file, and share it where a channel is named; the file object, whose id a file_input takes."""
        place = {"channel": channel, "thread_ts": thread}
        file: Json = _checked(self._http.post("/upload", data=place, files={"file": (name, content)}))["file"]
        return file

    def _now(self, message: Message) -> Message:
        for current in self.messages(message.channel):
            if current.ts == message.ts:
                return current
        raise LookupError("the message is no longer there")

    def _get(self, what: str, **query: str | int | float) -> Json:
        return _checked(self._http.get(f"/{what}", params=query))

    def _post(self, action: str, **data: object) -> Json:
        return _checked(self._http.post(f"/{action}", json=data))


def _checked(response: httpx.Response) -> Json:
    data: Json = response.json()
    if response.status_code == 400:
        raise PermissionError(data["error"])
    response.raise_for_status()
    return data


def _modal(row: Json | None) -> Modal | None:
    return None if row is None else Modal(row["view"], row["values"])


def _find(blocks: list[Json], label: str) -> tuple[Json, Json]:
    found = list(interactive(blocks))
    for block, element in found:
        if label == element["action_id"]:
            return block, element
    for block, element in found:
        words = element.get("text") or element.get("placeholder") or {}
        if label == words.get("text"):
            return block, element
    raise LookupError(f"no button {label!r}; there are {[element['action_id'] for _, element in found]}")


def _state(modal: Modal, values: Mapping[str, Value]) -> Json:
    """What stands in the fields of a modal, by block_id and action_id."""
    state: Json = {}
    for name, value in values.items():
        block, element = modal.field(name)
        state.setdefault(block["block_id"], {})[element["action_id"]] = _raw(element, value)
    return state


def _raw(element: Json, value: Value) -> str | list[str] | None:
    """A value as the page would send it: options by value, where a visible label was given."""
    if value is None:
        return None
    values = {choice["text"]["text"]: choice["value"] for choice in options_of(element)}
    known = set(values.values())
    words = value if isinstance(value, list) else str(value)
    picked = [one if one in known else values.get(one, one) for one in as_list(words)]
    return picked if is_many(element) else "".join(picked)
