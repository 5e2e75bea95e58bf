"""The directory: who Slack says a person is, remembered for a few minutes."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.delivery.slack import Slack, SlackFailure
from bot.identity import Denied, Identity, Unknown

REMEMBER = timedelta(minutes=5)
NOT_CLAIMED = "not claimed"  # which is no team's id
WAIT = timedelta(seconds=1.5)  # of the three seconds in which Slack wants the answer

log = logging.getLogger(__name__)


class Directory:
    """Asks users.info once in a while, so that nothing waits on Slack between a person and their answer."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._known: dict[str, tuple[Identity, datetime]] = {}
        self._asking: dict[str, asyncio.Task[Identity]] = {}

    async def identify(self, user: str, claimed_home: str | None, now: datetime) -> Identity:
        """Who a person is.

        `claimed_home` is the home team that the payload names for the person, or NOT_CLAIMED for a kind of payload
        that names none. Unknown if the directory says otherwise, Denied if it cannot say in time.
        """
        known = self._known.get(user)
        identity = known[0] if known is not None and now - known[1] < REMEMBER else await self._ask(user, now)
        if claimed_home != NOT_CLAIMED and claimed_home not in identity.homes:
            raise Unknown(f"the request names home {claimed_home}, the directory does not")
        return identity

    def forget(self, user: str) -> None:
        """Ask Slack anew the next time, because something about the person has changed. Call it from the event loop.

        Another process of the bot, which was not told, remembers for five minutes at most.
        """
        self._known.pop(user, None)
        self._asking.pop(user, None)  # an answer that is still on its way may be of before

    async def _ask(self, user: str, now: datetime) -> Identity:
        """Ask Slack, once for all who wait. An answer that comes late is remembered for the next try."""
        if user not in self._asking:
            self._asking[user] = asyncio.create_task(self._remember(user, now))
            self._asking[user].add_done_callback(lambda task: self._asked(user, task))
        try:
            return await asyncio.wait_for(asyncio.shield(self._asking[user]), WAIT.total_seconds())
        except (SlackFailure, TimeoutError) as failure:
            raise Denied(
                "Liaison could not check with Slack who you are, so nothing was done. Try again in a minute.",
                f"the directory could not say: {failure or 'no answer in time'}",
            ) from failure

    async def _remember(self, user: str, now: datetime) -> Identity:
        identity = await self._slack.identity(user)
        if self._asking.get(user) is asyncio.current_task():
            self._known[user] = (identity, now)
        return identity

    def _asked(self, user: str, task: asyncio.Task[Identity]) -> None:
        if self._asking.get(user) is task:
            del self._asking[user]
        if not task.cancelled() and task.exception() is not None:
            log.warning("users.info failed for %s: %s", user, task.exception())


async def identities_of(slack: Slack, users: Sequence[str]) -> list[Identity]:
    """What Slack says of several people, asked at once."""
    return list(await asyncio.gather(*(slack.identity(user) for user in users)))
