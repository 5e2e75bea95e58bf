"""Requests that pages of other sites send with a person's browser: none of them is let in.

The workspace listens on one's own machine with a token that everybody knows, so any page that is open in the same
browser could write into it, post as the app or order faults.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = ("GET", "HEAD", "OPTIONS")


class OwnPagesOnly:
    """An ASGI application that refuses whatever would change something and comes from another site's page.

    A browser always says in `Origin` whose page such a request comes from; programs do not send one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and _from_elsewhere(Headers(scope=scope)):
            refusal = JSONResponse({"error": "That came from another site."}, status_code=403)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _from_elsewhere(headers: Headers) -> bool:
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
