"""What a person does in conversations: writes, changes, reacts, reads, comes and goes."""

from __future__ import annotations

import re
from typing import Any

from workspace.acts.mentions import sent
from workspace.core import Workspace
from workspace.errors import NotPossible
from workspace.people.arguments import place_of, text_of, thread_of
from workspace.people.looks import message_for
from workspace.state.seed import User
from workspace.state.store import Conversation, Message

Json = dict[str, Any]
MOST_REACTIONS = 50


async def say(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Write a message: `channel`, `text`, `thread_ts` for a reply, `broadcast` to send it to the channel too."""
    conversation = ws.conversation_for(user, text_of(data, "channel"))
    text = text_of(data, "text").strip()
    if not text:
        raise NotPossible("There is nothing to send.")
    if closed := ws.closed(conversation):
        raise NotPossible(closed)
    thread = thread_of(conversation, data.get("thread_ts"))
    if thread and text.split()[0] in ws.manifest.commands:
        raise NotPossible(f"{text.split()[0]} is not supported in threads.")
    message = Message(channel=conversation.id, ts="", user=user.id, text=sent(ws.store, user, text)[:40_000])
    message.thread_ts = thread
    message.broadcast = bool(thread and data.get("broadcast"))
    return {"message": message_for(ws, user, conversation, ws.post(message))}


async def edit(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Change the text of an own message: `channel`, `ts`, `text`."""
    message = _own(ws, user, data)
    text = text_of(data, "text").strip()
    if not text:
        raise NotPossible("There is nothing to send.")
    ws.edit(message, sent(ws.store, user, text)[:40_000], [], mark=True)
    return {}


async def delete(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Delete an own message: `channel`, `ts`."""
    ws.delete(_own(ws, user, data))
    return {}


def _own(ws: Workspace, user: User, data: Json) -> Message:
    conversation, message = place_of(ws, user, data)
    if message.user != user.id:
        raise NotPossible("That message is somebody else's.")
    _open(conversation)
    return message


def _open(conversation: Conversation) -> None:
    if conversation.archived:
        raise NotPossible("This channel is archived.")


async def react(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Add a reaction to a message, or take away the own one: `channel`, `ts`, `name`."""
    conversation, message = place_of(ws, user, data)
    _open(conversation)
    name = text_of(data, "name").strip(":")
    if message.only_for is not None:
        raise NotPossible("Only you can see that message.")
    if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", name):
        raise NotPossible("There is no such emoji.")
    if name not in message.reactions and len(message.reactions) >= MOST_REACTIONS:
        raise NotPossible("There are too many reactions already.")
    ws.react(message, user, name)
    return {}


async def join(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Join a public channel of the person's own organisation, or one it was invited to share: `channel`."""
    conversation = ws.store.conversations.get(text_of(data, "channel"))
    if conversation is None or conversation.kind != "channel" or user.team not in _owners(ws, conversation):
        raise NotPossible("There is no such channel to join.")
    _open(conversation)
    if user.guest:
        raise NotPossible("Guests are in the channels that they were invited to.")
    if user.id not in conversation.members:
        ws.join(conversation, user)
    return {}


def _owners(ws: Workspace, conversation: Conversation) -> set[str]:
    return (ws.store.teams_in(conversation) or {ws.store.app.team}) | set(conversation.pending)


async def leave(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Leave a channel: `channel`."""
    conversation = ws.conversation_for(user, text_of(data, "channel"))
    if conversation.kind not in ("channel", "group"):
        raise NotPossible("A direct message cannot be left.")
    ws.leave(conversation, user)
    return {}


async def read(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Note that a person has seen a conversation to its end."""
    conversation = ws.conversation_for(user, text_of(data, "channel"))
    seen = [message.ts for message in ws.visible(user, conversation)]
    if seen and conversation.read.get(user.id, "") < seen[-1]:
        conversation.read[user.id] = seen[-1]
        ws.store.changed()
    return {}
