"""Events: what happened in a conversation the app is in, told to it until it has heard.

https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from workspace.delivery import Answer, Delivery, Retry, Undelivered
from workspace.manifest import Manifest
from workspace.payloads import app_profile, event_payload, message_json
from workspace.store import Conversation, Message, Store

Json = dict[str, Any]
# Seconds to wait before each further try.
RETRY_DELAYS = (0.0, 60.0, 300.0)
SUBSCRIPTIONS = {"im": "message.im", "group": "message.groups", "channel": "message.channels"}


class Events:
    """Publishes events to the app, as its manifest subscribes to them."""

    def __init__(
        self,
        store: Store,
        manifest: Manifest,
        delivery: Delivery,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._store = store
        self._manifest = manifest
        self._delivery = delivery
        self._now = now
        self._sleep = sleep
        self._tasks: set[asyncio.Task[None]] = set()

    def posted(self, message: Message) -> None:
        """A message was posted."""
        self._message(message, {**self._described(message), "event_ts": message.ts})

    def edited(self, message: Message, before: Json) -> None:
        """A message was changed; `before` is its JSON as it was."""
        now = self._store.next_ts()
        self._message(
            message,
            {
                "type": "message",
                "subtype": "message_changed",
                "message": self._described(message),
                "previous_message": before,
                "hidden": True,
                "ts": now,
                "event_ts": now,
            },
        )

    def deleted(self, message: Message, before: Json) -> None:
        """A message was deleted."""
        now = self._store.next_ts()
        self._message(
            message,
            {
                "type": "message",
                "subtype": "message_deleted",
                "previous_message": before,
                "deleted_ts": message.ts,
                "hidden": True,
                "ts": now,
                "event_ts": now,
            },
        )

    def _described(self, message: Message) -> Json:
        body = message_json(self._store, message)
        author = self._store.users[message.user]
        if message.by_app:
            return body | {"bot_profile": app_profile(self._store, self._manifest)}
        if author.team != self._store.app.team:
            body |= {"user_team": author.team, "source_team": author.team}
        return body

    def _message(self, message: Message, event: Json) -> None:
        conversation = self._store.conversations[message.channel]
        subscribed = SUBSCRIPTIONS[conversation.kind] in self._manifest.events
        if message.only_for is None and subscribed and self._store.bot.id in conversation.members:
            kind = "im" if conversation.kind == "im" else conversation.kind
            self._publish({**event, "channel": conversation.id, "channel_type": kind}, conversation)

    def _publish(self, event: Json, conversation: Conversation) -> None:
        event_id = f"Ev{secrets.token_hex(5).upper()}"
        payload = event_payload(self._store, event, conversation, event_id, int(self._now().timestamp()))
        task = asyncio.get_running_loop().create_task(self._persist(payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _persist(self, payload: Json) -> None:
        """Try, and try again, until the app has acknowledged, asks for no more tries, or there are none left."""
        retry: Retry | None = None
        for number, delay in enumerate((*RETRY_DELAYS, None), start=1):
            answer, reason = await self._attempt(payload, retry)
            if not reason or delay is None or (answer and answer.headers.get("x-slack-no-retry") == "1"):
                return
            await self._sleep(delay)
            retry = Retry(number, reason)

    async def _attempt(self, payload: Json, retry: Retry | None) -> tuple[Answer | None, str]:
        """One try: the answer, and Slack's word for what went wrong ("" for nothing)."""
        try:
            answer = await self._delivery.send("events_api", payload, retry)
        except Undelivered as error:
            return None, "http_timeout" if error.reason == "operation_timeout" else "connection_failed"
        return answer, "" if 200 <= answer.status < 300 else "http_error"

    async def close(self) -> None:
        """Give up whatever is still on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
