"""Links to the messages in Slack about a record: asked from Slack once, and stored."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from bot.delivery import outbox
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import SlackFailure
from bot.delivery.slack_messages import MessageRef, link_to
from bot.interactions.response import Response
from bot.services.unit_of_work import ActorContext

ASK_WITHIN = timedelta(seconds=1)
log = logging.getLogger(__name__)


def with_link(ctx: ActorContext, key: str, then: Callable[[ActorContext, str], Response]) -> Response:
    """The result of `then` with the link to the message with this key; the link is "" if there is no such message or
    Slack does not answer."""
    row = outbox.find(ctx.session, key)
    if row is None or row.slack_channel is None or row.slack_ts is None or row.permalink:
        return then(ctx, row.permalink if row else "")

    def kept(ctx: ActorContext, link: str) -> Response:
        if link and (row := outbox.find(ctx.session, key)):
            row.permalink = link
        return then(ctx, link)

    return Response.after(partial(_ask, place=MessageRef(row.slack_channel, row.slack_ts)), kept)


async def _ask(slack: Slack, place: MessageRef) -> str:
    try:
        return await asyncio.wait_for(link_to(slack, place), ASK_WITHIN.total_seconds())
    except (SlackFailure, TimeoutError) as failure:  # the record without the link is better than an error
        log.warning("there is no link to a message: %s", failure)
        return ""
