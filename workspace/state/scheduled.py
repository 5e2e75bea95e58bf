"""Messages that the app scheduled, and their posting when their time has come.

https://docs.slack.dev/reference/methods/chat.scheduleMessage
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workspace.errors import SlackError
from workspace.state.store import Conversation, Message

MOST_DAYS = 120
# A scheduled message can no longer be deleted this close to its time.
LAST_SECONDS = 60
MOST_IN_WINDOW = 30
WINDOW = 300
# How often the clock is looked at while something waits, in real seconds: the clock may be moved at any time.
LOOK = 0.1


@dataclass(frozen=True)
class Scheduled:
    """A message that waits for `post_at`, in Unix seconds."""

    id: str
    post_at: int
    created: int
    message: Message


class Schedule:
    """The messages that wait. `post` posts one that is due, where that is still possible."""

    def __init__(self, now: Callable[[], datetime], post: Callable[[Message], object]) -> None:
        self._now = now
        self._post = post
        self._waiting: dict[str, Scheduled] = {}
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    def add(self, message: Message, post_at: int) -> Scheduled:
        """Have a message wait. Raises SlackError time_in_past, time_too_far or restricted_too_many."""
        now = int(self._now().timestamp())
        if post_at <= now:
            raise SlackError("time_in_past")
        if post_at > now + MOST_DAYS * 86_400:
            raise SlackError("time_too_far")
        near = [
            one
            for one in self._waiting.values()
            if one.message.channel == message.channel and abs(one.post_at - post_at) < WINDOW
        ]
        if len(near) >= MOST_IN_WINDOW:
            raise SlackError("restricted_too_many")
        self._count += 1
        made = Scheduled(f"Q{self._count:010d}", post_at, now, message)
        self._waiting[made.id] = made
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._watch())
        return made

    def waiting(self) -> list[Scheduled]:
        """What has not been posted yet, the next first."""
        return sorted(self._waiting.values(), key=lambda one: (one.post_at, one.id))

    def remove(self, conversation: Conversation, scheduled_id: str) -> None:
        """Take one back. Raises SlackError invalid_scheduled_message_id; within 60 seconds of posting also."""
        found = self._waiting.get(scheduled_id)
        if found is None or found.message.channel != conversation.id:
            raise SlackError("invalid_scheduled_message_id")
        if found.post_at - self._now().timestamp() < LAST_SECONDS:
            raise SlackError("invalid_scheduled_message_id")
        del self._waiting[scheduled_id]

    def post_due(self) -> None:
        """Post what is due. Slack never posts a scheduled message that has metadata, and says nothing of it."""
        now = self._now().timestamp()
        for one in self.waiting():
            if one.post_at <= now:
                del self._waiting[one.id]
                if one.message.metadata is None:
                    self._post(one.message)

    async def _watch(self) -> None:
        while self._waiting:
            self.post_due()
            await asyncio.sleep(LOOK)

    async def close(self) -> None:
        """Stop waiting."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
