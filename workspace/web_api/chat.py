"""chat.*: https://docs.slack.dev/reference/methods#chat"""

from __future__ import annotations

from typing import Any

from workspace.errors import SlackError
from workspace.state.limits import IN_ONE_CHANNEL
from workspace.state.store import Conversation, Message
from workspace.web_api.call import Call
from workspace.wire.payloads import app_profile, message_json

Json = dict[str, Any]
LONGEST_UPDATE = 4_000
# Slack has the error metadata_too_large and gives no number; this one is ours.
MOST_METADATA = 8_000


def post_message(call: Call) -> Json:
    """chat.postMessage. `channel` may be a person's id: the direct message with them is opened."""
    message = new_message(call, destination(call))
    call.ws.limits.take(IN_ONE_CHANNEL, "chat.postMessage", message.channel)
    posted = call.ws.post(message)
    return {"channel": posted.channel, "ts": posted.ts, "message": _shown(call, posted)}


def me_message(call: Call) -> Json:
    """chat.meMessage: an italic line about oneself."""
    conversation = destination(call)
    text, _ = call.ws.content(call.text("text"), None)
    bot = call.ws.store.bot.id
    posted = call.ws.post(Message(conversation.id, "", bot, text, by_app=True, subtype="me_message"))
    return {"channel": posted.channel, "ts": posted.ts}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral: a message that one member of the conversation sees."""
    conversation = destination(call)
    message = new_message(call, conversation)
    message.only_for = call.required("user")
    if message.only_for not in conversation.members or call.ws.store.users[message.only_for].deleted:
        raise SlackError("user_not_in_channel")
    message.metadata, message.broadcast = None, False
    return {"message_ts": call.ws.post(message).ts}


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
        if call.flag("reply_broadcast") and not message.broadcast:
            raise SlackError("no_dual_broadcast_content_update")
        text, blocks = call.ws.content(call.text("text"), _blocks(call), call.text("markdown_text"))
        _warn_of_text(call)
    elif metadata is not None or call.flag("reply_broadcast"):
        text, blocks = message.text, message.blocks
    else:
        raise SlackError("no_text")
    if metadata is not None:
        message.metadata = metadata or None
    if call.flag("reply_broadcast"):
        message.broadcast = True
    call.ws.edit(message, text, blocks, mark=not blocks)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": _shown(call, message)}


def delete(call: Call) -> Json:
    """chat.delete of one of the app's own messages."""
    message = _own_message(call, "cant_delete_message")
    call.ws.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """chat.getPermalink: here, an address on this workspace's own page."""
    conversation = call.conversation()
    message = call.message(conversation, "message_ts")
    thread = f"?thread={message.thread_ts}" if message.is_reply else ""
    return {
        "channel": conversation.id,
        "permalink": f"{call.base_url}/archives/{conversation.id}/p{message.ts.replace('.', '')}{thread}",
    }


def destination(call: Call) -> Conversation:
    """Where a new message goes: by id, by a channel's name, or to a person.

    Raises SlackError channel_not_found, not_in_channel, is_archived or messages_tab_disabled.
    """
    if call.required("channel") in call.ws.store.users:
        user = call.reachable(call.text("channel"))
        return call.writable(call.ws.store.direct(user.id, call.ws.store.bot.id))
    conversation = call.writable(call.conversation(by_name=True))
    if not call.ws.app_may_write(conversation):
        raise SlackError("not_in_channel")
    return conversation


def new_message(call: Call, conversation: Conversation) -> Message:
    """The message that a call's arguments describe, not yet posted."""
    text, blocks = call.ws.content(call.text("text"), _blocks(call), call.text("markdown_text"))
    _warn_of_text(call)
    return Message(
        channel=conversation.id,
        ts="",
        user=call.ws.store.bot.id,
        text=text,
        blocks=blocks,
        by_app=True,
        thread_ts=thread(call, conversation),
        metadata=_metadata(call) or None,
        broadcast=call.flag("reply_broadcast"),
    )


def _warn_of_text(call: Call) -> None:
    """Blocks without text leave notifications and screen readers with nothing."""
    if call.arguments.get("blocks") and not call.text("text"):
        call.warnings.append("missing_text_in_message")


def thread(call: Call, conversation: Conversation) -> str | None:
    """The thread to reply in; a reply to a reply goes to the same thread. Raises SlackError thread_not_found."""
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
        and metadata["event_type"]
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not good:
        raise SlackError("invalid_metadata_schema")
    if len(str(metadata["event_payload"])) > MOST_METADATA:
        raise SlackError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def _own_message(call: Call, refusal: str) -> Message:
    conversation = call.conversation()
    message = call.message(conversation, "ts")
    if not message.by_app:
        raise SlackError(refusal)
    if conversation.archived:
        raise SlackError("is_inactive")
    return message


def _shown(call: Call, message: Message) -> Json:
    body = message_json(call.ws.store, message, metadata=True)
    return body | {"bot_profile": app_profile(call.ws.store, call.ws.manifest)}
