"""How a person acts: the JSON endpoints under /people/{user}, used by the page and by tests alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from workspace.core import Workspace
from workspace.errors import NotPossible, SlackError
from workspace.people import conversing, interacting, looks
from workspace.people.uploading import upload
from workspace.state.seed import User
from workspace.wire.reading import read_object

Json = dict[str, Any]
Handler = Callable[[Workspace, User, Json, str], Awaitable[Json]]

ACTIONS: dict[str, Handler] = {
    "say": conversing.say,
    "edit": conversing.edit,
    "delete": conversing.delete,
    "react": conversing.react,
    "read": conversing.read,
    "join": conversing.join,
    "leave": conversing.leave,
    "command": interacting.command,
    "shortcut": interacting.shortcut,
    "click": interacting.click,
    "suggest": interacting.suggest,
    "submit": interacting.submit_view,
    "close": interacting.close_view,
    "home": interacting.home,
}


async def act(request: Request) -> Response:
    """POST /people/{user}/{action} with a JSON body; 400 with `error` where the client would not allow it."""
    ws: Workspace = request.app.state.workspace
    handler = ACTIONS.get(request.path_params["action"])
    # JSON only: a page of another site cannot send it without being asked first.
    if request.headers.get("content-type", "").split(";")[0] != "application/json" or handler is None:
        return JSONResponse({"error": "There is no such action."}, status_code=404)
    try:
        data = read_object((await request.body()).decode(errors="replace"))
        user = ws.person(request.path_params["user"])
        return JSONResponse(await handler(ws, user, data, str(request.base_url).rstrip("/")))
    except (NotPossible, SlackError) as error:
        return JSONResponse({"error": str(error)}, status_code=400)


ROUTES: list[BaseRoute] = [
    Route("/people/{user}/changes", looks.changes, methods=["GET"]),
    Route("/people/{user}/{what}", looks.look, methods=["GET"]),
    Route("/people/{user}/upload", upload, methods=["POST"]),
    Route("/people/{user}/{action}", act, methods=["POST"]),
]
