"""How an order is read and answered: a JSON object in, a JSON object out, or a sentence that says why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workspace.core import Workspace
from workspace.errors import NotPossible, SlackError
from workspace.wire.reading import read_object

Json = dict[str, Any]
Act = Callable[[Workspace, Json], Awaitable[Json]]


def ordered(act: Act, status: int = 200) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that does what a JSON object asks for."""

    async def endpoint(request: Request) -> Response:
        return await obey(request, act, status)

    return endpoint


async def obey(request: Request, act: Act, status: int = 200) -> Response:
    """Do what a JSON object asks for; 400 with `error` where that cannot be."""
    # JSON only: a page of another site cannot send it without being asked first.
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        return JSONResponse({"error": "Expected application/json."}, status_code=400)
    try:
        data = read_object((await request.body()).decode(errors="replace"))
        return JSONResponse(await act(request.app.state.workspace, data), status_code=status)
    except SlackError:
        return JSONResponse({"error": "Expected a JSON object."}, status_code=400)
    except NotPossible as error:
        return JSONResponse({"error": str(error)}, status_code=400)
