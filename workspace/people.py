"""How a person acts: the JSON endpoints under /people/{user}, used by the page and by tests alike."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from workspace.blocks.state import Raw, RawValues
from workspace.commands import run_command
from workspace.core import Workspace
from workspace.errors import NotPossible, SlackError
from workspace.interactions import Act, act_in_view, act_on_message, close, submit
from workspace.mrkdwn import escaped
from workspace.plain import message_words
from workspace.seed import User
from workspace.store import Conversation, Message, clone
from workspace.views import View

Json = dict[str, Any]
LONGEST_WAIT = 25.0
Handler = Callable[[Workspace, User, Json, str], Awaitable[Json]]


def message_for(ws: Workspace, conversation: Conversation, message: Message) -> Json:
    """A message as a person's client shows it; `plain` is all of its visible text."""
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "name": ws.store.users[message.user].real_name,
        "text": message.text,
        "blocks": clone(message.blocks),
        "plain": message_words(ws.store, message),
        "ephemeral": message.only_for is not None,
        "by_app": message.by_app,
        "thread_ts": message.thread_ts,
        "edited": message.edited_ts is not None,
        "reply_count": len(conversation.replies(message.ts)),
        "reactions": clone(message.reactions),
    }


def view_for(ws: Workspace, view: View | None) -> Json | None:
    """A view as a person's client shows it, with what is filled in so far as raw `values`."""
    return None if view is None else {"view": ws.views.json(view, values=False), "values": clone(view.values)}


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


ACTIONS: dict[str, Handler] = {
    "say": say,
    "command": command,
    "click": click,
    "submit": submit_view,
    "close": close_view,
    "read": read,
}


async def act(request: Request) -> Response:
    """POST /people/{user}/{action} with a JSON body; 400 with `error` where the client would not allow it."""
    ws: Workspace = request.app.state.workspace
    handler = ACTIONS.get(request.path_params["action"])
    # JSON only: a page of another site cannot send it without being asked first.
    if request.headers.get("content-type", "").split(";")[0] != "application/json" or handler is None:
        return JSONResponse({"error": "There is no such action."}, status_code=404)
    try:
        data = json.loads(await request.body())
        if not isinstance(data, dict):
            raise NotPossible("Expected a JSON object.")
        user = ws.person(request.path_params["user"])
        return JSONResponse(await handler(ws, user, data, str(request.base_url).rstrip("/")))
    except ValueError:
        return JSONResponse({"error": "Expected a JSON object."}, status_code=400)
    except (NotPossible, SlackError) as error:
        return JSONResponse({"error": str(error)}, status_code=400)


async def look(request: Request) -> Response:
    """GET /people/{user}/{what}: messages (`channel`), direct, view, or revision (`since`, `wait` in seconds)."""
    ws: Workspace = request.app.state.workspace
    try:
        user = ws.person(request.path_params["user"])
        return JSONResponse(await _seen(ws, user, request.path_params["what"], dict(request.query_params)))
    except NotPossible as error:
        return JSONResponse({"error": str(error)}, status_code=400)


async def _seen(ws: Workspace, user: User, what: str, query: dict[str, str]) -> Json:
    if what == "messages":
        return _messages(ws, user, ws.conversation_for(user, query.get("channel", "")))
    if what == "direct":
        return _messages(ws, user, ws.store.direct(user.id, ws.store.bot.id))
    if what == "view":
        return {"revision": ws.store.revision, "top": view_for(ws, ws.views.top(user.id))}
    if what == "home":
        return {"revision": ws.store.revision, "top": view_for(ws, ws.views.home(user.id))}
    if what == "revision":
        try:
            since, wait = int(query.get("since", "0")), float(query.get("wait", "0"))
        except ValueError as error:
            raise NotPossible("Expected since and wait as numbers.") from error
        return {"revision": await ws.store.beyond(since, min(wait, LONGEST_WAIT))}
    raise NotPossible("There is nothing of that name to see.")


def _messages(ws: Workspace, user: User, conversation: Conversation) -> Json:
    messages = [message_for(ws, conversation, message) for message in ws.visible(user, conversation)]
    return {"revision": ws.store.revision, "channel": conversation.id, "messages": messages}


async def changes(request: Request) -> Response:
    """GET /people/{user}/changes: server-sent events, the revision each time it grows and every 15 seconds."""
    ws: Workspace = request.app.state.workspace

    async def stream() -> AsyncIterator[str]:
        revision = ws.store.revision
        while True:
            yield f"data: {revision}\n\n"
            revision = await ws.store.beyond(revision, 15)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


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


ROUTES: list[BaseRoute] = [
    Route("/people/{user}/changes", changes, methods=["GET"]),
    Route("/people/{user}/{what}", look, methods=["GET"]),
    Route("/people/{user}/{action}", act, methods=["POST"]),
]
