"""Signed requests over loopback, from one client or many, and how long each took."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

_ids = itertools.count(1)
Content = Callable[[], tuple[bytes, str]]


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
    """Where to send requests, what to send (a body and its content type), and how to know that the answer is right."""

    url: str
    secret: str
    content: Content
    accept: Callable[[str], bool]


def typed(command: str, text: str, user: str = "U0AMIRA", channel: str = "C0WPNE") -> Content:
    """A slash command, each time with a trigger of its own. `{n}` in its text is a number: whoever types the same again
    within a minute is asked whether they mean it."""

    def content() -> tuple[bytes, str]:
        number = next(_ids)
        form = {
            "token": "unused",
            "team_id": "T0DEPT",
            "team_domain": "opportunity",
            "channel_id": channel,
            "channel_name": "privategroup",
            "user_id": user,
            "user_name": user.lower(),
            "command": command,
            "text": text.replace("{n}", str(number)),
            "response_url": "http://127.0.0.1/unused",
            "trigger_id": f"{number}.{time.time_ns()}",
            "api_app_id": "A0LIAISON",
        }
        return urlencode(form).encode(), "application/x-www-form-urlencoded"

    return content


def home_opened(user: str) -> Content:
    """The event that a person opened the app's page."""

    def content() -> tuple[bytes, str]:
        event = {"type": "app_home_opened", "user": user, "channel": "D0", "tab": "home", "event_ts": "1.0"}
        body: dict[str, object] = {
            "type": "event_callback",
            "team_id": "T0DEPT",
            "api_app_id": "A0LIAISON",
            "event": event,
        }
        body |= {"event_id": f"Ev{next(_ids)}{time.time_ns()}", "event_time": int(time.time())}
        return json.dumps(body).encode(), "application/json"

    return content


async def measure_at(target: Target, rate: float, goes_on: Callable[[int], bool]) -> tuple[Timings, int]:
    """Send so many requests a second, whether or not those before are answered, so that what is held up is all
    measured, as long as it `goes_on`. Also how many got another answer than the right one."""
    each: list[float] = []
    refused = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one() -> None:
            nonlocal refused
            body, headers = _signed(target)
            start = time.perf_counter()
            async with session.post(target.url, data=body, headers=headers) as response:
                answer = await response.text()
            each.append(time.perf_counter() - start)
            refused += response.status != 200 or not target.accept(answer)

        sent: list[asyncio.Task[None]] = []
        start = time.perf_counter()
        while goes_on(len(sent)):
            sent.append(asyncio.create_task(one()))
            await asyncio.sleep(max(start + len(sent) / rate - time.perf_counter(), 0))
        await asyncio.gather(*sent)
        return Timings(each, time.perf_counter() - start), refused


async def measure(target: Target, requests: int, clients: int) -> Timings:
    """Send this many requests from this many clients, each waiting for its answer. RuntimeError for a wrong answer."""
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
    body, kind = target.content()
    timestamp = str(int(time.time()))
    digest = hmac.new(target.secret.encode(), b"v0:%s:%s" % (timestamp.encode(), body), hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }
