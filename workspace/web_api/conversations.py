"""conversations.* that read: https://docs.slack.dev/reference/methods#conversations"""

from __future__ import annotations

import base64
import re
from bisect import bisect_left, bisect_right
from typing import Any

from workspace.errors import SlackError
from workspace.state.objects import conversation_json
from workspace.state.store import Conversation, Message
from workspace.web_api.call import SCOPE_KINDS, Call
from workspace.wire.payloads import message_json

Json = dict[str, Any]
LIST_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
STAMP = re.compile(r"\d{1,12}(\.\d{1,9})?")


def info(call: Call) -> Json:
    """conversations.info"""
    conversation = call.conversation("read")
    body = conversation_json(call.ws.store, conversation)
    if not call.flag("include_num_members"):
        body.pop("num_members", None)
    if call.is_member(conversation):
        body["last_read"] = conversation.read.get(call.ws.store.bot.id, "0000000000.000000")
    return {"channel": body}


def listing(call: Call) -> Json:
    """conversations.list: what the app can see, of the types asked for."""
    found = [
        conversation for conversation in call.ws.store.conversations.values() if call.ws.store.is_visible(conversation)
    ]
    return listed(call, found)


def listed(call: Call, conversations: list[Conversation]) -> Json:
    """A page of conversations, of the types asked for; `connected_team_ids` is only for conversations.info.

    Raises SlackError invalid_types or missing_scope.
    """
    asked = [one.strip() for one in call.text("types", "public_channel").split(",")]
    if any(one not in LIST_TYPES for one in asked):
        raise SlackError("invalid_types")
    kinds = [LIST_TYPES[one] for one in asked]
    for kind in kinds:
        call.need(f"{SCOPE_KINDS[kind]}:read")
    chosen = [
        conversation
        for conversation in conversations
        if conversation.kind in kinds and not (conversation.archived and call.flag("exclude_archived"))
    ]
    items, following = call.page(chosen, 100)
    channels = [conversation_json(call.ws.store, conversation) for conversation in items]
    for channel in channels:
        channel.pop("connected_team_ids", None)
    return {"channels": channels, "response_metadata": {"next_cursor": following}}


def members(call: Call) -> Json:
    """conversations.members"""
    items, following = call.page(call.conversation("read").members, 100)
    return {"members": items, "response_metadata": {"next_cursor": following}}


def history(call: Call) -> Json:
    """conversations.history: newest first, without thread replies and without ephemeral messages.

    The cursor names a timestamp, as Slack's does, so that messages which come in between shift nothing.
    """
    conversation = call.own_conversation("history")
    limit = min(call.limit(100), 999)
    first, last = _range(call, conversation.messages)
    if call.text("cursor"):
        last = min(last, bisect_left(conversation.messages, _cursor(call), key=_ts))
    items: list[Message] = []
    more = False
    for at in range(last - 1, first - 1, -1):
        message = conversation.messages[at]
        if message.only_for is None and (not message.is_reply or message.broadcast):
            if more := len(items) == limit:
                break
            items.append(message)
    following = base64.b64encode(f"next_ts:{items[-1].ts}".encode()).decode() if more else ""
    return {**_messages(call, items, following), "pin_count": len(conversation.pins)}


def _cursor(call: Call) -> tuple[int, int]:
    """The timestamp that a cursor of conversations.history names. Raises SlackError invalid_cursor."""
    try:
        cursor = base64.b64decode(call.text("cursor"), validate=True).decode()
    except ValueError as error:
        raise SlackError("invalid_cursor") from error
    found = re.fullmatch(r"next_ts:(\d{1,12})\.(\d{6})", cursor)
    if found is None:
        raise SlackError("invalid_cursor")
    return int(found[1]), int(found[2])


def replies(call: Call) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    conversation = call.own_conversation("history")
    found = conversation.find(call.required("ts"))
    if found is None or found.only_for:
        raise SlackError("thread_not_found")
    parent = conversation.find(found.thread_ts) if found.is_reply and found.thread_ts else found
    below = conversation.replies(found.thread_ts or found.ts)
    first, last = _range(call, below)
    items, following = call.page([*([parent] if parent else []), *below[first:last]], 1000)
    return _messages(call, items, following)


def _range(call: Call, messages: list[Message]) -> tuple[int, int]:
    """Where in messages `oldest` and `latest` begin and end; the ends count with `inclusive`."""
    oldest, latest = _stamp(call, "oldest"), _stamp(call, "latest")
    inclusive = call.flag("inclusive")
    after, before = (bisect_left, bisect_right) if inclusive else (bisect_right, bisect_left)
    first = after(messages, oldest, key=_ts) if oldest is not None else 0
    last = before(messages, latest, key=_ts) if latest is not None else len(messages)
    return first, max(first, last)


def _ts(message: Message) -> tuple[int, int]:
    seconds, _, fraction = message.ts.partition(".")
    return int(seconds), int(fraction)


def _stamp(call: Call, name: str) -> tuple[int, int] | None:
    """A timestamp as whole seconds and microseconds. Raises SlackError invalid_ts_oldest or _latest."""
    text = call.text(name)
    if not text or text == "now":
        return None
    if not STAMP.fullmatch(text):
        raise SlackError(f"invalid_ts_{name}")
    seconds, _, fraction = text.partition(".")
    return int(seconds), int(fraction.ljust(6, "0")[:6] or 0)


def _messages(call: Call, items: list[Message], following: str) -> Json:
    metadata = call.flag("include_all_metadata")
    body: Json = {
        "messages": [message_json(call.ws.store, message, metadata=metadata) for message in items],
        "has_more": bool(following),
    }
    return body | ({"response_metadata": {"next_cursor": following}} if following else {})
