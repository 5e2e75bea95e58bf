"""Delivering the outbox: claim messages, send them with no transaction open, settle each separately."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, col, select

from bot import slack_channels
from bot.delivery import outbox, outbox_queue
from bot.delivery.budgets import Budget, affordable
from bot.delivery.charts import without_pictures
from bot.delivery.fallbacks import send_in_some_form
from bot.delivery.messages import Blocks
from bot.delivery.outbox_queue import Due
from bot.delivery.slack_answers import Away, Limited, NotProcessed, Refused, SlackFailure, Unsettled
from bot.delivery.slack_facts import PostedMessage
from bot.domain.london import london
from bot.log_context import current_reference
from bot.log_lines import facts
from bot.models import OutboxMessage, OutboxState
from bot.services.documents.notices import note_told
from bot.services.money.decisions import note_reached
from bot.services.progress.received_reports import note_asked
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned, batches
from jobs.staleness import Stale, stale_among
from jobs.withholding import Withheld, place_of

NAME = "deliver"
SEND_WITHIN = timedelta(seconds=45)  # less than the lease
PICTURE_TRIES = 3  # a message waits two and a half minutes for a picture, and then goes with its words
CLAIMED_AT_ONCE = 20  # messages, in one write
SET_UP_WAIT = timedelta(minutes=15)
log = logging.getLogger(__name__)


async def run(ctx: JobContext, now: datetime, to: Collection[str] | None = None) -> int:
    """Send the next message of each channel, or of these channels; returns how many were tried.

    While Slack is away, that is one message now and then.
    """
    rows: list[OutboxMessage] = []
    due = await ctx.database.read(lambda session: outbox_queue.due_now(session, now, to))
    chosen = await _affordable(ctx, due, ctx.breaker.allows(outbox_queue.AT_ONCE, now), now)
    for some in batches([each.id for each in chosen], CLAIMED_AT_ONCE):
        rows += await ctx.database.write(partial(outbox_queue.claim, now=now, among=some))
    await ctx.channels.fetch_all_if_many(sum(not outbox.is_for_a_person(row.channel) for row in rows))
    stale = await ctx.database.read(lambda session: stale_among(session, rows, now))
    found = await asyncio.gather(*(_deliver(ctx, row, now, stale.get(row.id, "")) for row in rows))
    ctx.breaker.note([answered for answered in found if answered is not None], now)
    if rows and ctx.breaker.is_open:
        log.error("Slack is away: deliveries wait, but for one now and then")
        await ctx.database.write(partial(outbox_queue.give_up_on_late, now=now))
    return len(rows)


async def _affordable(ctx: JobContext, due: Sequence[Due], at_most: int, now: datetime) -> list[Due]:
    """Those of these messages, in their order, for which Slack takes every call in this minute: so a person whose
    direct messages are not open yet, and a channel of which Slack has to be asked, hold up nobody else."""
    people = {each.channel for each in due if outbox.is_for_a_person(each.channel)}
    places = {each.channel for each in due} - people
    opened, known, budgets = await ctx.channels.opened(people), await ctx.channels.known(places), ctx.channels.budgets
    ready = {*opened, *(channel for channel, facts in known.items() if facts.members is not None)}

    def calls(each: Due) -> list[Budget]:
        posting = budgets.posts if each.replaces_id is None else budgets.updates
        if each.channel in ready:
            return [posting]
        return [posting, budgets.openings if each.channel in people else budgets.members]

    return affordable(((each, calls(each)) for each in due), at_most, now)


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    due = await ctx.database.read(lambda session: outbox_queue.due_now(session, now))
    ids = [each.id for each in due[: outbox_queue.AT_ONCE]]
    wanted = select(OutboxMessage).where(col(OutboxMessage.id).in_(ids))
    rows = {row.id: row for row in await ctx.database.read(lambda session: session.scalars(wanted).all())}
    return [Planned(row.channel, row.text, row.why) for row in (rows[each] for each in ids)]


async def next_due(ctx: JobContext, now: datetime) -> datetime | None:
    """The first instant at which a message may be tried, which may be in the past; None if no message waits."""
    first = await ctx.database.read(lambda session: outbox_queue.next_try(session, now))
    return max(first, ctx.breaker.next_probe(now)) if first is not None and ctx.breaker.is_open else first


async def _deliver(ctx: JobContext, row: OutboxMessage, now: datetime, stale: str) -> bool | None:
    """Send a message and settle it; whether Slack was there for it, None where that does not show. A `stale` one is
    dropped for that reason."""
    try:
        async with asyncio.timeout(SEND_WITHIN.total_seconds()):
            standing = await send(ctx, row, now, stale)
    except Stale as out_of_date:
        await ctx.units(NAME, now).write(partial(_drop, row=row, reason=str(out_of_date)))
        return None
    except Withheld as withheld:
        await ctx.units(NAME, now).write(partial(_withhold, row=row, reason=str(withheld)))
        return None
    except SlackFailure as failure:
        return await _fail(ctx, row, failure, now)
    except TimeoutError:
        return await _fail(ctx, row, Away("it took too long"), now)
    except Exception as fault:  # a fault with one message must not keep it leased, nor stop the others
        log.exception("a fault kept the message from being sent", extra=_about(row))
        return await _fail(ctx, row, SlackFailure(f"{type(fault).__name__}, reference {current_reference()}"), now)
    await ctx.database.write(partial(_settle_sent, row=row, standing=standing, now=now))
    log.info("the message is sent", extra=_about(row))
    return True


def _about(row: OutboxMessage) -> dict[str, dict[str, object]]:
    """What the log says of a message."""
    return facts(outbox=row.id, template=row.template, channel=row.channel, tries=row.attempts)


async def _fail(ctx: JobContext, row: OutboxMessage, failure: SlackFailure, now: datetime) -> bool | None:
    log.warning("the message was not sent: %s", failure, extra=_about(row))
    await ctx.database.write(partial(_settle_failure, row=row, failure=failure, now=now))
    if outbox.is_for_a_person(row.channel) and isinstance(failure, Refused | Unsettled):
        await ctx.database.write(partial(slack_channels.forget_direct, user=row.channel))
    return None if type(failure) is SlackFailure else not isinstance(failure, Away)


def _settle_sent(session: Session, row: OutboxMessage, standing: PostedMessage, now: datetime) -> None:
    if outbox_queue.settle_sent(session, row, standing.channel, standing.ts, now) and row.replaces_id is None:
        note_asked(session, row.key, london(now).date())
        note_told(session, row.key, london(now).date())
        note_reached(session, row.key, london(now).date())


def _settle_failure(session: Session, row: OutboxMessage, failure: SlackFailure, now: datetime) -> None:
    match failure:
        case Limited():  # Slack did nothing now; whether an earlier try succeeded is as much in doubt as before
            outbox_queue.settle_failed(session, row, str(failure), now, in_doubt=row.in_doubt, after=failure.wait)
        case NotProcessed():
            outbox_queue.settle_failed(session, row, str(failure), now, in_doubt=row.in_doubt)
        case Unsettled():
            log.error("the message waits until the app is set up for it: %s", failure, extra=_about(row))
            outbox_queue.settle_unset_up(session, row, str(failure), now, SET_UP_WAIT)
        case Refused():
            log.error("the message is dead: %s", failure, extra=_about(row))
            outbox_queue.settle_dead(session, row, str(failure), now)
        case _:
            outbox_queue.settle_failed(session, row, str(failure), now, in_doubt=True)


async def send(ctx: JobContext, row: OutboxMessage, now: datetime, stale: str = "") -> PostedMessage:
    """Send one message: to a person, to a channel whose audience still fits, or in place of an earlier message.

    A message that may have been sent before is looked for first. Its pictures come before the look at its readers,
    because they may take long. Raises `SlackFailure` or `Withheld`, and `Stale` for the reason `stale`, if that is not
    "".
    """
    if row.in_doubt and row.replaces_id is None:
        place, thread = await place_of(ctx, row, now), await _thread(ctx, row)
        found = await ctx.slack.find_posted(place, row.key, row.created_at.timestamp(), thread)
        if found is not None:
            return found
    if stale:
        raise Stale(stale)

    async def put(blocks: Blocks) -> PostedMessage:
        place = await place_of(ctx, row, now)
        budgets = ctx.channels.budgets
        (budgets.posts if row.replaces_id is None else budgets.updates).spend(now)
        if row.replaces_id is not None:
            return await ctx.slack.update(await _standing(ctx, row.replaces_id), row.text, blocks)
        return await ctx.slack.post(place, row.text, blocks, row.key, await _thread(ctx, row))

    return await _in_some_form(ctx, row, put)


async def _thread(ctx: JobContext, row: OutboxMessage) -> str | None:
    return None if row.thread_of_id is None else (await _standing(ctx, row.thread_of_id)).ts


async def _in_some_form(
    ctx: JobContext, row: OutboxMessage, send: Callable[[Blocks], Awaitable[PostedMessage]]
) -> PostedMessage:
    """Send a message with its pictures, or with as much of it as Slack takes. Raises `SlackFailure`."""
    try:
        blocks = await ctx.charts.with_pictures(row.blocks, row.charts)
    except NotProcessed as slow:
        if row.attempts <= PICTURE_TRIES:
            raise
        log.error("the message goes without its pictures: %s", slow, extra=_about(row))
        blocks = without_pictures(row.blocks)
    return await send_in_some_form(send, blocks, template=row.template or "", forget=ctx.charts.forget)


async def _standing(ctx: JobContext, message_id: int) -> PostedMessage:
    """The place of the message that this one updates or replies to. Raises `Refused` if that was never sent."""
    first = await ctx.database.read(lambda session: session.get_one(OutboxMessage, message_id))
    if first.state is not OutboxState.SENT or first.slack_channel is None or first.slack_ts is None:
        raise Refused("the message that this one updates or answers was never sent")
    return PostedMessage(first.slack_channel, first.slack_ts)


def _drop(work: UnitOfWork, row: OutboxMessage, reason: str) -> None:
    if outbox_queue.settle_dropped(work.session, row, work.now, reason):
        log.info("the message was dropped: it is out of date", extra=_about(row))
        work.record("message dropped", row.key, contract_id=row.contract_id, why=reason)


def _withhold(work: UnitOfWork, row: OutboxMessage, reason: str) -> None:
    if outbox_queue.settle_withheld(work.session, row, work.now, reason):
        work.record("message withheld", row.key, contract_id=row.contract_id, channel=row.channel, reason=reason)
        log.error("the message was withheld: somebody would have read it who may not", extra=_about(row))
