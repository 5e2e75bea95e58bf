"""Links to the messages in Slack that are about a record: asked for once, and kept."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from bot import outbox
from bot.services.work import Act
from bot.slack import Slack, SlackFailure
from bot.slack_messages import Place, link_to
from handlers.outcome import Outcome

ASK_WITHIN = timedelta(seconds=1)
log = logging.getLogger(__name__)


def with_link(act: Act, key: str, then: Callable[[Act, str], Outcome]) -> Outcome:
    """What `then` gives with the link to the message of this key: "" where none stands, or Slack does not say."""
    row = outbox.find(act.session, key)
    if row is None or row.slack_channel is None or row.slack_ts is None or row.permalink:
        return then(act, row.permalink if row else "")

    def kept(act: Act, link: str) -> Outcome:
        if link and (row := outbox.find(act.session, key)):
            row.permalink = link
        return then(act, link)

    return Outcome.after(partial(_ask, place=Place(row.slack_channel, row.slack_ts)), kept)


async def _ask(slack: Slack, place: Place) -> str:
    try:
        return await asyncio.wait_for(link_to(slack, place), ASK_WITHIN.total_seconds())
    except (SlackFailure, TimeoutError) as failure:  # who asked would rather have the record without it
        log.warning("there is no link to a message: %s", failure)
        return ""
