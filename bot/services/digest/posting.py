"""Posting the weekly summaries: once to each subscribed channel, at its own time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, select
from sqlmodel import col

from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation
from bot.domain.digests import MONDAY_MORNING, Weekly, last_due
from bot.domain.london import london
from bot.domain.slack_text import without_markup
from bot.domain.subjects import SubjectKind
from bot.domain.wording import WEEKDAYS
from bot.models import Audience, Channel, Contract, Digest, Occurrence, QuietWeek
from bot.services import occurrences
from bot.services.digest import summary_detail
from bot.services.digest.changes import by_contract
from bot.services.digest.comparison import A_WEEK
from bot.services.digest.dated_items import Scope
from bot.services.digest.last_post import PostLine, last_post, post_lines, store_post
from bot.services.digest.summary import Summary, build
from bot.services.unit_of_work import UnitOfWork

RULE = "weekly summary"
NOTICEABLY_LATE = timedelta(hours=1)
IN_A_TABLE = 30  # contracts: a table in Slack holds 10,000 characters
MOST_IN_TABLES = 300


@dataclass(frozen=True)
class Subscriber:
    """A channel and the time of its summary: the portfolio's is Monday at 9am until somebody changes it."""

    channel: Channel
    contract: Contract | None
    weekly: Weekly
    if_quiet: QuietWeek
    since: datetime
    stopped: bool = False

    @property
    def nation(self) -> Nation:
        """The nation whose bank holidays count."""
        return self.contract.nation if self.contract else Nation.ENGLAND_AND_WALES

    @property
    def scope(self) -> Scope:
        """The contracts and the audience of its summary."""
        return Scope(self.contract, self.channel.audience)


def subscriber(channel: Channel, contract: Contract | None, digest: Digest | None) -> Subscriber:
    """A channel with its schedule; a contract's channel has none until somebody sets it."""
    if digest is None:
        asked_for = channel.contract_id is None
        return Subscriber(channel, contract, MONDAY_MORNING, QuietWeek.ONE_LINE, channel.created_at, not asked_for)
    weekly = Weekly(digest.weekday, digest.hour, digest.minute)
    return Subscriber(channel, contract, weekly, digest.if_quiet, digest.since, digest.stopped)


@dataclass(frozen=True)
class DueDigest:
    """A channel and the instant at which its summary was due."""

    to: Subscriber
    due: datetime


def digests_due(work: UnitOfWork) -> list[DueDigest]:
    """Every channel whose last weekly summary is due and not posted, none from before it subscribed. Outside working
    hours there, a late summary waits for the morning. Two queries."""
    found = [each for each in map(partial(_last_owed, work), subscribers(work)) if each is not None]
    if not found:
        return []
    first = min(each.due for each in found)
    claimed = select(col(Occurrence.subject), col(Occurrence.due_at)).where(
        col(Occurrence.rule) == RULE, col(Occurrence.due_at) >= first
    )
    posted = {(subject, due) for subject, due in work.session.execute(claimed)}
    return [each for each in found if (subject(each.to), each.due) not in posted]


def _last_owed(work: UnitOfWork, to: Subscriber) -> DueDigest | None:
    calendar = work.calendar.of(to.nation)
    if not calendar.is_working_time(work.now):
        return None
    due = last_due(to.weekly, calendar, work.now)
    return DueDigest(to, due) if due >= to.since else None


def subject(to: Subscriber) -> str:
    """What the claims of its summaries are about."""
    return f"channel {to.channel.slack}"


def subscribers(work: UnitOfWork) -> list[Subscriber]:
    """The channels that get a weekly summary."""
    rows = work.session.execute(_subscriptions().order_by(col(Channel.id)))
    return [each for each in (subscriber(*row) for row in rows) if not each.stopped]


def _subscriptions() -> Select[Channel, Contract, Digest]:
    return (
        select(Channel, Contract, Digest)
        .outerjoin(Contract, col(Contract.id) == col(Channel.contract_id))
        .outerjoin(Digest, col(Digest.channel_id) == col(Channel.id))
    )


