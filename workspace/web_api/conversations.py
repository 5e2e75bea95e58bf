"""conversations.*: https://docs.slack.dev/reference/methods#conversations"""

from __future__ import annotations

from typing import Any

from workspace.errors import SlackError
from workspace.payloads import conversation_json, message_json
from workspace.store import Conversation, Message
from workspace.web_api.call import SCOPE_KINDS, Call

Json = dict[str, Any]
LIST_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im"}


def open_direct(call: Call) -> Json:
    """conversations.open: the direct message with one person, by `users` or by the `channel` it already is."""
    if call.text("channel"):
        conversation = call.conversation()
    else:
        users = [one.strip() for one in call.text("users").split(",") if one.strip()]
        if not users:
            raise SlackError("users_list_not_supplied")
        if len(users) > 1:
            call.need("mpim:write")
            raise SlackError("method_not_supported_for_channel_type")
        call.need("im:write")
        user = call.reachable(users[0])
        known = {c.id for c in call.ws.store.of(user.id)}
        conversation = call.ws.store.direct(user.id, call.ws.store.bot.id)
        if conversation.id in known:
            return {"no_op": True, "already_open": True, "channel": _opened(call, conversation)}
    return {"channel": _opened(call, conversation)}


def _opened(call: Call, conversation: Conversation) -> Json:
    return conversation_json(call.ws.store, conversation) if call.flag("return_im") else {"id": conversation.id}


def info(call: Call) -> Json:
    """conversations.info"""
    body = conversation_json(call.ws.store, call.conversation("read"))
    if not call.flag("include_num_members"):
        body.pop("num_members", None)
    return {"channel": body}


def listing(call: Call) -> Json:
    """conversations.list: what the app can see, of the types asked for."""
    asked = [one.strip() for one in call.text("types", "public_channel").split(",")]
    unknown = [one for one in asked if one not in (*LIST_TYPES, "mpim")]
    if unknown:
        raise SlackError("invalid_types")
    kinds = [LIST_TYPES[one] for one in asked if one in LIST_TYPES]
    for kind in kinds:
        call.need(f"{SCOPE_KINDS[kind]}:read")
    found = [
        conversation_json(call.ws.store, conversation)
        for conversation in call.ws.store.conversations.values()
        if conversation.kind in kinds
        and (conversation.kind == "channel" or call.is_member(conversation))
        and not (conversation.archived and call.flag("exclude_archived"))
    ]
    items, following = call.page(found, 100)
    return {"channels": items, "response_metadata": {"next_cursor": following}}


def members(call: Call) -> Json:
    """conversations.members"""
    items, following = call.page(call.conversation("read").members, 100)
    return {"members": items, "response_metadata": {"next_cursor": following}}


def history(call: Call) -> Json:
    """conversations.history: newest first, without thread replies and without ephemeral messages."""
    conversation = _readable(call)
    chosen = [
        message
        for message in reversed(conversation.messages)
        if message.only_for is None and (not message.is_reply or message.broadcast) and _between(call, message)
    ]
    items, following = call.page(chosen, 100, 999)
    return _messages(call, items, following)


def replies(call: Call) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    conversation = _readable(call)
    found = conversation.find(call.required("ts"))
    if found is None or found.only_for:
        raise SlackError("thread_not_found")
    parent = conversation.find(found.thread_ts) if found.is_reply and found.thread_ts else found
    thread = [*([parent] if parent else []), *conversation.replies(found.thread_ts or found.ts)]
    chosen = [message for message in thread if message is parent or _between(call, message)]
    items, following = call.page(chosen, 1000)
    return _messages(call, items, following)


def _readable(call: Call) -> Conversation:
    conversation = call.conversation("history")
    if not call.is_member(conversation):
        raise SlackError("not_in_channel")
    return conversation


def _between(call: Call, message: Message) -> bool:
    """Whether a message lies between `oldest` and `latest`; the ends count with `inclusive`."""
    try:
        ts, oldest = float(message.ts), float(call.text("oldest") or 0)
        latest = float(call.text("latest") or "inf")
    except ValueError as error:
        raise SlackError("invalid_ts_latest" if call.text("latest") else "invalid_ts_oldest") from error
    return oldest <= ts <= latest if call.flag("inclusive") else oldest < ts < latest


def _messages(call: Call, items: list[Message], following: str) -> Json:
    metadata = call.flag("include_all_metadata")
    body: Json = {
        "messages": [message_json(call.ws.store, message, metadata=metadata) for message in items],
        "has_more": bool(following),
    }
    return body | ({"response_metadata": {"next_cursor": following}} if following else {})
