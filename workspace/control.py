"""What a test or a person at the page does to the workspace itself: /control."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from workspace.core import Workspace
from workspace.errors import NotPossible, SlackError
from workspace.faults import KINDS
from workspace.reading import read_object
from workspace.socket_mode import MOST_CONNECTIONS, REASONS

Json = dict[str, Any]
LONGEST_WAIT = 25.0
# Traffic can be very dense; nobody reads faster than this.
BETWEEN_NEWS = 0.25
Act = Callable[[Workspace, Json], Awaitable[Json]]


async def traffic(request: Request) -> Response:
    """GET /control/traffic?since=N&wait=S: the exchanges that began or ended after N, waited for up to S seconds.

    `last` is what to give as `since` the next time. An exchange that was under way comes again when it has ended.
    """
    ws: Workspace = request.app.state.workspace
    try:
        since, wait = int(request.query_params.get("since", "0")), float(request.query_params.get("wait", "0"))
    except ValueError:
        return JSONResponse({"error": "Expected since and wait as numbers."}, status_code=400)
    if wait > 0:
        await ws.traffic.beyond(since, min(wait, LONGEST_WAIT))
    return JSONResponse({"last": ws.traffic.revision, "exchanges": ws.traffic.since(since)})


async def traffic_stream(request: Request) -> Response:
    """GET /control/traffic/stream: server-sent events, what `last` is now, at most four a second."""
    ws: Workspace = request.app.state.workspace

    async def stream() -> AsyncIterator[str]:
        last = ws.traffic.revision
        while True:
            yield f"data: {last}\n\n"
            last = await ws.traffic.beyond(last, 15)
            await asyncio.sleep(BETWEEN_NEWS)
            last = ws.traffic.revision

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


async def faults(request: Request) -> Response:
    """GET /control/faults lists them, POST adds one, DELETE /control/faults[/{id}] removes one or all."""
    ws: Workspace = request.app.state.workspace
    if request.method == "POST":
        return await _done(request, _add_fault)
    if request.method == "DELETE":
        ws.faults.remove(request.path_params.get("id"))
    return JSONResponse({"faults": ws.faults.listed(), "kinds": list(KINDS), "meanings": KINDS})


async def _add_fault(ws: Workspace, data: Json) -> Json:
    return {"fault": ws.faults.add(data).json()}


async def _disconnect(ws: Workspace, data: Json) -> Json:
    """{"reason": "warning", "connections": 1}: ask Socket Mode connections to be replaced; all, where none is said."""
    reason, most = data.get("reason", "refresh_requested"), data.get("connections", MOST_CONNECTIONS)
    if reason not in REASONS:
        raise NotPossible(f"reason: {', '.join(REASONS)}.")
    if not isinstance(most, int) or most < 1:
        raise NotPossible("connections: a whole number from 1.")
    return {"told": await ws.sockets.disconnect(reason, most)}


def _action(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await _done(request, act)

    return endpoint


async def _done(request: Request, act: Act) -> Response:
    """Do what a JSON object asks for; 400 with `error` where that cannot be."""
    # JSON only: a page of another site cannot send it without being asked first.
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        return JSONResponse({"error": "Expected application/json."}, status_code=400)
    try:
        data = read_object((await request.body()).decode(errors="replace"))
        return JSONResponse(await act(request.app.state.workspace, data))
    except SlackError:
        return JSONResponse({"error": "Expected a JSON object."}, status_code=400)
    except NotPossible as error:
        return JSONResponse({"error": str(error)}, status_code=400)


ROUTES: list[BaseRoute] = [
    Route("/control/traffic", traffic, methods=["GET"]),
    Route("/control/traffic/stream", traffic_stream, methods=["GET"]),
    Route("/control/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/control/faults/{id:int}", faults, methods=["DELETE"]),
    Route("/control/disconnect", _action(_disconnect), methods=["POST"]),
]
