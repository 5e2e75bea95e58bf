"""The workspace as an ASGI application."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from workspace import page, people, web_api
from workspace.core import Workspace
from workspace.responses import response_url
from workspace.settings import Settings


def create_app(settings: Settings) -> Starlette:
    """Build a workspace. Its state lives in `app.state.workspace` and ends with the process."""
    workspace = Workspace(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await workspace.close()

    app = Starlette(routes=_routes(), lifespan=lifespan)
    app.state.workspace = workspace
    return app


def _routes() -> list[BaseRoute]:
    return [
        Route("/api/{method}", web_api.endpoint, methods=["GET", "POST"]),
        Route("/response/{token}", response_url, methods=["POST"]),
        WebSocketRoute("/socket-mode", _socket_mode),
        Route("/control/disconnect", _disconnect, methods=["POST"]),
        *people.ROUTES,
        *page.ROUTES,
    ]


async def _socket_mode(socket: WebSocket) -> None:
    workspace: Workspace = socket.app.state.workspace
    await workspace.sockets.serve(socket)


async def _disconnect(request: Request) -> Response:
    """POST /control/disconnect {"reason": "warning"}: ask every Socket Mode connection to be replaced."""
    workspace: Workspace = request.app.state.workspace
    try:
        data = json.loads(await request.body() or b"{}")
    except ValueError:
        data = None
    reason = data.get("reason", "refresh_requested") if isinstance(data, dict) else None
    if reason not in ("warning", "refresh_requested", "link_disabled"):
        return JSONResponse({"error": "reason: warning, refresh_requested or link_disabled"}, status_code=400)
    return JSONResponse({"told": await workspace.sockets.disconnect(reason)})
