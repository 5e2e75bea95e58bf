"""A bare Bolt AsyncApp as it comes, with one command that does nothing: what ours is measured beside."""

import os
import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def main(port: int) -> None:
    """Serve it on a port of the loopback until ended."""
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])
    handler = AsyncSlackRequestHandler(app)

    @app.command("/risk")
    async def nothing(ack: Any) -> None:  # noqa: ANN401  # Bolt leaves it untyped
        await ack("ok")

    async def receive(request: Request) -> Response:
        return await handler.handle(request)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    routes = [Route("/slack/events", receive, methods=["POST"]), Route("/healthz", alive)]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
