"""The facts and members of channels, asked from Slack at the time of sending, because both change."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from bot.delivery.slack import Slack
from bot.delivery.slack_answers import SlackFailure
from bot.delivery.slack_facts import ChannelFacts
from bot.identity import is_department
from bot.models import Audience, Contract, Organisation, Person, Team

log = logging.getLogger(__name__)

MANY = 10  # waiting channels, from which on one request asks for all channels
FRESH = timedelta(seconds=30)  # how long the answer for all channels is used


class Channels:
    """The facts of channels for a sender, never older than `FRESH`."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._asking = asyncio.Lock()
        self._at: datetime | None = None
        self._alone: dict[str, ChannelFacts] = {}

    async def fetch_all_if_many(self, now: datetime, waiting: int) -> None:
        """Ask Slack for all of Liaison's channels at once if many channels are waiting."""
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
        """The facts of a channel. The organisations in a shared one are asked every time. Raises `SlackFailure`."""
        known = self._alone.get(channel) if self._holds(now) else None
        return known or await self._slack.channel(channel)

    def _holds(self, now: datetime) -> bool:
        return self._at is not None and timedelta(0) <= now - self._at < FRESH


@dataclass(frozen=True)
class Readers:
    """The people whom a message may reach.

    `teams` are the organisations besides the department that may be in its channel; `barred` are the Slack users of the
    register who may not be in the channel and are not messaged.
    """

    teams: frozenset[str]
    barred_guests: frozenset[str]
    barred: frozenset[str]


def readers_of(session: Session, audience: Audience, contract_id: int | None) -> Readers:
    """The readers of a message: the department, and for a shared message the contract's partner too."""
    partner = select(col(Contract.partner_id)).where(col(Contract.id) == contract_id)
    shared = audience is Audience.SHARED and contract_id is not None
    others = select(col(Person.slack), col(Person.guest)).join(
        Organisation, col(Organisation.id) == col(Person.organisation_id)
    )
    others = others.where(~is_department())
    if shared:
        others = others.where(col(Organisation.id).not_in(partner))
    barred = session.execute(others).all()
    teams = session.scalars(select(col(Team.slack)).where(col(Team.organisation_id).in_(partner))) if shared else ()
    return Readers(
        frozenset(teams),
        frozenset(slack for slack, guest in barred if guest),
        frozenset(slack for slack, _ in barred),
    )
