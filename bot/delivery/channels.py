"""What channels are and who reads there, asked at the moment of sending, because channels and their people change."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from bot.delivery.slack import Slack, SlackFailure
from bot.delivery.slack_facts import ChannelFacts
from bot.identity import is_department
from bot.models import Audience, Contract, Organisation, Person, Team

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


@dataclass(frozen=True)
class Readers:
    """Whom a message may reach.

    `teams` are the organisations, beside the department, that may be in its channel; `barred` are the Slack users of
    the register who may neither be in the channel nor be written to.
    """

    teams: frozenset[str]
    barred_guests: frozenset[str]
    barred: frozenset[str]


def readers_of(session: Session, audience: Audience, contract_id: int | None) -> Readers:
    """The readers of a message: the department, and for a shared one the contract's partner as well."""
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
