"""What comes over HTTP, before Bolt sees it: it is bounded, signed by Slack, and well formed, in this order.

docs.slack.dev, Verifying requests from Slack. The limits are ours: Slack's largest request, a form with everything
filled in, is under 300 kB. Bounds of headers are the proxy's.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.interactions.shapes import is_well_formed

LARGEST = 1_000_000  # bytes of a body
COMES_WITHIN = timedelta(seconds=10)
CHECK = "ssl_check=1"  # Slack looks whether the address has a certificate, unsigned; nothing is done


class _Refused(Exception):
    """The request is answered with this status, and nothing else is done."""

    def __init__(self, status: int) -> None:
        self.status = status


@dataclass(frozen=True)
class Receiver:
    """Passes Slack's requests on to Bolt, and answers whatever is not Slack's with a status alone.

    413 for a body that is too large, 408 for one that stops coming, 401 for a wrong signature or time, 400 for what is
    no text, no JSON or of no shape that Slack sends.
    """

    bolt: AsyncApp
    verifier: SignatureVerifier
    comes_within: timedelta = COMES_WITHIN

    async def receive(self, request: Request) -> Response:
        """The answer to a request."""
        if request.method == "GET":  # the same check
            return Response(status_code=200 if request.query_params.get("ssl_check") else 404)
        try:
            body = await _body(request, self.comes_within)
            if CHECK in body.split("&"):
                return Response()
            self._verify(request, body)
            received = _read(request, body)
        except _Refused as refused:
            # The rest of the body may still come: it must not be taken for another request.
            return Response(status_code=refused.status, headers={"Connection": "close"})
        return to_starlette_response(await self.bolt.async_dispatch(received))

    def _verify(self, request: Request, body: str) -> None:
        timestamp, signature = (
            request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature")
        )
        is_readable = timestamp.isascii() and timestamp.isdigit() and signature.isascii()
        if not is_readable or not self.verifier.is_valid(body, timestamp, signature):
            raise _Refused(401)


async def _body(request: Request, comes_within: timedelta) -> str:
    """The body. `_Refused` for one that is too large (whatever its header says), too slow, or no text."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced[:20]) > LARGEST:
        raise _Refused(413)
    came = bytearray()
    try:
        async with asyncio.timeout(comes_within.total_seconds()):
            async for part in request.stream():
                came += part
                if len(came) > LARGEST:
                    raise _Refused(413)
    except TimeoutError:
        raise _Refused(408) from None
    except ClientDisconnect:
        raise _Refused(400) from None
    try:
        return came.decode()
    except UnicodeDecodeError:
        raise _Refused(400) from None


def _read(request: Request, body: str) -> AsyncBoltRequest:
    """The request as Bolt reads it. `_Refused` if it is no JSON or of no shape that Slack sends."""
    try:
        received = AsyncBoltRequest(body=body, headers=dict(request.headers))
        if is_well_formed(received.body):
            return received
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        pass  # Bolt takes the shapes for granted that are looked at here
    raise _Refused(400)
