"""The directory: what Slack says of each person, kept in the database, where every process reads it.

Events keep it up to date, and so do users.list and users.info. A person whose facts are older than `REMEMBER` is asked
about again before anything is done for them, in case an event was lost.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from bot import slack_users
from bot.db import Database
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import SlackFailure
from bot.identity import Denied, Identity, Unknown
from bot.models import SlackUser, Team

REMEMBER = timedelta(minutes=5)
NOT_CLAIMED = "not claimed"  # no team has this id
KEPT_WITHIN = timedelta(seconds=0.5)
WAIT = timedelta(seconds=1.5)  # of the three seconds in which Slack expects the answer

log = logging.getLogger(__name__)


class NotSeen(Exception):
    """Slack must be asked about a person first."""


def identify(
    session: Session, user: str, claimed_home: str, now: datetime, answer: SlackUser | None = None
) -> Identity:
    """Slack's identity of a person, as it is kept or as Slack just answered, whichever is newer.

    `claimed_home` is the home team that the payload names for the person, or NOT_CLAIMED where it names none. It proves
    nothing: an organisation may have many workspaces, of which a payload names any. Raises `Unknown` if it is a team of
    another organisation of the register, and `NotSeen` if Slack must be asked about them.
    """
    kept = slack_users.find(session, user)
    seen = answer if answer is not None and (kept is None or kept.seen_at <= answer.seen_at) else kept
    if seen is None or now - seen.seen_at > REMEMBER:
        raise NotSeen(user)
    identity = slack_users.identity_of(seen)
    if claimed_home not in identity.homes and _is_of_another(session, claimed_home, identity):
        raise Unknown(f"the request names home {claimed_home}, which is another organisation's")
    return identity


def _is_of_another(session: Session, claimed_home: str, identity: Identity) -> bool:
    """Whether a team is registered for an organisation that has none of the person's homes."""
    owner = select(col(Team.organisation_id)).where(col(Team.slack) == claimed_home)
    theirs = select(col(Team.organisation_id)).where(col(Team.slack).in_(identity.homes))
    claimed = session.scalar(owner)
    return claimed is not None and claimed not in session.scalars(theirs).all()


class Directory:
    """Asks Slack about people, each once at a time, and keeps the answers."""

    def __init__(self, slack: Slack, database: Database) -> None:
        self._slack = slack
        self._database = database
        self._requests: dict[str, asyncio.Task[SlackUser]] = {}
        self._keeping: set[asyncio.Task[None]] = set()

    async def ask(self, user: str, now: datetime) -> SlackUser:
        """Ask Slack about a person, once for all who wait. The answer is kept, also a late one, for the next try. Where
        another write holds that up, nobody waits for it.

        Raises `Denied` if Slack does not answer in time.
        """
        if user not in self._requests:
            self._requests[user] = asyncio.create_task(self._ask(user, now))
            self._requests[user].add_done_callback(lambda task: self._request_done(user, task))
        try:
            return await asyncio.wait_for(asyncio.shield(self._requests[user]), WAIT.total_seconds())
        except (SlackFailure, TimeoutError) as failure:
            raise Denied(
                "Liaison could not check with Slack who you are, so nothing was done. Try again in a minute.",
                f"the directory could not say: {failure or 'no answer in time'}",
            ) from failure

    async def drain(self) -> None:
        """Wait until every answer is kept."""
        while self._keeping:
            await asyncio.gather(*self._keeping, return_exceptions=True)

    async def _ask(self, user: str, now: datetime) -> SlackUser:
        seen = await self._slack.user(user, now)
        keeping = asyncio.create_task(self._database.write(partial(slack_users.keep, users=[seen])))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._kept)
        await asyncio.wait({keeping}, timeout=KEPT_WITHIN.total_seconds())
        return seen

    def _kept(self, task: asyncio.Task[None]) -> None:
        self._keeping.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("what Slack says of a person was not kept: %s", task.exception())

    def _request_done(self, user: str, task: asyncio.Task[SlackUser]) -> None:
        del self._requests[user]
        if not task.cancelled() and task.exception() is not None:
            log.warning("users.info failed for %s: %s", user, task.exception())


async def identities_of(slack: Slack, users: Sequence[str]) -> list[Identity]:
    """Slack's identities of several people, asked at the same time."""
    return list(await asyncio.gather(*(slack.identity(user) for user in users)))
