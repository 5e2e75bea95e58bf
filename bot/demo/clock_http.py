"""The demonstration's clock over HTTP: the page asks for a move, and the bot sends the time to the workspace."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.moves import destination
from bot.demo.timeline import ClockReading, Timeline
from bot.domain.calendar import Nation, WorkingCalendar
from bot.errors import UserError

CLOCK_PATH = "/clock"
log = logging.getLogger(__name__)


def clock_route(timeline: Timeline, calendar: WorkingCalendar) -> Route:
    """The route that starts a move. POST {"to": words} answers 202 with the destination, or 400 with a sentence."""

    async def move(request: Request) -> Response:
        # JSON only: a page of another site cannot send it without a preflight request.
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return JSONResponse({"error": "Expected a JSON object."}, status_code=400)
        try:
            words = (await request.json())["to"]
            days = calendar.of(Nation.ENGLAND_AND_WALES)
            reading = await timeline.move(destination(str(words), timeline.reading.now, days))
        except UserError as error:
            return JSONResponse({"error": error.sentence}, status_code=400)
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"error": "Expected “to”: when to move the clock to."}, status_code=400)
        return JSONResponse(_json(reading), status_code=202)

    return Route(CLOCK_PATH, move, methods=["POST"])


@asynccontextmanager
async def workspace_clock(url: str) -> AsyncIterator[Callable[[ClockReading], Awaitable[None]]]:
    """A function that sends the time to the workspace. If the workspace does not answer, the next call sends it
    again."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:

        async def tell(reading: ClockReading) -> None:
            try:
                async with session.put(url, json=_json(reading)):
                    pass
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("the workspace was not told the time: %s", error)

        yield tell


def _json(reading: ClockReading) -> dict[str, str | None]:
    return {"now": reading.now.isoformat(), "target": reading.target.isoformat() if reading.target else None}
