"""Takes events to the app, and tries again until it has heard.

https://docs.slack.dev/apis/events-api/#error-handling
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from workspace.wire import faults
from workspace.wire.delivery import Answer, Delivery, Retry, Undelivered
from workspace.wire.faults import Fault, Faults

Json = dict[str, Any]
# Seconds to wait before each further try.
RETRY_DELAYS = (0.0, 60.0, 300.0)


class Courier:
    """Delivers each event by itself: they set out in order, and none waits for another to be heard."""

    def __init__(self, delivery: Delivery, faults: Faults, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._delivery = delivery
        self._faults = faults
        self._sleep = sleep
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[asyncio.Event] = []

    def send(self, payload: Json) -> None:
        """Set out with an event."""
        fault = self._faults.take(payload["event"]["type"], faults.EVENTS)
        task = asyncio.get_running_loop().create_task(self._deliver(payload, fault))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, payload: Json, fault: Fault | None) -> None:
        if fault and fault.kind == "reorder_events":
            await self._until_another(fault.seconds)
        await self._persist(payload, fault)
        if fault and fault.kind == "duplicate_event":
            await self._persist(payload, fault)

    async def _until_another(self, seconds: float) -> None:
        """Wait until a later event was delivered, but no longer than this."""
        another = asyncio.Event()
        self._held.append(another)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(another.wait(), seconds)

    async def _persist(self, payload: Json, fault: Fault | None) -> None:
        """Try, and try again, until the app has acknowledged, asks for no more tries, or there are none left."""
        retry: Retry | None = None
        for number, delay in enumerate((*RETRY_DELAYS, None), start=1):
            answer, reason = await self._attempt(payload, retry, fault)
            if not reason or delay is None or (answer and answer.headers.get("x-slack-no-retry") == "1"):
                return
            await self._sleep(delay)
            retry = Retry(number, reason)

    async def _attempt(self, payload: Json, retry: Retry | None, fault: Fault | None) -> tuple[Answer | None, str]:
        """One try: the answer, and Slack's word for what went wrong ("" for nothing)."""
        try:
            answer = await self._delivery.send("events_api", payload, retry, fault)
        except Undelivered as error:
            return None, "http_timeout" if error.reason == "operation_timeout" else "connection_failed"
        finally:
            for held in self._held:
                held.set()
            self._held.clear()
        return answer, "" if 200 <= answer.status < 300 else "http_error"

    async def settled(self, patience: float) -> bool:
        """Wait until every event has been heard, or `patience` seconds; whether it was."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        return not self._tasks

    async def close(self) -> None:
        """Give up whatever is still on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
