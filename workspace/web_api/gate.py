"""The gate through which every request of the app comes: noted in the traffic, and with a fault if one was ordered."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.wire.bodies import limited_body, with_body
from workspace.wire.faults import FROM_APP, TROUBLES, Fault
from workspace.wire.traffic import Exchange, Part
from workspace.wire.transport import abort

Endpoint = Callable[[Request], Awaitable[Response]]
# Slack names no limit for a whole request; the largest argument with one of its own, a view, has 250 kB.
MOST_BYTES = 4_000_000


def watched(endpoint: Endpoint, kind: str) -> Endpoint:
    """An endpoint that the app calls; `kind` is web_api or response_url."""

    async def answer(request: Request) -> Response:
        ws: Workspace = request.app.state.workspace
        name = request.path_params.get("method", kind)
        try:
            body = await limited_body(request, MOST_BYTES, "request_too_large")
        except SlackError as error:
            return JSONResponse(error.body(), status_code=413)
        request = with_body(request, body)
        asked = Part.of(_asked(request, body), request.headers.raw)
        exchange = ws.traffic.begin("from_app", kind, name, "http", asked)
        try:
            response = await _with_fault(ws.faults.take(name, FROM_APP), exchange, endpoint, request)
        except BaseException:
            ws.traffic.end(exchange, 500)
            raise
        if isinstance(response, Dropped):
            ws.traffic.end(exchange)
        else:
            ws.traffic.end(exchange, response.status_code, Part.of(bytes(response.body), response.raw_headers))
        return response

    return answer


def _asked(request: Request, body: bytes) -> bytes:
    """What was asked, wherever it stands."""
    return body or request.scope["query_string"]


async def _with_fault(fault: Fault | None, exchange: Exchange, endpoint: Endpoint, request: Request) -> Response:
    if fault is None:
        return await endpoint(request)
    exchange.fault = fault.kind
    if fault.kind == "ratelimited":
        headers = {"Retry-After": str(math.ceil(fault.seconds))}
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)
    if fault.kind == "server_error":
        return PlainTextResponse("Internal Server Error", status_code=500)
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return await endpoint(request)
    if fault.kind in ("drop_after", "fatal_error"):
        await endpoint(request)
    if fault.kind in TROUBLES:
        return JSONResponse({"ok": False, "error": fault.kind}, status_code=TROUBLES[fault.kind])
    return Dropped()


class Dropped(Response):
    """No answer: the connection is closed with not one byte of it.

    uvicorn answers 500 for an application that returns without an answer, unless it has seen the connection
    end; so this waits until it has.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        abort(receive)
        while (await receive())["type"] != "http.disconnect":
            pass
