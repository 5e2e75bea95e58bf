"""The workspace as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from workspace import people, web_api
from workspace.acts.responses import response_url
from workspace.control import orders, timekeeping
from workspace.core import Workspace
from workspace.page import routes as page
from workspace.page.regions import Regions
from workspace.settings import Settings
from workspace.web_api import file_bytes
from workspace.web_api.gate import watched
from workspace.wire.origins import OwnPagesOnly


def create_app(settings: Settings) -> Starlette:
    """Build a workspace. Its state lives in `app.state.workspace` and ends with the process."""
    workspace = Workspace(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await workspace.close()

    app = Starlette(routes=_routes(), lifespan=lifespan, middleware=[Middleware(OwnPagesOnly)])
    app.state.workspace = workspace
    app.state.regions = Regions(workspace)
    return app


def _routes() -> list[BaseRoute]:
    return [
        Route("/api/{method}", watched(web_api.endpoint, "web_api"), methods=["GET", "POST"]),
        Route("/response/{token}", watched(response_url, "response_url"), methods=["POST"]),
        WebSocketRoute("/socket-mode", _socket_mode),
        *orders.ROUTES,
        *timekeeping.ROUTES,
        *file_bytes.ROUTES,
        *people.ROUTES,
        *page.ROUTES,
    ]


async def _socket_mode(socket: WebSocket) -> None:
    workspace: Workspace = socket.app.state.workspace
    await workspace.sockets.serve(socket)
