"""The workspace's time, shown and moved over HTTP.

Time belongs to whoever drives it, a demonstration of the app for instance: it tells the time with
PUT /control/clock and is asked to move it, at `Settings.clock_url`, when somebody does so on the page.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from workspace.control.obeying import ordered
from workspace.core import Workspace
from workspace.errors import NotPossible

Json = dict[str, Any]
NOT_MOVABLE = "This clock cannot be moved: it is the machine's own."


class RunningClock:
    """A clock that shows `start` now, runs on from there, and can be put forward."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """The instant it shows."""
        return self._start + timedelta(seconds=time.monotonic() - self._begun)

    def put(self, instant: datetime) -> None:
        """Show a later instant from now on. An earlier one changes nothing: timestamps only grow."""
        if instant > self.now():
            self._start, self._begun = instant, time.monotonic()


def reading(ws: Workspace) -> Json:
    """What the clock shows, whether people can move it, and where it is being moved to."""
    return {
        "now": ws.settings.now().isoformat(),
        "movable": ws.settings.clock_url is not None,
        "moving": ws.clock_target is not None,
        "target": ws.clock_target.isoformat() if ws.clock_target else None,
    }


async def shown(request: Request) -> Response:
    """GET /control/clock: what it shows."""
    return JSONResponse(reading(request.app.state.workspace))


async def _told(ws: Workspace, data: Json) -> Json:
    """{"now": ..., "target": ...}: whoever drives time says what it is and, while it moves, where it is going."""
    if ws.settings.put_clock is None:
        raise NotPossible(NOT_MOVABLE)
    now, target = _instant(data.get("now")), data.get("target")
    ws.clock_target = None if target is None else _instant(target)
    ws.settings.put_clock(now)
    ws.store.changed()
    return reading(ws)


async def _asked(ws: Workspace, data: Json) -> Json:
    """{"to": ...}: pass a wish on to whoever drives time, and its answer back."""
    url, wish = ws.settings.clock_url, data.get("to")
    if url is None:
        raise NotPossible(NOT_MOVABLE)
    if not isinstance(wish, str):
        raise NotPossible("Expected “to”: when to move the clock to.")
    try:
        async with httpx.AsyncClient(trust_env=False, verify=url.startswith("https:")) as client:
            answer = await client.post(url, json={"to": wish}, timeout=ws.settings.patience)
            body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise NotPossible("The clock did not answer.") from error
    if answer.status_code >= 400:
        sentence = body.get("error") if isinstance(body, dict) else None
        raise NotPossible(sentence if isinstance(sentence, str) else "The clock could not be moved there.")
    return reading(ws)


def _instant(value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise NotPossible("Expected an instant such as 2027-01-04T09:00:00+00:00.")
    return instant.astimezone(UTC)


ROUTES: list[BaseRoute] = [
    Route("/control/clock", shown, methods=["GET"]),
    Route("/control/clock", ordered(_asked, 202), methods=["POST"]),
    Route("/control/clock", ordered(_told), methods=["PUT"]),
]
