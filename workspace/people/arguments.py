"""What comes with a person's action, read; NotPossible where it is not of the right form."""

from __future__ import annotations

from typing import Any

from workspace.blocks.state import Raw, RawValues
from workspace.core import Workspace
from workspace.errors import NotPossible
from workspace.state.seed import User
from workspace.state.store import Conversation, Message
from workspace.state.views import View

Json = dict[str, Any]


def text_of(data: Json, name: str) -> str:
    """An argument that must be a string."""
    value = data.get(name)
    if not isinstance(value, str):
        raise NotPossible(f"Expected {name}.")
    return value


def raw_values(data: object) -> RawValues:
    """Values by block_id and action_id; whatever is of another form is left out."""
    blocks = data.items() if isinstance(data, dict) else ()
    return {
        block: {action: raw_of(value) for action, value in fields.items()}
        for block, fields in blocks
        if isinstance(fields, dict)
    }


def raw_of(value: object) -> Raw:
    """What was picked or typed: a string, or a list of them."""
    if isinstance(value, list):
        return [str(one) for one in value]
    return None if value is None else str(value)


def open_view(ws: Workspace, user: User, view_id: object) -> View:
    """A form or the Home tab that the person has before them, or below the top one."""
    views = [*ws.views.stack(user.id), *filter(None, [ws.views.home(user.id)])]
    for view in views:
        if view.id == view_id:
            return view
    raise NotPossible("That form is no longer open.")


def top_view(ws: Workspace, user: User, view_id: object) -> View:
    """The form that the person is looking at."""
    view = ws.views.top(user.id)
    if view is None or view.id != view_id:
        raise NotPossible("That form is no longer open.")
    return view


def thread_of(conversation: Conversation, ts: object) -> str | None:
    """The thread that a reply to the message with this timestamp goes to."""
    if not ts:
        return None
    parent = conversation.find(ts) if isinstance(ts, str) else None
    if parent is None or parent.only_for:
        raise NotPossible("There is no such thread.")
    return parent.thread_ts or parent.ts


def place_of(ws: Workspace, user: User, data: Json) -> tuple[Conversation, Message]:
    """The message that `channel` and `ts` name, as the person sees it."""
    conversation = ws.conversation_for(user, text_of(data, "channel"))
    message = conversation.find(text_of(data, "ts"))
    if message is None or message.only_for not in (None, user.id):
        raise NotPossible("That message is no longer there.")
    return conversation, message
