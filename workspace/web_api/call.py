"""One call of a Web API method: its arguments, and who may do what."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.state.seed import User
from workspace.state.store import Conversation, Message
from workspace.wire.reading import read_json

Json = dict[str, Any]
Item = TypeVar("Item")
SCOPE_KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
LONGEST_NUMBER = 18
MOST_ITEMS = 1000


@dataclass(frozen=True)
class Call:
    """The workspace, the arguments as they came (strings from a form, any JSON value from JSON), our address.

    `warnings` are what the method has to say beside its answer.
    """

    ws: Workspace
    arguments: Json
    base_url: str
    warnings: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        """An argument as a string. Raises SlackError for a list or an object in its place."""
        value = self.arguments.get(name)
        if value is None:
            return default
        if isinstance(value, list):
            raise SlackError("invalid_array_arg")
        if isinstance(value, dict):
            raise SlackError("invalid_arguments", (f"{name}: must be a string",))
        return value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str) -> str:
        """An argument that must be there. Raises SlackError invalid_arguments."""
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", (f"missing required field: {name}",))
        return value

    def number(self, name: str, error: str) -> int:
        """An argument that is a whole number. Raises SlackError(`error`) otherwise, and where it is missing."""
        value = self.text(name)
        if not value.isascii() or not value.isdigit() or len(value) > LONGEST_NUMBER:
            raise SlackError(error)
        return int(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no argument, as true, 1, "true" or "1"."""
        value = self.arguments.get(name)
        return default if value is None else str(value).lower() in ("true", "1")

    def json(self, name: str, error: str) -> Any:  # noqa: ANN401 - any JSON value may come
        """An argument that is JSON, given as such or as a string. Raises SlackError(`error`) otherwise."""
        value = self.arguments.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        return read_json(value, error)

    def ids(self, name: str) -> list[str]:
        """An argument that is ids with commas between, or a JSON list of them; each once, in order."""
        value = self.arguments.get(name)
        found = value if isinstance(value, list) else self.text(name).split(",")
        return list(dict.fromkeys(one.strip() for one in found if isinstance(one, str) and one.strip()))

    def need(self, *scopes: str) -> None:
        """Raise SlackError missing_scope unless the app was granted one of the scopes."""
        granted = self.ws.manifest.scopes
        if scopes and not granted.intersection(scopes):
            raise SlackError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(granted)))

    def conversation(self, verb: str = "", name: str = "channel", *, by_name: bool = False) -> Conversation:
        """The conversation named by an argument, that the app can see; `verb` is the scope it needs there.

        With `by_name`, `#general` is as good as an id. Raises SlackError channel_not_found or missing_scope.
        """
        given = self.required(name)
        conversation = self.ws.store.conversations.get(given) or (self._called(given) if by_name else None)
        if conversation is None or not self.ws.store.is_visible(conversation):
            raise SlackError("channel_not_found")
        if verb:
            self.need(f"{SCOPE_KINDS[conversation.kind]}:{verb}")
        return conversation

    def _called(self, name: str) -> Conversation | None:
        wanted = name.removeprefix("#").lower()
        found = (one for one in self.ws.store.conversations.values() if one.is_channel and one.name == wanted)
        return next((one for one in found if self.ws.store.is_visible(one)), None)

    def own_conversation(self, verb: str = "", name: str = "channel") -> Conversation:
        """The same, where the app is a member. Raises SlackError not_in_channel too."""
        conversation = self.conversation(verb, name)
        if not self.is_member(conversation):
            raise SlackError("not_in_channel")
        return conversation

    def message(self, conversation: Conversation, name: str = "timestamp") -> Message:
        """The message with the timestamp of an argument. Raises SlackError message_not_found."""
        message = conversation.find(self.text(name))
        if message is None or message.only_for:
            raise SlackError("message_not_found")
        return message

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

    def writable(self, conversation: Conversation) -> Conversation:
        """The same conversation. Raises SlackError is_archived or messages_tab_disabled where the app cannot write."""
        if conversation.archived:
            raise SlackError("is_archived")
        if conversation.kind == "im" and not self.ws.manifest.messages_tab:
            raise SlackError("messages_tab_disabled")
        return conversation

    def limit(self, default: int) -> int:
        """How many items are asked for. Raises SlackError invalid_limit, above 1,000 as well."""
        limit = self.number("limit", "invalid_limit") if self.text("limit") else default
        if not 1 <= limit <= MOST_ITEMS:
            raise SlackError("invalid_limit")
        return limit

    def page(self, items: Sequence[Item], default: int) -> tuple[list[Item], str]:
        """The items that `limit` and `cursor` ask for, and the next cursor ("" at the end).

        https://docs.slack.dev/apis/web-api/pagination. Raises SlackError invalid_cursor or invalid_limit.
        """
        limit, start = self.limit(default), self._start()
        end = start + limit
        following = base64.b64encode(str(end).encode()).decode() if end < len(items) else ""
        return list(items[start:end]), following

    def _start(self) -> int:
        try:
            start = int(base64.b64decode(self.text("cursor"), validate=True)[:LONGEST_NUMBER] or 0)
        except ValueError as error:
            raise SlackError("invalid_cursor") from error
        if start < 0:
            raise SlackError("invalid_cursor")
        return start
