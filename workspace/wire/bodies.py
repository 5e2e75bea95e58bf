"""The bodies of requests, of which none is read without end."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from workspace.errors import SlackError


async def limited_body(request: Request, most: int, refusal: str) -> bytes:
    """The body of a request, read no further than `most` bytes. Raises SlackError(`refusal`) above that."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise SlackError(refusal)
        parts.append(part)
    return b"".join(parts)


def with_body(request: Request, body: bytes) -> Request:
    """The same request, whose body has been read and can be read again."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)


async def read_form(request: Request, body: bytes) -> dict[str, bytes]:
    """The parts of a multipart body, by name. Raises SlackError invalid_form_data."""

    try:
        async with with_body(request, body).form(max_part_size=len(body) + 1) as form:
            return {
                name: part.encode(errors="replace") if isinstance(part, str) else await part.read()
                for name, part in form.items()
            }
    except (HTTPException, ValueError, LookupError) as error:
        raise SlackError("invalid_form_data") from error
