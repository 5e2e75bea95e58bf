"""What a person does: each action of the client, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from workspace.blocks.state import Raw, RawValues
from workspace.commands import run_command
from workspace.core import Workspace
from workspace.errors import NotPossible
from workspace.interactions import Act, act_in_view, act_on_message, close, submit
from workspace.mrkdwn import escaped
from workspace.people.looks import message_for, view_for
from workspace.seed import User
from workspace.store import Message
from workspace.views import View

Json = dict[str, Any]
Handler = Callable[[Workspace, User, Json, str], Awaitable[Json]]


async def say(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Write a message: `channel`, `text`, and `thread_ts` for a reply."""
    conversation = ws.conversation_for(user, _text(data, "channel"))
    text = _text(data, "text").strip()
    if not text:
        raise NotPossible("There is nothing to send.")
    if conversation.archived:
        raise NotPossible("This channel is archived.")
    thread = data.get("thread_ts")
    parent = conversation.find(thread) if isinstance(thread, str) else None
    if thread and (parent is None or parent.only_for):
        raise NotPossible("There is no such thread.")
    if parent and text.split()[0] in ws.manifest.commands:
        raise NotPossible(f"{text.split()[0]} is not supported in threads.")
    message = Message(channel=conversation.id, ts="", user=user.id, text=escaped(text)[:40_000])
    message.thread_ts = (parent.thread_ts or parent.ts) if parent else None
    return {"message": message_for(ws, conversation, ws.post(message))}


async def command(ws: Workspace, user: User, data: Json, base_url: str) -> Json:
    """Run a slash command: `channel` and `text`, such as `/risk raise ...`."""
    conversation = ws.conversation_for(user, _text(data, "channel"))
    messages = await run_command(ws, user, conversation, _text(data, "text"), base_url)
    return {"messages": [message_for(ws, conversation, message) for message in messages]}


async def click(ws: Workspace, user: User, data: Json, base_url: str) -> Json:
    """Use an element: `action_id`, `block_id`, `value`, `state`, and where: `channel` and `ts`, or `view_id`."""
    act = Act(
        action_id=_text(data, "action_id"),
        block_id=str(data.get("block_id") or ""),
        value=_raw(data.get("value")),
        state=_raw_values(data.get("state")),
    )
    if view_id := data.get("view_id"):
        return {"failure": await act_in_view(ws, user, _open_view(ws, user, view_id), act)}
    conversation = ws.conversation_for(user, _text(data, "channel"))
    message = conversation.find(_text(data, "ts"))
    if message is None or message.only_for not in (None, user.id):
        raise NotPossible("That message is no longer there.")
    return {"failure": await act_on_message(ws, user, conversation, message, act, base_url)}


async def submit_view(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Submit a modal: `view_id`, and `values` by block_id and action_id."""
    view = _top_view(ws, user, data.get("view_id"))
    outcome = await submit(ws, user, view, _raw_values(data.get("values")))
    return {
        "closed": outcome.closed,
        "errors": outcome.errors,
        "failure": outcome.failure,
        "view": view_for(ws, ws.views.top(user.id)),
    }


async def close_view(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Close a modal: `view_id`, and `everything` for the whole stack."""
    view = _top_view(ws, user, data.get("view_id"))
    await close(ws, user, view, everything=bool(data.get("everything")))
    return {"view": view_for(ws, ws.views.top(user.id))}


async def read(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Note that a person has seen a conversation to its end."""
    conversation = ws.conversation_for(user, _text(data, "channel"))
    seen = [message.ts for message in ws.visible(user, conversation)]
    if seen and conversation.read.get(user.id, "") < seen[-1]:
        conversation.read[user.id] = seen[-1]
        ws.store.changed()
    return {}


def _text(data: Json, name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise NotPossible(f"Expected {name}.")
    return value


def _raw_values(data: object) -> RawValues:
    """Values by block_id and action_id; whatever is of another form is left out."""
    blocks = data.items() if isinstance(data, dict) else ()
    return {
        block: {action: _raw(value) for action, value in fields.items()}
        for block, fields in blocks
        if isinstance(fields, dict)
    }


def _raw(value: object) -> Raw:
    if isinstance(value, list):
        return [str(one) for one in value]
    return None if value is None else str(value)


def _open_view(ws: Workspace, user: User, view_id: object) -> View:
    views = [*ws.views.stack(user.id), *filter(None, [ws.views.home(user.id)])]
    for view in views:
        if view.id == view_id:
            return view
    raise NotPossible("That form is no longer open.")


def _top_view(ws: Workspace, user: User, view_id: object) -> View:
    view = ws.views.top(user.id)
    if view is None or view.id != view_id:
        raise NotPossible("That form is no longer open.")
    return view


ACTIONS: dict[str, Handler] = {
    "say": say,
    "command": command,
    "click": click,
    "submit": submit_view,
    "close": close_view,
    "read": read,
}
