"""How often the app may call: Slack's tiers, and its own rule for posting in one channel.

https://docs.slack.dev/apis/web-api/rate-limits. Slack promises each figure as a minimum ("50+ per minute") and
allows bursts that it does not describe. Here a figure is a maximum: never more than that in any stretch of that
length, so that nothing passes which Slack might refuse. Tighter windows are spread a little: posting in a channel is
once a second with up to five at once, and a method of tier 1 once a minute with up to five at once. The lower limits
of conversations.history and conversations.replies are for commercially distributed apps alone, and this app is
installed by those who made it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workspace.errors import RateLimited


@dataclass(frozen=True)
class Limit:
    """At most `calls` in any stretch of `seconds`."""

    calls: int
    seconds: float


TIER_1 = Limit(5, 300)
TIER_2 = Limit(20, 60)
TIER_3 = Limit(50, 60)
TIER_4 = Limit(100, 60)
# "Special" methods: hundreds of calls a minute, and no number given.
HUNDREDS = Limit(300, 60)
IN_ONE_CHANNEL = Limit(5, 5)


class Limits:
    """Counts calls by key. `pace` is how many times Slack's limits are allowed; None is no limit at all."""

    def __init__(self, now: Callable[[], datetime], pace: float | None) -> None:
        self._now = now
        self._pace = pace or None
        self._calls: dict[tuple[str, ...], deque[float]] = {}

    def take(self, limit: Limit, *key: str) -> None:
        """Count one call. Raises RateLimited, with the seconds to wait, where it is one too many."""
        if self._pace is None:
            return
        now = self._now().timestamp()
        calls = self._calls.setdefault(key, deque())
        while calls and now - calls[0] >= limit.seconds:
            calls.popleft()
        if len(calls) >= max(1, int(limit.calls * self._pace)):
            raise RateLimited(max(1, math.ceil(limit.seconds - (now - calls[0]))))
        calls.append(now)
