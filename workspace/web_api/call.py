"""One call of a Web API method: its arguments, and who may do what."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.seed import User
from workspace.store import Conversation

Json = dict[str, Any]
Item = TypeVar("Item")
SCOPE_KINDS = {"channel": "channels", "group": "groups", "im": "im"}


@dataclass(frozen=True)
class Call:
    """The workspace, the arguments as they came (strings from a form, any JSON value from JSON), our address."""

    ws: Workspace
    arguments: Json
    base_url: str

    def text(self, name: str, default: str = "") -> str:
        """An argument as a string."""
        value = self.arguments.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str) -> str:
        """An argument that must be there. Raises SlackError invalid_arguments."""
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", (f"missing required field: {name}",))
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no argument, as true, 1, "true" or "1"."""
        value = self.arguments.get(name)
        return default if value is None else str(value).lower() in ("true", "1")

    def json(self, name: str, error: str) -> Any:  # noqa: ANN401 - any JSON value may come
        """An argument that is JSON, given as such or as a string. Raises SlackError(`error`) otherwise."""
        value = self.arguments.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError as problem:
            raise SlackError(error) from problem

    def need(self, *scopes: str) -> None:
        """Raise SlackError missing_scope unless the app was granted one of the scopes."""
        granted = self.ws.manifest.scopes
        if scopes and not granted.intersection(scopes):
            raise SlackError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(granted)))

    def conversation(self, verb: str = "", name: str = "channel") -> Conversation:
        """The conversation named by an argument, that the app can see; `verb` is the scope it needs there.

        Raises SlackError channel_not_found or missing_scope.
        """
        conversation = self.ws.store.conversations.get(self.required(name))
        if conversation is None or (conversation.kind != "channel" and not self.is_member(conversation)):
            raise SlackError("channel_not_found")
        if verb:
            self.need(f"{SCOPE_KINDS[conversation.kind]}:{verb}")
        return conversation

    def is_member(self, conversation: Conversation) -> bool:
        """Whether the app is in a conversation."""
        return self.ws.store.bot.id in conversation.members

    def reachable(self, user_id: str) -> User:
        """A person whom the app can write to. Raises SlackError user_not_found, _disabled or _not_visible."""
        user = self.ws.store.users.get(user_id)
        if user is None or user.id == "USLACKBOT":
            raise SlackError("user_not_found")
        if user.deleted:
            raise SlackError("user_disabled")
        if user.is_bot:
            raise SlackError("cannot_dm_bot")
        if not self.ws.can_message(self.ws.store.bot, user_id):
            raise SlackError("user_not_visible")
        return user

    def page(self, items: Sequence[Item], default: int, most: int = 1000) -> tuple[list[Item], str]:
        """The items that `limit` and `cursor` ask for, and the next cursor ("" at the end)."""
        try:
            limit = int(self.text("limit") or default)
            start = int(base64.b64decode(self.text("cursor"), validate=True) or 0)
        except ValueError as error:
            raise SlackError("invalid_cursor" if self.text("cursor") else "invalid_limit") from error
        if start < 0:
            raise SlackError("invalid_cursor")
        if limit < 1:
            raise SlackError("invalid_limit")
        end = start + min(limit, most)
        following = base64.b64encode(str(end).encode()).decode() if end < len(items) else ""
        return list(items[start:end]), following
