"""What a sender knows of channels: whether each is shared, who is in it, and where each person's direct messages are.

Whether a channel is shared outside is asked for all channels at once, at most every two seconds. Who is in it, which
other organisations, and the direct messages are kept in the database (see bot.slack_channels).
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial

from bot import slack_channels
from bot.clock import Clock
from bot.db import Database
from bot.delivery.budgets import Budget, Budgets
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import Limited, SlackFailure
from bot.delivery.slack_facts import ChannelFacts
from bot.slack_channels import KnownChannel

log = logging.getLogger(__name__)

MANY = 3  # waiting channels, from which on one request asks for all channels
FRESH = timedelta(seconds=1.5)  # how long that answer is used: with the time that sending takes, two seconds


class Channels:
    """The channels for a sender, and the budgets of what it asks Slack."""

    def __init__(self, slack: Slack, clock: Clock, database: Database) -> None:
        self._slack = slack
        self._clock = clock
        self._database = database
        self._asking = asyncio.Lock()
        self._at: datetime | None = None
        self._alone: dict[str, ChannelFacts] = {}
        self.budgets = Budgets()

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

    async def known(self, channels: Collection[str]) -> Mapping[str, KnownChannel]:
        """What is kept of these channels and is still good."""
        now = self._clock.now()
        return await self._database.read(lambda session: slack_channels.known(session, channels, now))

    async def facts(self, channel: str, *, reported_shared: bool) -> ChannelFacts:
        """The facts of a channel. Of one that is shared, the other organisations are kept for some minutes.

        Raises `SlackFailure`; `Limited` too where the requests of a minute are used up.
        """
        alone = self._alone.get(channel) if self._holds() and not reported_shared else None
        if alone is not None:
            return alone
        if outside := (await self.known([channel])).get(channel, KnownChannel()).outside:
            return ChannelFacts(channel, "", True, False, False, is_shared_outside=True, outside_teams=outside)
        asked_at = self._spend(self.budgets.facts)
        found = await self._slack.channel(channel)
        if found.outside_teams:
            await self._database.write(
                partial(slack_channels.keep_outside, channel=channel, teams=found.outside_teams, asked_at=asked_at)
            )
        return found

    async def members(self, channel: str) -> frozenset[str]:
        """Who is in a channel, as it is kept or else as Slack says. Raises `SlackFailure`, as `facts` does."""
        kept = (await self.known([channel])).get(channel, KnownChannel()).members
        return await self.ask_members(channel) if kept is None else kept

    async def ask_members(self, channel: str) -> frozenset[str]:
        """Ask Slack who is in a channel, and keep the answer. Raises `SlackFailure`, as `facts` does."""
        asked_at = self._spend(self.budgets.members)
        found = await self._slack.members(channel)
        await self._database.write(
            partial(slack_channels.keep_members, channel=channel, members=found, asked_at=asked_at)
        )
        return found

    async def direct(self, user: str) -> str:
        """The channel of the direct messages with a person, opened once. Raises `SlackFailure`, as `facts` does."""
        kept = await self.opened([user])
        if user in kept:
            return kept[user]
        self._spend(self.budgets.openings)
        channel = await self._slack.direct_channel(user)
        await self._database.write(partial(slack_channels.keep_direct, user=user, channel=channel))
        return channel

    async def opened(self, users: Collection[str]) -> Mapping[str, str]:
        """The channels of the direct messages with those of these people to whom they were opened."""
        return await self._database.read(lambda session: slack_channels.direct_channels(session, users))

    def _holds(self) -> bool:
        return self._at is not None and timedelta(0) <= self._clock.now() - self._at < FRESH

    def _spend(self, budget: Budget) -> datetime:
        now = self._clock.now()
        if wait := budget.wait(now):
            raise Limited(wait)
        budget.spend(now)
        return now
