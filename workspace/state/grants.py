"""What a person's action hands to the app for a short while: trigger ids and response URLs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from workspace.errors import SlackError

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5
# How long what has expired is still known for what it was. After that it is as if it had never been.
REMEMBERED = timedelta(hours=1)


@dataclass
class Trigger:
    """A person's action that may open one modal. `view` is the view it was done in, if any."""

    user: str
    view: str | None
    made: datetime
    used: bool = False


@dataclass
class ResponseGrant:
    """Leave to answer one action: for whom, where, and about which message."""

    user: str
    channel: str
    made: datetime
    message_ts: str | None = None
    uses: int = 0


Handed = TypeVar("Handed", Trigger, ResponseGrant)


class Grants:
    """Issues trigger ids and response tokens, and says when they are spent."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseGrant] = {}
        self._numbers = count(1)

    def trigger(self, user: str, view: str | None = None) -> str:
        """A new trigger id for a person's action.

        https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
        """
        self._forget(self._triggers)
        trigger_id = f"{int(self._now().timestamp() * 1000)}.{next(self._numbers)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, view, self._now())
        return trigger_id

    def check(self, trigger_id: str) -> Trigger:
        """The action behind a trigger id. Raises SlackError: invalid, exchanged or expired."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._now() - trigger.made > TRIGGER_LIFE:
            raise SlackError("expired_trigger_id")
        return trigger

    def response(self, user: str, channel: str, message_ts: str | None = None) -> str:
        """A new token for a response URL; `message_ts` is the message the action was done on."""
        self._forget(self._responses)
        token = secrets.token_urlsafe(18)
        self._responses[token] = ResponseGrant(user, channel, self._now(), message_ts)
        return token

    def _forget(self, handed_out: dict[str, Handed]) -> None:
        """Let go of what was handed out long ago; the oldest stand first."""
        latest = self._now() - REMEMBERED
        while handed_out and next(iter(handed_out.values())).made < latest:
            del handed_out[next(iter(handed_out))]

    def free(self, user: str, channel: str) -> ResponseGrant:
        """Leave to answer in the body of the 200 itself, which has no URL and counts as no use."""
        return ResponseGrant(user, channel, self._now())

    def spend(self, token: str) -> ResponseGrant:
        """Use a response URL once. Raises SlackError: invalid, used (5 times) or expired (30 minutes)."""
        grant = self._responses.get(token)
        if grant is None:
            raise SlackError("invalid_url")
        if self._now() - grant.made > RESPONSE_LIFE:
            raise SlackError("expired_url")
        if grant.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        grant.uses += 1
        return grant
