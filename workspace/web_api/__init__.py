"""The Web API: one table of methods, and the endpoint that calls them as Slack does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.web_api import chat, conversations, people, views
from workspace.web_api.call import Call

Json = dict[str, Any]
ANY_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
ANY_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


@dataclass(frozen=True)
class Method:
    """A method: what runs it, the scopes of which one is needed, and whether it takes the app-level token."""

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    app_level: bool = False


# Everything else is answered with unknown_method: files, canvases, pins, bookmarks, group direct messages,
# scheduled messages, user groups, search and administration are not part of this workspace.
METHODS: dict[str, Method] = {
    "apps.connections.open": Method(people.open_connection, app_level=True),
    "auth.test": Method(people.auth_test),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",)),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "conversations.history": Method(conversations.history, ANY_HISTORY),
    "conversations.info": Method(conversations.info, ANY_READ),
    "conversations.list": Method(conversations.listing, ANY_READ),
    "conversations.members": Method(conversations.members, ANY_READ),
    "conversations.open": Method(conversations.open_direct, ("im:write", "mpim:write")),
    "conversations.replies": Method(conversations.replies, ANY_HISTORY),
    "reactions.add": Method(chat.react, ("reactions:write",)),
    "team.info": Method(people.team_info, ("team:read",)),
    "users.info": Method(people.info, ("users:read",)),
    "users.list": Method(people.listing, ("users:read",)),
    "users.lookupByEmail": Method(people.by_email, ("users:read.email",)),
    "views.open": Method(views.open_view),
    "views.publish": Method(views.publish),
    "views.push": Method(views.push),
    "views.update": Method(views.update),
}


async def endpoint(request: Request) -> Response:
    """Answer one call. A refusal is a 200 with `ok: false` and Slack's name for what is wrong."""
    ws: Workspace = request.app.state.workspace
    try:
        arguments = await read_arguments(request)
        method = METHODS.get(request.path_params["method"])
        if method is None:
            raise SlackError("unknown_method", req_method=request.path_params["method"])
        _authenticate(ws, method, _token(request, arguments))
        call = Call(ws, arguments, str(request.base_url).rstrip("/"))
        call.need(*method.scopes)
        return JSONResponse({"ok": True, **method.run(call)}, headers=_headers(ws, method))
    except SlackError as error:
        return JSONResponse(error.body())


def _headers(ws: Workspace, method: Method) -> dict[str, str]:
    """The scopes that were granted and taken, as Slack tells them in headers."""
    return {"x-oauth-scopes": ",".join(sorted(ws.manifest.scopes)), "x-accepted-oauth-scopes": ",".join(method.scopes)}


async def read_arguments(request: Request) -> Json:
    """The arguments of a call, from the query and from a form or JSON body.

    Raises SlackError: invalid_form_data, invalid_json or json_not_object.
    """
    arguments: Json = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if not body:
        return arguments
    if kind == "application/json":
        try:
            data = json.loads(body)
        except ValueError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(data, dict):
            raise SlackError("json_not_object")
        return arguments | data
    if kind == "multipart/form-data":
        async with request.form() as form:
            return arguments | {key: value for key, value in form.items() if isinstance(value, str)}
    try:
        return arguments | dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError as error:
        raise SlackError("invalid_form_data") from error


def _token(request: Request, arguments: Json) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = value.strip() if scheme.lower() == "bearer" else arguments.get("token", "")
    return token if isinstance(token, str) else ""


def _authenticate(ws: Workspace, method: Method, token: str) -> None:
    settings = ws.settings
    if not token:
        raise SlackError("not_authed")
    if token not in (settings.bot_token, settings.app_token):
        raise SlackError("invalid_auth")
    if (token == settings.app_token) != method.app_level:
        raise SlackError("not_allowed_token_type")
