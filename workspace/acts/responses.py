"""What an app answers to a person's action: in the body of its 200, or later through the response URL.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.state.grants import ResponseGrant
from workspace.state.pictures import has_unshared
from workspace.state.store import Message
from workspace.wire.reading import read_object

Json = dict[str, Any]


def respond(ws: Workspace, grant: ResponseGrant, data: Json) -> Message | None:
    """Do what a response asks: post, replace or delete. Returns the message, if there is one now.

    Raises SlackError for content that Slack would not take.
    """
    original = _original(ws, grant)
    if _said(data, "delete_original"):
        if original:
            ws.delete(original)
        return None
    text, blocks = ws.content(data.get("text"), data.get("blocks"))
    if not ws.store.switches.unshared_pictures and has_unshared(ws.store, blocks):
        raise SlackError("invalid_blocks", ("invalid slack file",))
    if _said(data, "replace_original") and original:
        ws.edit(original, text, blocks, mark=not blocks and original.only_for is None)
        return original
    # An ephemeral message cannot become one for the whole channel: this is a new message either way.
    in_channel = data.get("response_type") == "in_channel"
    return ws.post(
        Message(
            channel=grant.channel,
            ts="",
            user=ws.store.bot.id,
            text=text,
            blocks=blocks,
            by_app=True,
            thread_ts=_thread(ws, grant, data.get("thread_ts")),
            only_for=None if in_channel else grant.user,
        )
    )


def _said(data: Json, name: str) -> bool:
    """A yes, which Slack's own examples write as true and as "true"."""
    return data.get(name) in (True, "true")


def _thread(ws: Workspace, grant: ResponseGrant, ts: object) -> str | None:
    """The thread to answer in. Raises SlackError thread_not_found."""
    if not ts:
        return None
    parent = ws.store.conversations[grant.channel].find(ts) if isinstance(ts, str) else None
    if parent is None or parent.only_for:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _original(ws: Workspace, grant: ResponseGrant) -> Message | None:
    if grant.message_ts is None:
        return None
    found = ws.store.conversations[grant.channel].find(grant.message_ts)
    # A shortcut may be on a message of a person, which the app cannot change.
    return found if found is not None and found.by_app else None


async def response_url(request: Request) -> Response:
    """The endpoint behind every response URL: 5 uses within 30 minutes."""
    ws: Workspace = request.app.state.workspace
    try:
        grant = ws.grants.spend(request.path_params["token"])
    except SlackError as error:
        return JSONResponse(error.body(), status_code=404)
    try:
        data = read_object((await request.body()).decode(errors="replace"))
    except SlackError:
        return PlainTextResponse("invalid_payload", status_code=400)
    try:
        respond(ws, grant, data)
    except SlackError as error:
        return JSONResponse(error.body(), status_code=400)
    return PlainTextResponse("ok")
