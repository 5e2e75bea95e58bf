"""What channels are and who is in them, asked when a message is about to be sent.

Slack answers for a single channel 50 times a minute. So where many wait, all of Liaison's channels are asked for at
once, which takes a call for each 200 of them.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.slack import Slack, SlackFailure
from bot.slack_facts import ChannelFacts

log = logging.getLogger(__name__)

MANY = 10  # channels that wait, from which on all are asked for at once
FRESH = timedelta(seconds=30)  # for how long the answer for all of them holds


class Channels:
    """The channels as a sender sees them. What it may say of one is never older than `FRESH`."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._asking = asyncio.Lock()
        self._at: datetime | None = None
        self._alone: dict[str, ChannelFacts] = {}

    async def look_over(self, now: datetime, waiting: int) -> None:
        """So many channels are about to be asked for: where they are many, ask for all of Liaison's at once."""
        async with self._asking:
            if waiting < MANY or self._holds(now):
                return
            try:
                found = await self._slack.own_channels()
            except SlackFailure as failure:
                log.info("the channels are asked for one by one: %s", failure)
            else:
                self._at, self._alone = now, {each.id: each for each in found if not each.is_shared_outside}

    async def facts(self, channel: str, now: datetime) -> ChannelFacts:
        """What a channel is. Which organisations are in a shared one is asked each time. SlackFailure."""
        known = self._alone.get(channel) if self._holds(now) else None
        return known or await self._slack.channel(channel)

    def _holds(self, now: datetime) -> bool:
        return self._at is not None and timedelta(0) <= now - self._at < FRESH
