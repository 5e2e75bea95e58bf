"""What a person sees: messages, views and the notice of a change, as JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from workspace.copies import clone
from workspace.core import Workspace
from workspace.errors import NotPossible
from workspace.page.plain import message_words
from workspace.state.objects import file_json
from workspace.state.seed import User
from workspace.state.store import Conversation, Message
from workspace.state.views import View
from workspace.wire.reading import read_seconds

Json = dict[str, Any]
LONGEST_WAIT = 25.0


def message_for(ws: Workspace, user: User, conversation: Conversation, message: Message) -> Json:
    """A message as a person's client shows it; `plain` is all of its visible text."""
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "name": ws.store.users[message.user].real_name,
        "text": message.text,
        "blocks": clone(message.blocks),
        "plain": message_words(ws.store, user, message),
        "ephemeral": message.only_for is not None,
        "by_app": message.by_app,
        "thread_ts": message.thread_ts,
        "edited": message.edited_ts is not None,
        "reply_count": len(conversation.replies(message.ts)),
        "reactions": clone(message.reactions),
        "files": [file_json(ws.store, file) for file in map(ws.store.files.find, message.files) if file],
    }


def view_for(ws: Workspace, view: View | None) -> Json | None:
    """A view as a person's client shows it, with what is filled in so far as raw `values`."""
    return None if view is None else {"view": ws.views.json(view, values=False), "values": clone(view.values)}


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
            since, wait = int(query.get("since", "0")), read_seconds(query.get("wait", "0"))
        except ValueError as error:
            raise NotPossible("Expected since and wait as numbers.") from error
        return {"revision": await ws.store.beyond(since, min(wait, LONGEST_WAIT))}
    raise NotPossible("There is nothing of that name to see.")


def _messages(ws: Workspace, user: User, conversation: Conversation) -> Json:
    messages = [message_for(ws, user, conversation, message) for message in ws.visible(user, conversation)]
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
