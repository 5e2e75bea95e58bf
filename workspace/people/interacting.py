"""What a person does with the app: commands, shortcuts, elements, forms, and its own page."""

from __future__ import annotations

from typing import Any

from workspace.acts.commands import run_command
from workspace.acts.interactions import Act, act_in_view, act_on_message, close, submit
from workspace.acts.shortcuts import use_on_message, use_shortcut
from workspace.acts.suggestions import Query, suggest_in_message, suggest_in_view
from workspace.core import Workspace
from workspace.errors import NotPossible
from workspace.people.arguments import open_view, place_of, raw_of, raw_values, text_of, top_view
from workspace.people.looks import message_for, view_for
from workspace.state.seed import User

Json = dict[str, Any]


async def command(ws: Workspace, user: User, data: Json, base_url: str) -> Json:
    """Run a slash command: `channel` and `text`, such as `/risk raise ...`."""
    conversation = ws.conversation_for(user, text_of(data, "channel"))
    await _away_from_modals(ws, user)
    messages = await run_command(ws, user, conversation, text_of(data, "text"), base_url)
    return {"messages": [message_for(ws, user, conversation, message) for message in messages]}


async def click(ws: Workspace, user: User, data: Json, base_url: str) -> Json:
    """Use an element: `action_id`, `block_id`, `value`, `state`, and where: `channel` and `ts`, or `view_id`."""
    act = Act(
        action_id=text_of(data, "action_id"),
        block_id=str(data.get("block_id") or ""),
        value=raw_of(data.get("value")),
        state=raw_values(data.get("state")),
    )
    if view_id := data.get("view_id"):
        view = open_view(ws, user, view_id)
        if view.body["type"] == "home":
            await _away_from_modals(ws, user)
        return {"failure": await act_in_view(ws, user, view, act)}
    conversation, message = place_of(ws, user, data)
    await _away_from_modals(ws, user)
    return {"failure": await act_on_message(ws, user, conversation, message, act, base_url)}


async def submit_view(ws: Workspace, user: User, data: Json, base_url: str) -> Json:
    """Submit a modal: `view_id`, and `values` by block_id and action_id."""
    view = top_view(ws, user, data.get("view_id"))
    outcome = await submit(ws, user, view, raw_values(data.get("values")), base_url)
    return {
        "closed": outcome.closed,
        "errors": outcome.errors,
        "failure": outcome.failure,
        "view": view_for(ws, ws.views.top(user.id)),
    }


async def close_view(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Close a modal: `view_id`, and `everything` for the whole stack."""
    view = top_view(ws, user, data.get("view_id"))
    await close(ws, user, view, everything=bool(data.get("everything")))
    return {"view": view_for(ws, ws.views.top(user.id))}


async def shortcut(ws: Workspace, user: User, data: Json, base_url: str) -> Json:
    """Use a shortcut: `callback_id`, and `channel` and `ts` for one on a message."""
    callback_id = text_of(data, "callback_id")
    await _away_from_modals(ws, user)
    if not data.get("ts"):
        return {"failure": await use_shortcut(ws, user, callback_id)}
    conversation, message = place_of(ws, user, data)
    return {"failure": await use_on_message(ws, user, callback_id, conversation, message, base_url)}


async def suggest(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Type `value` into an external select: `block_id`, `action_id`, and `view_id` or `channel` and `ts`."""
    query = Query(*(text_of(data, name) for name in ("block_id", "action_id", "value")))
    if view_id := data.get("view_id"):
        return await suggest_in_view(ws, user, open_view(ws, user, view_id), query)
    conversation, message = place_of(ws, user, data)
    return await suggest_in_message(ws, user, conversation, message, query)


async def home(ws: Workspace, user: User, data: Json, _: str) -> Json:
    """Open the app's page: `tab` home or messages.

    https://docs.slack.dev/reference/events/app_home_opened. People of other organisations cannot rely on the
    page, so the app does not hear of theirs.
    """
    tab = text_of(data, "tab")
    if not {"home": ws.manifest.home_tab, "messages": ws.manifest.messages_tab}.get(tab, False):
        raise NotPossible(f"The app has no tab {tab[:40]!r}.")
    view = ws.views.home(user.id) if tab == "home" else None
    if ws.store.is_member(user, ws.store.app.team):
        ws.events.home_opened(user, tab, ws.views.json(view, values=True) if view else None)
    return {}


async def _away_from_modals(ws: Workspace, user: User) -> None:
    """Close what is open: a modal lies over everything else, so nobody reaches a message before they close it."""
    if stack := ws.views.stack(user.id):
        await close(ws, user, stack[-1], everything=True)
