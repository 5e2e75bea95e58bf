"""The facts of channels, asked from Slack at the time of sending, because they change."""

import asyncio
import logging
from collections import deque
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import Limited, SlackFailure
from bot.delivery.slack_facts import ChannelFacts

log = logging.getLogger(__name__)

MANY = 10  # waiting channels, from which on one request asks for all channels
FRESH = timedelta(seconds=1.5)  # how long that answer is used: with the time that sending takes, two seconds
# Slack takes about fifty of these requests a minute (docs.slack.dev, rate limits), and people who bind a channel need
# some of them. All channels at once are asked for at most once in two seconds.
BUDGET = 40
MINUTE = timedelta(minutes=1)


class Channels:
    """The facts of channels for a sender, never older than `FRESH`."""

    def __init__(self, slack: Slack, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock
        self._asking = asyncio.Lock()
        self._at: datetime | None = None
        self._alone: dict[str, ChannelFacts] = {}
        self._asked: deque[datetime] = deque()

    async def fetch_all_if_many(self, waiting: int) -> None:
        """Ask Slack for all of Liaison's channels at once if many channels are waiting."""
        async with self._asking:
            if waiting < MANY or self._holds():
                return
            asked_at = self._clock.now()
            try:
                found = await self._slack.own_channels()
            except SlackFailure as failure:
                log.info("the channels are asked for one by one: %s", failure)
            else:
                self._at, self._alone = asked_at, {each.id: each for each in found if not each.is_shared_outside}

    async def facts(self, channel: str, *, reported_shared: bool) -> ChannelFacts:
        """The facts of a channel. One that is shared, or that Slack has `reported_shared`, is asked for every time.

        Raises `SlackFailure`; `Limited` too where the requests of a minute are used up.
        """
        known = self._alone.get(channel) if self._holds() and not reported_shared else None
        if known is not None:
            return known
        self._spend()
        return await self._slack.channel(channel)

    def _holds(self) -> bool:
        return self._at is not None and timedelta(0) <= self._clock.now() - self._at < FRESH

    def _spend(self) -> None:
        now = self._clock.now()
        while self._asked and now - self._asked[0] >= MINUTE:
            self._asked.popleft()
        if len(self._asked) >= BUDGET:
            raise Limited(self._asked[0] + MINUTE - now)
        self._asked.append(now)
