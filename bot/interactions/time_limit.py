"""The time limit of a request: what has not begun by then is never done, so that nothing is carried out after Slack
told the person that it failed.

Slack waits for 3 seconds (docs.slack.dev, Handling user interaction in your Slack apps: acknowledgment).
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.errors import UserError

T = TypeVar("T")
BEGINS_WITHIN = 2.5  # seconds from the arrival of a request


class TooLate(UserError):
    """The work did not begin in time, and will not."""

    def __init__(self) -> None:
        super().__init__("Liaison is very busy just now, so nothing was done. Do it again in a minute.")


class _Turn:
    """Whether a unit of work has begun or was given up; never both."""

    def __init__(self) -> None:
        self._deciding, self._begun, self._given_up = threading.Lock(), False, False

    def begin(self) -> None:
        """Note that it begins. Raises `TooLate` if it was given up."""
        with self._deciding:
            if self._given_up:
                raise TooLate
            self._begun = True

    def give_up(self) -> bool:
        """Give it up, unless it has begun; whether it is."""
        with self._deciding:
            self._given_up = not self._begun
            return self._given_up


@dataclass(frozen=True)
class TimeLimit:
    """An instant on the clock of `time.monotonic`, None for what may wait as long as it takes."""

    at: float | None

    @classmethod
    def of_request(cls, begins_within: float = BEGINS_WITHIN) -> "TimeLimit":
        """The limit of what arrives now, and has to begin within so many seconds."""
        return cls(time.monotonic() + begins_within)

    async def keep(self, run: Callable[[Callable[[], None]], Coroutine[Any, Any, T]]) -> T:
        """Run work that calls what it is given when it begins. Raises `TooLate` where it has not begun in time."""
        turn = _Turn()
        running = asyncio.ensure_future(run(turn.begin))
        if not await self.passes(running) or not turn.give_up():
            return await running
        running.add_done_callback(_forget)
        raise TooLate

    async def passes(self, running: "asyncio.Future[Any]") -> bool:
        """Wait for something until the limit, whether or not it ends; whether the limit has passed."""
        left = None if self.at is None else max(self.at - time.monotonic(), 0)
        done, _ = await asyncio.wait({running}, timeout=left)
        return not done


NEVER = TimeLimit(None)


def _forget(given_up: "asyncio.Task[Any]") -> None:
    """Look at what a unit that was given up raised, so that nobody is told of it."""
    if not given_up.cancelled():
        given_up.exception()
