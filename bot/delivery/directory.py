"""The directory: Slack's identity of each person, cached for a few minutes."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.delivery.slack import Slack
from bot.delivery.slack_answers import SlackFailure
from bot.identity import Denied, Identity, Unknown

REMEMBER = timedelta(minutes=5)
NOT_CLAIMED = "not claimed"  # no team has this id
WAIT = timedelta(seconds=1.5)  # of the three seconds in which Slack expects the answer

log = logging.getLogger(__name__)


class Directory:
    """Asks users.info once every few minutes, so that a person's answer seldom waits for Slack."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._known: dict[str, tuple[Identity, datetime]] = {}
        self._requests: dict[str, asyncio.Task[Identity]] = {}

    async def identify(self, user: str, claimed_home: str, now: datetime) -> Identity:
        """Slack's identity of a person.

        `claimed_home` is the home team that the payload names for the person, or NOT_CLAIMED where it names none.
        Raises `Unknown` if the directory contradicts it, and `Denied` if Slack does not answer in time.
        """
        known = self._known.get(user)
        identity = known[0] if known is not None and now - known[1] < REMEMBER else await self._ask(user, now)
        if claimed_home != NOT_CLAIMED and claimed_home not in identity.homes:
            raise Unknown(f"the request names home {claimed_home}, the directory does not")
        return identity

    def forget(self, user: str) -> None:
        """Ask Slack again the next time, because the person has changed. Call it from the event loop.

        Other processes keep their cached identity for up to five minutes.
        """
        self._known.pop(user, None)
        self._requests.pop(user, None)  # an answer that is still on its way may be older than the change

    async def _ask(self, user: str, now: datetime) -> Identity:
        """Ask Slack once for all who wait. A late answer is cached for the next try."""
        if user not in self._requests:
            self._requests[user] = asyncio.create_task(self._remember(user, now))
            self._requests[user].add_done_callback(lambda task: self._request_done(user, task))
        try:
            return await asyncio.wait_for(asyncio.shield(self._requests[user]), WAIT.total_seconds())
        except (SlackFailure, TimeoutError) as failure:
            raise Denied(
                "Liaison could not check with Slack who you are, so nothing was done. Try again in a minute.",
                f"the directory could not say: {failure or 'no answer in time'}",
            ) from failure

    async def _remember(self, user: str, now: datetime) -> Identity:
        identity = await self._slack.identity(user)
        if self._requests.get(user) is asyncio.current_task():
            self._known[user] = (identity, now)
        return identity

    def _request_done(self, user: str, task: asyncio.Task[Identity]) -> None:
        if self._requests.get(user) is task:
            del self._requests[user]
        if not task.cancelled() and task.exception() is not None:
            log.warning("users.info failed for %s: %s", user, task.exception())


async def identities_of(slack: Slack, users: Sequence[str]) -> list[Identity]:
    """Slack's identities of several people, asked at the same time."""
    return list(await asyncio.gather(*(slack.identity(user) for user in users)))
