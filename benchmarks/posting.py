"""How many Web API calls a second the workspace takes on one core, each answered before the next is sent."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

from benchmarks.figures import Size

CLIENTS = 8
CHANNELS = ("C0PORTFOLIO", "C0WPNE", "C0WPNENG")
BLOCKS = json.dumps(
    [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*WP-NE* starts within 15 days: 97.2% of 95%"}},
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "seen", "text": {"type": "plain_text", "text": "Seen"}}],
        },
    ]
)


async def calls_a_second(port: int, token: str, size: Size) -> dict[str, float]:
    """The middle of the rounds for each kind of call, in turn. RuntimeError for a call that is refused."""
    rounds, calls = size.of((3, 6_000), (1, 1_500))
    numbers = itertools.count()
    kinds: dict[str, Callable[[], bytes]] = {
        "auth.test, which does nothing": lambda: _request(port, token, "auth.test"),
        "chat.postMessage with text": lambda: _post(port, token, numbers),
        "chat.postMessage with blocks": lambda: _post(port, token, numbers, blocks=BLOCKS),
    }
    await _run(port, kinds["auth.test, which does nothing"], 500)  # warm
    found = [{name: await _run(port, request, calls) for name, request in kinds.items()} for _ in range(rounds)]
    return {name: sorted(figures[name] for figures in found)[rounds // 2] for name in kinds}


def _post(port: int, token: str, numbers: "itertools.count[int]", **more: str) -> bytes:
    number = next(numbers)
    channel = CHANNELS[number % len(CHANNELS)]
    return _request(port, token, "chat.postMessage", channel=channel, text=f"Message {number}", **more)


def _request(port: int, token: str, method: str, **arguments: str) -> bytes:
    body = urlencode(arguments).encode()
    head = (
        f"POST /api/{method} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _run(port: int, request: Callable[[], bytes], calls: int) -> float:
    """Calls a second. The client is as light as can be, so that the other side is what is measured."""
    remaining = itertools.repeat(None, calls)

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in remaining:
            writer.write(request())
            answer = await _answer(reader)
            if b'"ok":true' not in answer:
                raise RuntimeError(answer[:300].decode(errors="replace"))
        writer.close()
        await writer.wait_closed()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return calls / (time.perf_counter() - begun)


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    return await reader.readexactly(length)
