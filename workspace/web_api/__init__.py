"""The Web API: the endpoint that calls methods as Slack does. https://docs.slack.dev/apis/web-api"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workspace.core import Workspace
from workspace.errors import RateLimited, SlackError
from workspace.web_api.arguments import Arguments, read_arguments
from workspace.web_api.call import Call
from workspace.web_api.methods import METHODS, Method

__all__ = ["METHODS", "endpoint"]

Json = dict[str, Any]
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


async def endpoint(request: Request) -> Response:
    """Answer one call.

    A refusal is a 200 with `ok: false` and Slack's name for what is wrong; only too many calls are a 429, with
    Retry-After.
    """
    ws: Workspace = request.app.state.workspace
    name = request.path_params["method"]
    arguments = Arguments({}, "")
    try:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name[:100])
        arguments = await read_arguments(request, takes_json=method.takes_json)
        if method.needs_token:
            _authenticate(ws, method, request, arguments)
        ws.limits.take(method.limit, name)
        call = Call(ws, arguments.values, str(request.base_url).rstrip("/"))
        call.need(*method.scopes)
        body = {"ok": True, **method.run(call)}
        return _answer(_warned(body, [*arguments.warnings, *call.warnings]), headers=_headers(ws, method))
    except RateLimited as error:
        return _answer(error.body(), 429, {"Retry-After": str(error.seconds)})
    except SlackError as error:
        return _answer(_warned(error.body(), arguments.warnings))


def _answer(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(ENCODER.encode(body).encode(), status, headers, "application/json; charset=utf-8")


def _warned(body: Json, warnings: list[str]) -> Json:
    """The body with warnings, as Slack gives them: joined at the top, and one by one in response_metadata."""
    if not warnings:
        return body
    metadata = {**body.get("response_metadata", {}), "warnings": warnings}
    return {**body, "warning": ",".join(warnings), "response_metadata": metadata}


def _headers(ws: Workspace, method: Method) -> dict[str, str]:
    """The scopes that were granted and taken, as Slack tells them in headers."""
    return {"x-oauth-scopes": ",".join(sorted(ws.manifest.scopes)), "x-accepted-oauth-scopes": ",".join(method.scopes)}


def _authenticate(ws: Workspace, method: Method, request: Request, arguments: Arguments) -> None:
    """Check the token: from the header or a form's body, and never from the query or from JSON.

    https://docs.slack.dev/changelog/2020-11-no-more-tokens-in-querystrings-for-newly-created-apps
    """
    settings = ws.settings
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = value.strip() if scheme.lower() == "bearer" else arguments.token
    if not token:
        raise SlackError("not_authed")
    if token not in (settings.bot_token, settings.app_token):
        raise SlackError("invalid_auth")
    if (token == settings.app_token) != method.app_level:
        raise SlackError("not_allowed_token_type")
    if not ws.events.installed:
        raise SlackError("account_inactive")
