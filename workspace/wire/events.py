"""Events: what happened, as the app is told of it where its manifest subscribes and it has the scope.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from workspace.state.manifest import Manifest
from workspace.state.objects import user_json
from workspace.state.seed import User
from workspace.state.store import Conversation, Message, Store
from workspace.wire.courier import Courier
from workspace.wire.payloads import app_profile, event_payload, message_json

Json = dict[str, Any]
# The event as a manifest subscribes to it, and the scopes of which the app needs one ("" where it needs none).
READS_CHANNELS = ("channels:read", "groups:read")
EVENTS: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_id_changed": READS_CHANNELS,
    "channel_shared": READS_CHANNELS,
    "channel_left": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_unshared": READS_CHANNELS,
    "file_shared": ("files:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": READS_CHANNELS,
    "member_left_channel": READS_CHANNELS,
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "team_join": ("users:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
MESSAGES = {"im": "message.im", "mpim": "message.mpim", "group": "message.groups", "channel": "message.channels"}


class Events:
    """Tells the app what happened."""

    def __init__(self, store: Store, manifest: Manifest, courier: Courier, now: Callable[[], datetime]) -> None:
        self._store = store
        self._manifest = manifest
        self._courier = courier
        self._now = now
        self.installed = True

    def posted(self, message: Message) -> None:
        """A message was posted; one that names the app is told of twice, as message and as app_mention."""
        body = self._described(message)
        self._message(message, {**body, "event_ts": message.ts})
        conversation = self._store.conversations[message.channel]
        mentions = f"<@{self._store.bot.id}" in message.text and not message.by_app
        if mentions and conversation.kind in ("channel", "group") and message.only_for is None:
            event = {**body, "type": "app_mention", "channel": conversation.id, "event_ts": message.ts}
            self._in(conversation, "app_mention", event)

    def edited(self, message: Message, before: Json) -> None:
        """A message was changed; `before` is its JSON as it was."""
        changed = {"subtype": "message_changed", "message": self._described(message), "previous_message": before}
        self._message(message, {"type": "message", **changed, "hidden": True, **self._instants()})

    def deleted(self, message: Message, before: Json) -> None:
        """A message was deleted."""
        gone = {"subtype": "message_deleted", "previous_message": before, "deleted_ts": message.ts}
        self._message(message, {"type": "message", **gone, "hidden": True, **self._instants()})

    def reacted(self, message: Message, user: User, name: str, *, added: bool) -> None:
        """Somebody added a reaction to a message, or took theirs away."""
        event = {
            "user": user.id,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
        }
        conversation = self._store.conversations[message.channel]
        self._in(conversation, "reaction_added" if added else "reaction_removed", event)

    def joined(self, conversation: Conversation, user: User, inviter: User | None = None) -> None:
        """Somebody became a member of a channel."""
        event = self._member(conversation, user)
        self._in(conversation, "member_joined_channel", event | ({"inviter": inviter.id} if inviter else {}))

    def left(self, conversation: Conversation, user: User) -> None:
        """Somebody is no longer a member of a channel."""
        self._in(conversation, "member_left_channel", self._member(conversation, user))

    def changed(self, conversation: Conversation, what: str) -> None:
        """A channel came to its end for the app, or back: `what` is archive, unarchive, deleted or left.

        https://docs.slack.dev/reference/events/channel_archive; of a private channel the event is named group_archive.
        """
        self._in(conversation, f"{conversation.kind}_{what}", {"channel": conversation.id})

    def _member(self, conversation: Conversation, user: User) -> Json:
        kind = "G" if conversation.kind == "group" else "C"
        return {"user": user.id, "channel": conversation.id, "channel_type": kind, "team": self._store.home(user)}

    def pinned(self, message: Message, user: User, *, added: bool, count: int) -> None:
        """Somebody pinned a message, or took the pin away; `count` is how many pins there are now."""
        now = int(self._now().timestamp())
        item = {
            "type": "message",
            "channel": message.channel,
            "message": message_json(self._store, message, event=True),
        }
        event = {
            "user": user.id,
            "channel_id": message.channel,
            "item": item | {"created": now, "created_by": user.id},
            "item_user": message.user,
            "pin_count": count,
        }
        conversation = self._store.conversations[message.channel]
        if added:
            event["pinned_info"] = {"channel": message.channel, "pinned_by": user.id, "pinned_ts": now}
        else:
            event["has_pins"] = count > 0
        self._in(conversation, "pin_added" if added else "pin_removed", event)

    def file_shared(self, conversation: Conversation, file_id: str, user: User) -> None:
        """A file was shared in a conversation."""
        event = {"channel_id": conversation.id, "file_id": file_id, "user_id": user.id, "file": {"id": file_id}}
        self._in(conversation, "file_shared", event)

    def home_opened(self, user: User, tab: str, view: Json | None) -> None:
        """A person opened the app's page at a tab; `view` is what is published there, if anything."""
        channel = self._store.direct(user.id, self._store.bot.id)
        event = {"user": user.id, "channel": channel.id, "tab": tab}
        self._anywhere("app_home_opened", event | ({"view": view} if view else {}))

    def shared(self, conversation: Conversation, team: str) -> None:
        """Another organisation's people came into a channel for the first time."""
        self._in(conversation, "channel_shared", {"connected_team_id": team, "channel": conversation.id})

    def unshared(self, conversation: Conversation, team: str) -> None:
        """Another organisation is no longer in a channel."""
        event = {"previously_connected_team_id": team, "channel": conversation.id}
        self._in(conversation, "channel_unshared", event | {"is_ext_shared": self._store.is_shared(conversation)})

    def user_joined(self, user: User) -> None:
        """Somebody new is in the app's workspace."""
        about = user_json(self._store, user, email="users:read.email" in self._manifest.scopes)
        self._anywhere("team_join", {"user": about, "cache_ts": int(self._now().timestamp())})

    def user_changed(self, user: User) -> None:
        """Something about a person is different: that they are a guest now, or were deactivated."""
        about = user_json(self._store, user, email="users:read.email" in self._manifest.scopes)
        self._anywhere("user_change", {"user": about, "cache_ts": int(self._now().timestamp())})

    def uninstalled(self) -> None:
        """The app was removed from the workspace."""
        self._anywhere("tokens_revoked", {"tokens": {"oauth": [], "bot": [self._store.bot.id]}})
        self._anywhere("app_uninstalled", {})
        self.installed = False

    def _described(self, message: Message) -> Json:
        body = message_json(self._store, message, event=True)
        if message.by_app:
            return body | {"bot_profile": app_profile(self._store, self._manifest)}
        return body

    def _instants(self) -> Json:
        now = self._store.next_ts()
        return {"ts": now, "event_ts": now}

    def _message(self, message: Message, event: Json) -> None:
        conversation = self._store.conversations[message.channel]
        if message.only_for is None:
            event = {**event, "channel": conversation.id, "channel_type": conversation.kind}
            self._in(conversation, MESSAGES[conversation.kind], event)

    def _in(self, conversation: Conversation, name: str, event: Json) -> None:
        """Tell of something in a conversation, if the app is in it and may know."""
        if self._store.bot.id in conversation.members:
            self._tell(name, event, conversation)

    def _anywhere(self, name: str, event: Json) -> None:
        """Tell of something that is in no conversation."""
        self._tell(name, event, None)

    def _tell(self, name: str, event: Json, conversation: Conversation | None) -> None:
        scopes = EVENTS[name]
        if (
            not self.installed
            or name not in self._manifest.events
            or (scopes and not self._manifest.scopes.intersection(scopes))
        ):
            return
        event = {"type": name, **event} if "type" not in event else event
        event.setdefault("event_ts", self._store.next_ts())
        event_id = f"Ev{secrets.token_hex(5).upper()}"
        shared = conversation is not None and self._store.is_shared(conversation)
        seconds = int(self._now().timestamp())
        self._courier.send(event_payload(self._store, event, event_id, seconds, shared=shared))
