"""Modals and the Home tab: one stack of up to three views for each person.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from workspace.blocks import check_view, interactive, json_size
from workspace.blocks.normal import fill_text, normal_blocks
from workspace.blocks.state import RawValues, as_list, merged, state_values
from workspace.copies import clone
from workspace.errors import SlackError
from workspace.state.objects import file_json
from workspace.state.pictures import picture_problems
from workspace.state.store import Offered, Store

Json = dict[str, Any]
MOST_VIEWS = 3
MOST_BYTES = 250_000


@dataclass
class View:
    """One view and what its person has filled in so far."""

    id: str
    user: str
    root: str
    previous: str | None
    hash: str
    body: Json
    values: RawValues
    offered: Offered = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks."""
        blocks: list[Json] = self.body["blocks"]
        return blocks


class Views:
    """Every person's open views."""

    def __init__(self, store: Store, next_ts: Callable[[], str]) -> None:
        self._store = store
        self._next_ts = next_ts
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def top(self, user: str) -> View | None:
        """The modal a person is looking at."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def stack(self, user: str) -> tuple[View, ...]:
        """A person's open modals, the lowest first."""
        return tuple(self._stacks.get(user, ()))

    def home(self, user: str) -> View | None:
        """A person's Home tab, where the app has published one."""
        return self._homes.get(user)

    def find(self, view_id: str = "", external_id: str = "") -> View:
        """An open view. Raises SlackError not_found."""
        for view in self._all():
            if (view_id and view.id == view_id) or (external_id and view.body.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def open(self, user: str, body: object) -> View:
        """Show a modal in place of whatever modal the person had open."""
        checked = self._checked(body)
        view = self._made(user, checked, None)
        self._stacks[user] = [view]
        self._store.changed()
        return view

    def push(self, user: str, body: object) -> View:
        """Put a modal on top of the person's stack. Raises SlackError push_limit_reached above three."""
        stack = self._stacks.get(user, [])
        checked = self._checked(body)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MOST_VIEWS:
            raise SlackError("push_limit_reached")
        view = self._made(user, checked, stack[-1])
        stack.append(view)
        self._store.changed()
        return view

    def update(self, view: View, body: object, expected_hash: str | None = None) -> View:
        """Change a view in place; what was filled in stays where its block and action are still there.

        Raises SlackError hash_conflict where `expected_hash` is not the view's present one.
        """
        checked = self._checked(body, (view.body["type"],), view)
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        view.body = checked
        view.hash = self._hash()
        view.values = merged(view.blocks, view.values)
        self._store.changed()
        return view

    def publish(self, user: str, body: object, expected_hash: str | None = None) -> View:
        """Set a person's Home tab."""
        before = self._homes.get(user)
        checked = self._checked(body, ("home",), before)
        if before and expected_hash and expected_hash != before.hash:
            raise SlackError("hash_conflict")
        view = self._made(user, checked, None)
        if before:
            view.id = view.root = before.id
        self._homes[user] = view
        self._store.changed()
        return view

    def close(self, view: View, *, everything: bool = False) -> list[View]:
        """Close a view (or the person's whole stack); returns those that closed, the top one first."""
        stack = self._stacks.get(view.user, [])
        at = 0 if everything else stack.index(view) if view in stack else len(stack)
        closed = list(reversed(stack[at:]))
        del stack[at:]
        self._store.changed()
        return closed

    def offered(self, view: View) -> Offered:
        """What the person may choose that does not stand in the blocks: suggested options, and their own files."""
        offered = {block_id: dict(fields) for block_id, fields in view.offered.items()}
        for block, element in interactive(view.blocks):
            if element["type"] == "file_input":
                block_id, action_id = block["block_id"], element["action_id"]
                chosen = map(self._store.files.find, as_list(view.values.get(block_id, {}).get(action_id)))
                own = [file_json(self._store, file) for file in chosen if file and file.user == view.user]
                offered.setdefault(block_id, {})[action_id] = own
        return offered

    def json(self, view: View, *, values: bool) -> Json:
        """A view as Slack shows it; `values` where `state` tells what is filled in.

        https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
        """
        team = self._store.home(self._store.users[view.user])
        body: Json = {
            "id": view.id,
            "team_id": team,
            "type": view.body["type"],
            "blocks": clone(view.blocks),
            "private_metadata": view.body.get("private_metadata", ""),
            "callback_id": view.body.get("callback_id", ""),
            "state": {"values": state_values(view.blocks, view.values, self.offered(view)) if values else {}},
            "hash": view.hash,
            "title": view.body.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "clear_on_close": view.body.get("clear_on_close", False),
            "notify_on_close": view.body.get("notify_on_close", False),
            "close": view.body.get("close"),
            "submit": view.body.get("submit"),
            "previous_view_id": view.previous,
            "root_view_id": view.root,
            "app_id": self._store.app.id,
            "external_id": view.body.get("external_id", ""),
            "app_installed_team_id": self._store.app.team,
            "bot_id": self._store.app.bot_id,
        }
        copied: Json = clone(body)
        return copied

    def _all(self) -> Iterator[View]:
        for stack in self._stacks.values():
            yield from stack
        yield from self._homes.values()

    def _checked(self, body: object, kinds: tuple[str, ...] = ("modal",), replaced: View | None = None) -> Json:
        problems = check_view(body, kinds)
        if problems or not isinstance(body, dict):
            raise SlackError("invalid_arguments", tuple(problems))
        if unseen := picture_problems(self._store, body["blocks"], "/view/blocks"):
            raise SlackError("invalid_arguments", tuple(unseen))
        if json_size(body) > MOST_BYTES:
            raise SlackError("view_too_large")
        external = body.get("external_id")
        if external and any(v is not replaced and v.body.get("external_id") == external for v in self._all()):
            raise SlackError("duplicate_external_id")
        whole: Json = {**clone(body), "blocks": normal_blocks(body["blocks"])}
        fill_text(whole)
        return whole

    def _made(self, user: str, body: Json, below: View | None) -> View:
        view_id = f"V{secrets.token_hex(5).upper()}"
        return View(
            id=view_id,
            user=user,
            root=below.root if below else view_id,
            previous=below.id if below else None,
            hash=self._hash(),
            body=body,
            values=merged(body["blocks"]),
        )

    def _hash(self) -> str:
        return f"{self._next_ts().split('.')[0]}.{secrets.token_hex(4)}"
