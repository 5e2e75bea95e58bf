"""The schedule of a channel's weekly summary, for the people who may set, stop or see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.digests import Weekly, next_due, parse_weekly
from bot.domain.wording import format_time, join_words, quoted
from bot.errors import UserError
from bot.models import Channel, Contract, Digest, DigestPost, QuietWeek
from bot.policy import RegisterPermission
from bot.services.digest import posting
from bot.services.digest.last_post import last_post
from bot.services.digest.posting import Subscriber
from bot.services.digest.summary import Summary, build
from bot.services.unit_of_work import ActorContext

LAST = 10  # summaries in a history


def _not_if_quiet(typed: str) -> UserError:
    """What follows the time does not say what is sent where there is nothing to say."""
    words = join_words([quoted(each.value) for each in QuietWeek], "or")
    return UserError(
        f"{quoted(typed)} does not say what is sent where there is nothing to say. Enter {words}, for example "
        "/digest schedule thursday 4pm silence."
    )


@dataclass(frozen=True)
class Subscription:
    """The schedule of a channel and its next summary: `first` is None if it gets none, and `contract` for the
    portfolio."""

    channel: str
    contract: str | None
    is_shared: bool
    weekly: Weekly
    if_quiet: QuietWeek
    first: datetime | None


@dataclass(frozen=True)
class DigestHistory:
    """The last summaries of a channel, the newest first."""

    subscription: Subscription
    posts: Sequence[DigestPost]


def subscription(ctx: ActorContext, channel: str) -> Subscription:
    """The schedule of a channel. Raises `UserError` or `Denied`."""
    return _subscription(ctx, _to_view(ctx, channel))


def schedule(ctx: ActorContext, channel: str, day: str, at: str, if_quiet: str = "") -> Subscription:
    """Set the day and time of a channel's weekly summary; none is owed from before.

    `if_quiet` is "one line" or "silence"; without it the setting stays. Raises `UserError` or `Denied`.
    """
    now = _to_change(ctx, channel)
    weekly, quiet = parse_weekly(day, at), _quiet(if_quiet) if if_quiet.strip() else now.if_quiet
    return _set(ctx, now, Subscriber(now.channel, now.contract, weekly, quiet, ctx.now))


def stop(ctx: ActorContext, channel: str) -> Subscription:
    """Stop a channel's weekly summary. Raises `UserError` or `Denied`."""
    now = _to_change(ctx, channel)
    if now.stopped:
        raise UserError("No weekly summary comes to this channel, so there is nothing to stop.")
    return _set(ctx, now, Subscriber(now.channel, now.contract, now.weekly, now.if_quiet, ctx.now, stopped=True))


def post_now(ctx: ActorContext, channel: str) -> Subscription:
    """Post a summary to the channel now, in addition to the weekly ones. Raises `UserError` or `Denied`."""
    now = _to_change(ctx, channel)
    why = f"{ctx.actor.name} asked for the performance summary in this channel"
    posting.post(ctx, posting.prepare(ctx, now, why))
    return _subscription(ctx, now)


def preview(ctx: ActorContext, channel: str) -> Summary:
    """The summary that would be posted to the channel now. Raises `UserError` or `Denied`."""
    now = _to_view(ctx, channel)
    return build(ctx, now.scope, last_post(ctx, channel, now.scope))


def history(ctx: ActorContext, channel: str) -> DigestHistory:
    """The last summaries of the channel with its present scope. Raises `UserError` or `Denied`."""
    now = _to_view(ctx, channel)
    posts = ctx.session.scalars(
        select(DigestPost)
        .where(
            col(DigestPost.channel) == channel,
            col(DigestPost.contract_id).is_not_distinct_from(now.channel.contract_id),
        )
        .order_by(col(DigestPost.id).desc())
        .limit(LAST)
    ).all()
    return DigestHistory(_subscription(ctx, now), posts)


def _to_change(ctx: ActorContext, channel: str) -> Subscriber:
    found = _find(ctx, channel)
    if found.contract is None:
        ctx.require_on_register(RegisterPermission.KEEP_SUMMARY)
    else:
        ctx.require(Permission.BIND, found.contract)
    return found


def _to_view(ctx: ActorContext, channel: str) -> Subscriber:
    found = _find(ctx, channel)
    if found.contract is None:
        ctx.require_on_register(RegisterPermission.KEEP_SUMMARY)
    else:
        ctx.require(Permission.SEE, found.contract)
    return found


def _find(ctx: ActorContext, channel: str) -> Subscriber:
    row = ctx.session.execute(
        select(Channel, Contract, Digest)
        .outerjoin(Contract, col(Contract.id) == col(Channel.contract_id))
        .outerjoin(Digest, col(Digest.channel_id) == col(Channel.id))
        .where(col(Channel.slack) == channel)
    ).first()
    if row is None:
        raise UserError(
            "This channel belongs to no contract and not to the portfolio, so it has no weekly summary. "
            "To bind it, type /contract channel and a reference, for example /contract channel WP-NE."
        )
    return posting.subscriber(*row)


def _set(ctx: ActorContext, was: Subscriber, now: Subscriber) -> Subscription:
    digest = ctx.session.get(Digest, now.channel.id)
    values: dict[str, Any] = {
        "weekday": now.weekly.weekday,
        "hour": now.weekly.hour,
        "minute": now.weekly.minute,
        "if_quiet": now.if_quiet,
        "stopped": now.stopped,
        "since": now.since,
    }
    if digest is None:
        ctx.session.add(Digest(channel_id=now.channel.id, **values))
    else:
        digest.sqlmodel_update(values)
    ctx.session.flush()
    ctx.record(
        "weekly summary stopped" if now.stopped else "weekly summary scheduled",
        f"channel {now.channel.slack}",
        contract_id=now.channel.contract_id,
        changes={"weekly summary": [_in_words(was), _in_words(now)]},
    )
    return _subscription(ctx, now)


def _in_words(to: Subscriber) -> str:
    if to.stopped:
        return "none"
    return f"{to.weekly.day} at {format_time(to.weekly.at)}, {to.if_quiet} where there is nothing to say"


def _subscription(ctx: ActorContext, to: Subscriber) -> Subscription:
    calendar = ctx.calendar.of(to.nation)
    return Subscription(
        to.channel.slack,
        to.contract.reference if to.contract else None,
        to.scope.is_shared,
        to.weekly,
        to.if_quiet,
        None if to.stopped else calendar.as_worked_out_instant(next_due(to.weekly, calendar, ctx.now)),
    )


def _quiet(typed: str) -> QuietWeek:
    folded = " ".join(typed.casefold().split())
    for each in QuietWeek:
        if each.value == folded:
            return each
    raise _not_if_quiet(typed)
