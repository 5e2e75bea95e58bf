"""Whether a message may go where it is addressed: asked just before it is sent, and again for each try."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot import slack_users
from bot.delivery import outbox, readers
from bot.delivery.readers import Judgement
from bot.delivery.slack_answers import Refused
from bot.delivery.slack_facts import ChannelFacts
from bot.models import Audience, OutboxMessage, SlackUser
from jobs.context import JobContext, batches

ASKED_AT_ONCE = 20  # people; Slack takes about a hundred of these requests a minute


class Withheld(Exception):
    """A message would be read by somebody who may not read it; the exception's text is the reason."""


async def place_of(ctx: JobContext, row: OutboxMessage, now: datetime) -> str:
    """The channel to post in: a person's direct messages, or the channel itself.

    Raises `Withheld` if somebody there may not read the message, and `SlackFailure`.
    """
    if outbox.is_for_a_person(row.channel):
        judged = await _judge(ctx, row, [row.channel], now)
        if judged.deactivated:
            raise Withheld(f"{judged.deactivated} is deactivated in Slack")
        if judged.barred:
            raise Withheld(f"it was addressed to {judged.barred}")
        return await ctx.channels.direct(row.channel)
    reported = await ctx.database.read(lambda session: readers.is_reported_shared(session, row.channel))
    facts, members = await asyncio.gather(
        ctx.channels.facts(row.channel, reported_shared=reported), ctx.channels.members(row.channel)
    )
    await _check_organisations(ctx, row, facts)
    judged = await _judge(ctx, row, members, now)
    if judged.barred:
        raise Withheld(f"{judged.barred}, is in that channel")
    if _asks_partner(row) and not await ctx.database.read(
        lambda session: readers.has_partner(session, members, row.contract_id)
    ):
        raise Withheld("nobody of the contract's partner is in that channel")
    return row.channel


def _asks_partner(row: OutboxMessage) -> bool:
    """Whether a message is to be read by a contract's partner. An update may stand where nobody reads it."""
    return row.audience is Audience.SHARED and row.contract_id is not None and row.replaces_id is None


async def _check_organisations(ctx: JobContext, row: OutboxMessage, facts: ChannelFacts) -> None:
    if row.audience is Audience.INTERNAL and facts.is_shared_outside:
        raise Withheld("another organisation is in that channel")
    if facts.is_shared_with_unknown:
        raise Withheld("an organisation that Slack does not name is in that channel")
    if facts.outside_teams:
        teams = await ctx.database.read(lambda session: readers.partner_teams(session, row.audience, row.contract_id))
        if facts.outside_teams - teams:
            raise Withheld("an organisation that is not the contract's partner is in that channel")


async def _judge(ctx: JobContext, row: OutboxMessage, users: Collection[str], now: datetime) -> Judgement:
    """Judge the readers of a message. Slack is asked about those not known, and whom it does not show is barred."""

    def judge(session: Session) -> Judgement:
        return readers.judge(session, users, row.audience, row.contract_id)

    judged = await ctx.database.read(judge)
    if judged.barred or not judged.unknown:
        return judged
    for some in batches(sorted(judged.unknown), ASKED_AT_ONCE):  # what was learned stays if Slack wants a pause
        seen = await asyncio.gather(*(_shown(ctx, user, now) for user in some))
        await ctx.database.write(partial(slack_users.keep, users=[user for user in seen if user]))
    judged = await ctx.database.read(judge)
    return replace(judged, barred="somebody whom Slack does not show") if judged.unknown else judged


async def _shown(ctx: JobContext, user: str, now: datetime) -> SlackUser | None:
    try:
        return await ctx.slack.user(user, now)
    except Refused:
        return None
