"""chat.* and reactions.add: https://docs.slack.dev/reference/methods#chat"""

from __future__ import annotations

import re
from typing import Any

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.payloads import message_json
from workspace.store import Conversation, Message
from workspace.web_api.call import Call

Json = dict[str, Any]
LONGEST_UPDATE = 4_000
MOST_REACTIONS = 50


def post_message(call: Call) -> Json:
    """chat.postMessage. `channel` may be a person's id: the direct message with them is opened."""
    conversation = _destination(call)
    text, blocks = call.ws.content(call.text("text"), _blocks(call), call.text("markdown_text"))
    message = call.ws.post(
        Message(
            channel=conversation.id,
            ts="",
            user=call.ws.store.bot.id,
            text=text,
            blocks=blocks,
            by_app=True,
            thread_ts=_thread(call, conversation),
            metadata=_metadata(call),
            broadcast=call.flag("reply_broadcast"),
        )
    )
    return {"channel": conversation.id, "ts": message.ts, "message": _shown(call.ws, message)}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral: a message that one member of the conversation sees."""
    conversation = _destination(call)
    user = call.required("user")
    if user not in conversation.members:
        raise SlackError("user_not_in_channel")
    text, blocks = call.ws.content(call.text("text"), _blocks(call), call.text("markdown_text"))
    message = call.ws.post(
        Message(
            channel=conversation.id,
            ts="",
            user=call.ws.store.bot.id,
            text=text,
            blocks=blocks,
            by_app=True,
            thread_ts=_thread(call, conversation),
            only_for=user,
        )
    )
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """chat.update of one of the app's own messages.

    Blocks are kept where neither blocks nor text is given and dropped where only text is; a message that has
    blocks is not marked as edited.
    """
    message = _own_message(call, "cant_update_message")
    if len(call.text("text")) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    metadata = _metadata(call)
    if call.text("text") or call.text("markdown_text") or call.arguments.get("blocks") is not None:
        text, blocks = call.ws.content(call.text("text"), _blocks(call), call.text("markdown_text"))
    elif metadata is not None:
        text, blocks = message.text, message.blocks
    else:
        raise SlackError("no_text")
    if metadata is not None:
        message.metadata = metadata or None
    call.ws.edit(message, text, blocks, mark=not blocks)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": _shown(call.ws, message),
    }


def delete(call: Call) -> Json:
    """chat.delete of one of the app's own messages."""
    message = _own_message(call, "cant_delete_message")
    call.ws.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """chat.getPermalink: here, an address on this workspace's own page."""
    conversation = call.conversation()
    message = conversation.find(call.required("message_ts"))
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    thread = f"?thread={message.thread_ts}" if message.is_reply else ""
    return {
        "channel": conversation.id,
        "permalink": f"{call.base_url}/archives/{conversation.id}/p{message.ts.replace('.', '')}{thread}",
    }


def react(call: Call) -> Json:
    """reactions.add"""
    conversation = call.conversation()
    message = conversation.find(call.required("timestamp"))
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    name = call.required("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", name):
        raise SlackError("invalid_name")
    people = message.reactions.get(name, [])
    if call.ws.store.bot.id in people:
        raise SlackError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MOST_REACTIONS:
        raise SlackError("too_many_emoji")
    message.reactions.setdefault(name, []).append(call.ws.store.bot.id)
    call.ws.store.touch(message)
    return {}


def _destination(call: Call) -> Conversation:
    """Where a new message goes. Raises SlackError channel_not_found, not_in_channel or is_archived."""
    if call.required("channel") in call.ws.store.users:
        user = call.reachable(call.required("channel"))
        return call.ws.store.direct(user.id, call.ws.store.bot.id)
    conversation = call.conversation()
    if conversation.archived:
        raise SlackError("is_archived")
    if not call.is_member(conversation) and "chat:write.public" not in call.ws.manifest.scopes:
        raise SlackError("not_in_channel")
    return conversation


def _thread(call: Call, conversation: Conversation) -> str | None:
    """The thread to reply in; a reply to a reply goes to the same thread."""
    ts = call.text("thread_ts")
    if not ts:
        return None
    parent = conversation.find(ts)
    if parent is None or parent.only_for:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _blocks(call: Call) -> object:
    blocks = call.json("blocks", "invalid_blocks_format")
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    return blocks


def _metadata(call: Call) -> Json | None:
    """Message metadata: https://docs.slack.dev/messaging/message-metadata"""
    metadata = call.json("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None if "metadata" not in call.arguments else metadata
    good = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not good:
        raise SlackError("invalid_metadata_schema")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def _own_message(call: Call, refusal: str) -> Message:
    conversation = call.conversation()
    message = conversation.find(call.required("ts"))
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    if not message.by_app:
        raise SlackError(refusal)
    return message


def _shown(ws: Workspace, message: Message) -> Json:
    return message_json(ws.store, message, metadata=True)
