"""A connection that breaks: ASGI has no word for it, and uvicorn, which serves us, has."""

from __future__ import annotations

from typing import Any

from starlette.types import Receive


def abort(receive: Receive) -> None:
    """Close the TCP connection of a request or a WebSocket at once, with nothing more sent over it.

    `receive` as uvicorn gave it is a method of the object that holds the connection's transport.
    """
    holder: Any = receive.__self__  # type: ignore[attr-defined]  # a bound method, which Receive does not say
    holder.transport.abort()
