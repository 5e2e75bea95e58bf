"""chat.scheduleMessage and what belongs to it: https://docs.slack.dev/messaging/sending-and-scheduling-messages"""

from __future__ import annotations

from typing import Any

from workspace.errors import SlackError
from workspace.state.store import Conversation
from workspace.web_api.call import Call
from workspace.web_api.chat import destination, new_message
from workspace.wire.payloads import message_json

Json = dict[str, Any]


def schedule(call: Call) -> Json:
    """chat.scheduleMessage: up to 120 days ahead. One with metadata is taken, and is never posted."""
    conversation = destination(call)
    message = new_message(call, conversation)
    made = call.ws.schedule.add(message, call.number("post_at", "invalid_time"))
    shown = message_json(call.ws.store, message) | {"type": "delayed_message"}
    del shown["ts"]
    return {
        "channel": conversation.id,
        "scheduled_message_id": made.id,
        "post_at": made.post_at,
        "message": shown,
    }


def listing(call: Call) -> Json:
    """chat.scheduledMessages.list: what waits, the next first, between `oldest` and `latest`."""
    channel = _known(call, "invalid_channel").id if call.text("channel") else None
    oldest = call.number("oldest", "invalid_arguments") if call.text("oldest") else 0
    latest = call.number("latest", "invalid_arguments") if call.text("latest") else None
    if latest is not None and oldest >= latest:
        raise SlackError("invalid_arguments", ("oldest must be less than latest",))
    found = [
        one
        for one in call.ws.schedule.waiting()
        if channel in (None, one.message.channel)
        and oldest <= one.post_at
        and (latest is None or one.post_at <= latest)
    ]
    items, following = call.page(found, 100)
    return {
        "scheduled_messages": [
            {
                "id": one.id,
                "channel_id": one.message.channel,
                "post_at": one.post_at,
                "date_created": one.created,
                "text": one.message.text,
            }
            for one in items
        ],
        "response_metadata": {"next_cursor": following},
    }


def delete(call: Call) -> Json:
    """chat.deleteScheduledMessage: not within 60 seconds of its time."""
    call.ws.schedule.remove(_known(call, "channel_not_found"), call.required("scheduled_message_id"))
    return {}


def _known(call: Call, refusal: str) -> Conversation:
    try:
        return call.conversation()
    except SlackError as error:
        raise SlackError(refusal) from error
