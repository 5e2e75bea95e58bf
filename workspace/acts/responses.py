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
from workspace.state.store import Message
from workspace.wire.reading import read_object

Json = dict[str, Any]


def respond(ws: Workspace, grant: ResponseGrant, data: Json) -> Message | None:
    """Do what a response asks: post, replace or delete. Returns the message, if there is one now.

    Raises SlackError for content that Slack would not take.
    """
    original = _original(ws, grant)
    if data.get("delete_original") is True:
        if original:
            ws.delete(original)
        return None
    text, blocks = ws.content(data.get("text"), data.get("blocks"))
    if data.get("replace_original") is True and original:
        ws.edit(original, text, blocks, mark=not blocks and original.only_for is None)
        return original
    # An ephemeral message cannot become one for the whole channel: this is a new message either way.
    in_channel = data.get("response_type") == "in_channel"
    thread = data.get("thread_ts")
    return ws.post(
        Message(
            channel=grant.channel,
            ts="",
            user=ws.store.bot.id,
            text=text,
            blocks=blocks,
            by_app=True,
            thread_ts=thread if isinstance(thread, str) else None,
            only_for=None if in_channel else grant.user,
        )
    )


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
