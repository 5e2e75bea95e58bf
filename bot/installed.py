"""Whose Liaison is: every request that Slack signs is of the one workspace whose token it has."""

import asyncio
import logging
from datetime import timedelta

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext

from bot.delivery.slack import Slack
from bot.delivery.slack_answers import SlackFailure
from bot.delivery.slack_facts import Installation

ASKED_EVERY = timedelta(seconds=30)
log = logging.getLogger(__name__)


class OneWorkspace(AsyncAuthorize):
    """Takes every request for the one installation. Bolt by itself would ask Slack (auth.test) at the first request,
    and while Slack does not answer it would tell whoever types a command that the app is no longer installed."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult:
        """The installation, whoever asks."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id, bot_token=self._token)


class Reached:
    """Whether Slack has said for whom the token is."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self.is_away = False

    async def ask(self) -> Installation:
        """Ask Slack (auth.test). Raises `SlackFailure`: `Unsettled` for a token that it does not take."""
        try:
            found = await self._slack.installation()
        except SlackFailure:
            self.is_away = True
            raise
        self.is_away = False
        return found

    async def ask_while_away(self, every: timedelta = ASKED_EVERY) -> None:
        """While Slack does not answer, ask again and again, and note in the log how it goes."""
        while self.is_away:
            await asyncio.sleep(every.total_seconds())
            try:
                found = await self.ask()
            except SlackFailure as failure:
                log.warning("Slack has still not said for whom the token is: %s", failure)
            else:
                log.info("Slack answers: Liaison is ready for %s", found.named)
