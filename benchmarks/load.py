"""Signed slash commands over loopback, from one client or many, and how long each took."""

import asyncio
import hashlib
import hmac
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

_ids = itertools.count(1)


@dataclass(frozen=True)
class Timings:
    """Seconds for each request, and for all of them together."""

    each: list[float]
    whole: float

    def percentile(self, share: float) -> float:
        """The time, in milliseconds, under which this share of the requests stayed."""
        return sorted(self.each)[min(int(len(self.each) * share), len(self.each) - 1)] * 1000

    @property
    def throughput(self) -> float:
        """Requests a second."""
        return len(self.each) / self.whole


@dataclass(frozen=True)
class Target:
    """Where to send commands, what to send, and how to know that the answer is right."""

    url: str
    secret: str
    command: str
    text: str
    accept: Callable[[str], bool]


async def measure(target: Target, requests: int, clients: int) -> Timings:
    """Send this many commands from this many clients, each waiting for its answer. RuntimeError for a wrong answer."""
    remaining, each = itertools.repeat(None, requests), []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=clients)) as session:

        async def client() -> None:
            for _ in remaining:
                body, headers = _signed(target)
                start = time.perf_counter()
                async with session.post(target.url, data=body, headers=headers) as response:
                    answer = await response.text()
                each.append(time.perf_counter() - start)
                if response.status != 200 or not target.accept(answer):
                    raise RuntimeError(f"{response.status}: {answer[:200]}")

        start = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        return Timings(each, time.perf_counter() - start)


def _signed(target: Target) -> tuple[bytes, dict[str, str]]:
    form = {
        "token": "unused",
        "team_id": "T0DEPT",
        "team_domain": "opportunity",
        "channel_id": "C0WPNE",
        "channel_name": "privategroup",
        "user_id": "U0AMIRA",
        "user_name": "amira.shah",
        "command": target.command,
        "text": target.text,
        "response_url": "http://127.0.0.1/unused",
        "trigger_id": f"{next(_ids)}.{time.time_ns()}",
        "api_app_id": "A0LIAISON",
    }
    body = urlencode(form).encode()
    timestamp = str(int(time.time()))
    digest = hmac.new(target.secret.encode(), b"v0:%s:%s" % (timestamp.encode(), body), hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }
