"""The bytes of files, on their way up and down.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from workspace.core import Workspace
from workspace.errors import SlackError
from workspace.state.files import MOST_BYTES, SHOWN, File, Files
from workspace.state.pictures import app_sees
from workspace.wire.bodies import limited_body, read_form

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


async def upload(request: Request) -> Response:
    """POST /upload/{ticket}: the bytes, as the body itself or as the only file of a multipart form."""
    files: Files = request.app.state.workspace.store.files
    try:
        content = await _content(request)
        file = files.receive(request.path_params["ticket"], content)
    except SlackError as error:
        status = {"invalid_ticket": 404, "file_too_large": 413}.get(error.code, 400)
        return PlainTextResponse(error.code, status_code=status)
    return PlainTextResponse(f"OK - {file.length}")


async def _content(request: Request) -> bytes:
    content = await limited_body(request, MOST_BYTES, "file_too_large")
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return content
    for part in (await read_form(request, content)).values():
        return part
    raise SlackError("invalid_form_data")


async def serve(request: Request) -> Response:
    """GET /files/{file_id}/{name}: a complete file's bytes; images to be shown, all others to be saved.

    They are for the workspace's own page, and for the app with its token and the scope files:read. Whoever else asks
    is sent to where one signs in, as by Slack: https://docs.slack.dev/reference/objects/file-object#auth
    """
    ws: Workspace = request.app.state.workspace
    file = ws.store.files.find(request.path_params["file_id"])
    on_page = urlsplit(request.headers.get("referer", "")).netloc == request.headers.get("host")
    if not on_page and not _for_app(ws, request, file):
        return RedirectResponse("/", status_code=302, headers=HEADERS)
    if file is None or not file.complete or file.content is None or file.name != request.path_params["name"]:
        return PlainTextResponse("There is no such file.", status_code=404, headers=HEADERS)
    shown = file.mimetype in SHOWN
    kind = file.mimetype if shown else "application/octet-stream"
    disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=kind, headers={**HEADERS, "Content-Disposition": disposition})


def _for_app(ws: Workspace, request: Request, file: File | None) -> bool:
    """Whether the app asks, and may have the file."""
    asks = request.headers.get("authorization") == f"Bearer {ws.settings.bot_token}" and ws.events.installed
    return asks and "files:read" in ws.manifest.scopes and (file is None or app_sees(ws.store, file))


ROUTES: list[BaseRoute] = [
    Route("/upload/{ticket}", upload, methods=["POST"]),
    Route("/files/{file_id}/{name}", serve, methods=["GET"]),
]
