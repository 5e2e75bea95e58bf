"""The directory: who Slack says a person is, remembered for a few minutes."""

from datetime import datetime, timedelta

from bot.access import Identity, Unknown
from bot.slack import Slack, SlackFailure

REMEMBER = timedelta(minutes=5)


class Directory:
    """Asks users.info once in a while, so that nothing waits on Slack between a person and their answer."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._known: dict[str, tuple[Identity, datetime]] = {}

    async def identify(self, user: str, claimed_home: str | None, now: datetime) -> Identity:
        """Who a person is.

        `claimed_home` is the home team that the payload names for the person. Unknown if Slack cannot say,
        or says otherwise: when in doubt, deny.
        """
        identity = await self._look_up(user, now)
        if claimed_home not in identity.homes:
            raise Unknown(f"the request names home {claimed_home}, the directory does not")
        return identity

    async def _look_up(self, user: str, now: datetime) -> Identity:
        known = self._known.get(user)
        if known is not None and now - known[1] < REMEMBER:
            return known[0]
        try:
            identity = await self._slack.identity(user)
        except SlackFailure as failure:
            raise Unknown(f"the directory could not say: {failure}") from failure
        self._known[user] = (identity, now)
        return identity
