"""Shortcuts: what a person starts from the composer, or from a message's menu.

https://docs.slack.dev/interactivity/implementing-shortcuts
"""

from __future__ import annotations

from workspace.acts.interactions import told
from workspace.core import Workspace
from workspace.errors import NotPossible
from workspace.state.manifest import Shortcut
from workspace.state.seed import User
from workspace.state.store import Conversation, Message
from workspace.wire.payloads import channel_ref, interaction, message_json


async def use_shortcut(ws: Workspace, user: User, callback_id: str) -> str | None:
    """Use a global shortcut: the app hears of no channel. Returns what the person is told where that failed."""
    shortcut = _shortcut(ws, user, callback_id, "global")
    payload = interaction(ws.store, "shortcut", user, ws.store.app.team) | {
        "user": {"id": user.id, "username": user.name, "team_id": user.team},
        "action_ts": ws.store.next_ts(),
        "callback_id": shortcut.callback_id,
        "trigger_id": ws.grants.trigger(user.id),
    }
    del payload["api_app_id"]  # which Slack does not send with shortcuts
    return await told(ws, payload)


async def use_on_message(
    ws: Workspace, user: User, callback_id: str, conversation: Conversation, message: Message, base_url: str
) -> str | None:
    """Use a message shortcut; the app need not be in the conversation to be shown the message."""
    shortcut = _shortcut(ws, user, callback_id, "message")
    if message.only_for is not None:
        raise NotPossible("Only you can see that message, and shortcuts are not for such messages.")
    token = ws.grants.response(user.id, conversation.id, message.ts)
    payload = interaction(ws.store, "message_action", user, ws.store.app.team) | {
        "action_ts": ws.store.next_ts(),
        "callback_id": shortcut.callback_id,
        "trigger_id": ws.grants.trigger(user.id),
        "channel": channel_ref(conversation),
        "message_ts": message.ts,
        "message": message_json(ws.store, message),
        "response_url": f"{base_url}/response/{token}",
    }
    del payload["api_app_id"]
    return await told(ws, payload)


def _shortcut(ws: Workspace, user: User, callback_id: str, kind: str) -> Shortcut:
    """The shortcut, which people of other organisations do not have."""
    for shortcut in ws.manifest.shortcuts if ws.store.is_member(user, ws.store.app.team) else ():
        if (shortcut.callback_id, shortcut.kind) == (callback_id, kind):
            return shortcut
    raise NotPossible(f"There is no {kind} shortcut {callback_id[:40]!r}.")
