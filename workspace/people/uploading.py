"""A person's file: shared in a conversation, or kept until a form is sent with it."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workspace.core import Workspace
from workspace.errors import NotPossible
from workspace.people.arguments import thread_of
from workspace.state.files import MOST_BYTES
from workspace.state.objects import file_json
from workspace.state.store import Message


async def upload(request: Request) -> Response:
    """POST /people/{user}/upload as multipart: `file`, and `channel` and `thread_ts` to share it; {"file"}."""
    ws: Workspace = request.app.state.workspace
    try:
        _not_too_long(request)
        async with request.form(max_files=1) as form:
            return JSONResponse({"file": await _uploaded(ws, request, form)})
    except NotPossible as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    except HTTPException as error:  # not a form, or one that is broken
        return JSONResponse({"error": error.detail}, status_code=400)


def _not_too_long(request: Request) -> None:
    if not 0 < int(request.headers.get("content-length", "0")) <= MOST_BYTES:
        raise NotPossible(f"A file may have up to {MOST_BYTES:,} bytes.")


async def _uploaded(ws: Workspace, request: Request, form: FormData) -> dict[str, object]:
    user, sent, channel = ws.person(request.path_params["user"]), form.get("file"), form.get("channel")
    if not isinstance(sent, UploadFile):
        raise NotPossible("There is no file to send.")
    conversation = ws.conversation_for(user, channel) if isinstance(channel, str) and channel else None
    thread = thread_of(conversation, form.get("thread_ts")) if conversation else None
    if conversation and (closed := ws.closed(conversation)):
        raise NotPossible(closed)
    name = (sent.filename or "file").replace("\\", "/").rpartition("/")[2][:255] or "file"
    file = ws.store.files.add(user.id, name, await sent.read(), str(request.base_url).rstrip("/"))
    if conversation:
        message = Message(channel=conversation.id, ts="", user=user.id, text="", thread_ts=thread)
        message.subtype = "file_share"
        ws.share([file], message)
    return file_json(ws.store, file)
