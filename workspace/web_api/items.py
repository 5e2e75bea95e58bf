"""What is attached to messages and conversations: reactions.*, pins.* and bookmarks.*

https://docs.slack.dev/reference/methods#reactions, #pins, #bookmarks
"""

from __future__ import annotations

import re
from typing import Any

from workspace.errors import SlackError
from workspace.state.store import Bookmark, Conversation, Message, Pin
from workspace.web_api.call import Call
from workspace.wire.payloads import message_json

Json = dict[str, Any]
EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
MOST_PINS = MOST_BOOKMARKS = 100
# On one message: different emoji in all, and one person's own.
MOST_EMOJI, MOST_REACTIONS = 50, 23


def add_reaction(call: Call) -> Json:
    """reactions.add"""
    message, name, bot = _reactable(call), _emoji_name(call), call.ws.store.bot
    if bot.id in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MOST_EMOJI:
        raise SlackError("too_many_emoji")
    if sum(bot.id in people for people in message.reactions.values()) >= MOST_REACTIONS:
        raise SlackError("too_many_reactions")
    call.ws.react(message, bot, name)
    return {}


def remove_reaction(call: Call) -> Json:
    """reactions.remove: the app's own."""
    message, name, bot = _reactable(call), _emoji_name(call), call.ws.store.bot
    if bot.id not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    call.ws.react(message, bot, name)
    return {}


def get_reactions(call: Call) -> Json:
    """reactions.get of a message."""
    message = _item(call)
    shown = message_json(call.ws.store, message)
    return {"type": "message", "channel": message.channel, "message": shown}


def _item(call: Call) -> Message:
    if not call.text("channel") or not call.text("timestamp"):
        raise SlackError("no_item_specified")
    return call.message(call.conversation())


def _reactable(call: Call) -> Message:
    """The message to react to. Raises SlackError is_archived, and not_in_channel where the app is no member."""
    message = _item(call)
    conversation = call.own_conversation()
    if conversation.archived:
        raise SlackError("is_archived")
    return message


def _emoji_name(call: Call) -> str:
    name = call.text("name").strip(":")
    if not EMOJI.fullmatch(name):
        raise SlackError("invalid_name")
    return name


def add_pin(call: Call) -> Json:
    """pins.add"""
    conversation, message = _pinnable(call)
    if any(pin.ts == message.ts for pin in conversation.pins):
        raise SlackError("already_pinned")
    if len(conversation.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    conversation.pins.append(Pin(message.ts, call.ws.store.bot.id, _seconds(call)))
    call.ws.store.touch(message)
    call.ws.events.pinned(message, call.ws.store.bot, added=True, count=len(conversation.pins))
    return {}


def remove_pin(call: Call) -> Json:
    """pins.remove"""
    conversation, message = _pinnable(call)
    if not any(pin.ts == message.ts for pin in conversation.pins):
        raise SlackError("no_pin")
    conversation.unpin(message)
    call.ws.store.touch(message)
    call.ws.events.pinned(message, call.ws.store.bot, added=False, count=len(conversation.pins))
    return {}


def _pinnable(call: Call) -> tuple[Conversation, Message]:
    conversation = call.own_conversation()
    if not call.text("timestamp"):
        raise SlackError("no_item_specified")
    return conversation, call.message(conversation)


def list_pins(call: Call) -> Json:
    """pins.list: the newest pin first."""
    conversation = call.own_conversation()
    items = []
    for pin in reversed(conversation.pins):
        message = conversation.find(pin.ts)
        if message is not None:
            shown = message_json(call.ws.store, message)
            about = {"created": pin.at, "created_by": pin.user}
            items.append({"type": "message", "channel": conversation.id, "message": shown, **about})
    return {"items": items}


def add_bookmark(call: Call) -> Json:
    """bookmarks.add: links only."""
    conversation = _bookmarked(call)
    if call.required("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if len(conversation.bookmarks) >= MOST_BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    made = Bookmark(
        id=f"Bk{call.ws.store.next_ts().replace('.', '')}",
        title=call.required("title"),
        link=_link(call),
        emoji=_bookmark_emoji(call),
        created=_seconds(call),
        user=call.ws.store.bot.id,
    )
    conversation.bookmarks[made.id] = made
    call.ws.store.changed()
    return {"bookmark": _bookmark_json(call, conversation, made)}


def edit_bookmark(call: Call) -> Json:
    """bookmarks.edit: what is given is changed, the rest stays."""
    conversation = _bookmarked(call)
    found = _bookmark(call, conversation)
    title, link, emoji = call.text("title"), call.text("link"), call.text("emoji")
    found.link = _link(call) if link else found.link
    found.emoji = _bookmark_emoji(call) if emoji else found.emoji
    found.title = title or found.title
    found.updated, found.user = _seconds(call), call.ws.store.bot.id
    call.ws.store.changed()
    return {"bookmark": _bookmark_json(call, conversation, found)}


def list_bookmarks(call: Call) -> Json:
    """bookmarks.list"""
    conversation = _bookmarked(call)
    return {"bookmarks": [_bookmark_json(call, conversation, one) for one in conversation.bookmarks.values()]}


def remove_bookmark(call: Call) -> Json:
    """bookmarks.remove"""
    conversation = _bookmarked(call)
    del conversation.bookmarks[_bookmark(call, conversation).id]
    call.ws.store.changed()
    return {}


def _bookmarked(call: Call) -> Conversation:
    conversation = call.conversation(name="channel_id")
    if not call.is_member(conversation):
        raise SlackError("channel_not_found")
    return conversation


def _bookmark(call: Call, conversation: Conversation) -> Bookmark:
    found = conversation.bookmarks.get(call.required("bookmark_id"))
    if found is None:
        raise SlackError("not_found")
    return found


def _link(call: Call) -> str:
    link = call.text("link")
    if not re.match(r"https?://\S", link):
        raise SlackError("invalid_link")
    return link


def _bookmark_emoji(call: Call) -> str:
    emoji = call.text("emoji")
    if emoji and not EMOJI.fullmatch(emoji.strip(":")):
        raise SlackError("invalid_emoji")
    return emoji


def _seconds(call: Call) -> int:
    return int(call.ws.settings.now().timestamp())


def _bookmark_json(call: Call, conversation: Conversation, bookmark: Bookmark) -> Json:
    return {
        "id": bookmark.id,
        "channel_id": conversation.id,
        "title": bookmark.title,
        "link": bookmark.link,
        "emoji": bookmark.emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": bookmark.created,
        "date_updated": bookmark.updated,
        "rank": "g",
        "last_updated_by_user_id": bookmark.user,
        "last_updated_by_team_id": call.ws.store.app.team,
        "shortcut_id": None,
        "app_id": call.ws.store.app.id,
    }