@dataclass(frozen=True)
class PreparedPost:
    """A summary ready to post, with the messages for its thread and the lines to store.

    `message` is None if there is nothing to say and the channel wants silence then.
    """

    to: Subscriber
    why: str
    due: datetime | None
    message: Message | None = None
    thread: Sequence[Message] = ()
    lines: Sequence[PostLine] = ()


def prepare_due(work: UnitOfWork, due: DueDigest) -> PreparedPost:
    """Build the summary that is due in a channel."""
    why = f"the weekly performance summary of {WEEKDAYS[london(due.due).weekday()]} is due in this channel"
    return prepare(work, due.to, why, due.due)


def prepare(work: UnitOfWork, to: Subscriber, why: str, due: datetime | None = None) -> PreparedPost:
    """Build a summary as of now, compared with the last one. This is the slow part, and it only reads."""
    summary = build(work, to.scope, last_post(work, to.channel.slack, to.scope))
    if due is not None and summary.is_quiet and to.if_quiet is QuietWeek.SILENCE:
        return PreparedPost(to, why, due)
    missed = due if due and work.now - due > NOTICEABLY_LATE else None
    message = work.messages.message("digest/weekly", summary=summary, missed=missed)
    late = by_contract(summary.late)
    lines = post_lines([line.standing for line in summary.lines], summary.risks.scores or {}, late)
    return PreparedPost(to, why, due, message, () if summary.is_quiet else _thread(work, summary), lines)


def _thread(work: UnitOfWork, summary: Summary) -> list[Message]:
    """The whole table in as many messages as it takes, with what comes up below it, and then the charts."""
    shown = summary.lines[:MOST_IN_TABLES]
    tables = [
        work.messages.message(
            "digest/table", summary=summary, rows=shown[at : at + IN_A_TABLE], is_last=at + IN_A_TABLE >= len(shown)
        )
        for at in range(0, len(shown), IN_A_TABLE)
        if summary.scope.contract is None or summary.has_more
    ]
    found = summary_detail.detail_of(work, summary)
    return tables if found is None else [*tables, work.messages.message("digest/detail", detail=found)]


def post_due(work: UnitOfWork, ready: PreparedPost) -> bool:
    """Post a summary that is due; returns whether it was posted.

    It is not if another worker posts it, or if the channel's schedule has changed since it was made.
    """
    if ready.due is None or not _is_still_owed(work, ready.to, ready.due):
        return False
    return occurrences.claim(work, RULE, subject(ready.to), ready.due) and post(work, ready)


def _is_still_owed(work: UnitOfWork, to: Subscriber, due: datetime) -> bool:
    """Whether a channel is still subscribed to the same: nobody stopped it, moved it to another time, or bound it to
    something else. What else it is owed, the next run finds."""
    row = work.session.execute(_subscriptions().where(col(Channel.id) == to.channel.id)).first()
    now = None if row is None else subscriber(*row)
    return now is not None and not now.stopped and now.since <= due and _bound(now) == _bound(to)


def _bound(to: Subscriber) -> tuple[str, int | None, Audience]:
    return to.channel.slack, to.channel.contract_id, to.channel.audience


def post(work: UnitOfWork, ready: PreparedPost) -> bool:
    """Post a summary, with the rest in its thread, and store its content; returns False for silence."""
    channel, message = ready.to.channel, ready.message
    if message is None:
        work.record("summary kept back", subject(ready.to), contract_id=channel.contract_id)
        return False
    key = f"digest-{store_post(work, channel, ready.due, without_markup(message.text, {}), ready.lines)}"
    about, stale_at = SubjectKind.SUMMARY.subject(channel.slack), None if ready.due is None else ready.due + A_WEEK
    place = (channel.slack, channel.audience)
    work.enqueue(OutgoingMessage(key, *place, message, ready.why, channel.contract_id, about, stale_at))
    thread = {f"{key}-thread-{number}": below for number, below in enumerate(ready.thread, start=1)}
    work.reply_all(key, thread, ready.why)
    work.record("summary posted", subject(ready.to), contract_id=channel.contract_id)
    return True
