"""Posting weekly summaries: to each channel that asked, at its own time, once."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlmodel import col

from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import CalendarEnds, Nation
from bot.domain.digests import MONDAY_MORNING, Weekly, last_due
from bot.domain.london import london
from bot.domain.slack_text import as_seen
from bot.domain.wording import WEEKDAYS
from bot.models import Channel, Contract, Digest, Occurrence, QuietWeek
from bot.services import occurrences
from bot.services.digest import summary_detail
from bot.services.digest.last_post import last_post, store_post
from bot.services.digest.summary import Summary, build
from bot.services.due.digest_due import Scope
from bot.services.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

RULE = "weekly summary"
NOTICEABLY_LATE = timedelta(hours=1)


@dataclass(frozen=True)
class Subscriber:
    """A channel and when it gets its summary: the portfolio's on Monday at 9am until somebody says otherwise."""

    channel: Channel
    contract: Contract | None
    weekly: Weekly
    if_quiet: QuietWeek
    since: datetime
    stopped: bool = False

    @property
    def nation(self) -> Nation:
        """Whose bank holidays count."""
        return self.contract.nation if self.contract else Nation.ENGLAND_AND_WALES

    @property
    def scope(self) -> Scope:
        """What its summary is about and for whom."""
        return Scope(self.contract, self.channel.audience)


def subscriber(channel: Channel, contract: Contract | None, digest: Digest | None) -> Subscriber:
    """A channel as it is subscribed; a contract's that nobody asked for has none."""
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
    """Every channel whose last weekly summary is due and not posted; none from before it asked, and none while it is
    outside working hours there: what comes late waits for the morning. Two queries."""
    found = [each for each in map(partial(_last_owed, work), _subscribers(work)) if each is not None]
    if not found:
        return []
    first = min(each.due for each in found)
    claimed = select(col(Occurrence.subject), col(Occurrence.due_at)).where(
        col(Occurrence.rule) == RULE, col(Occurrence.due_at) >= first
    )
    posted = {(subject, due) for subject, due in work.session.execute(claimed)}
    return [each for each in found if (_subject(each.to), each.due) not in posted]


def _last_owed(work: UnitOfWork, to: Subscriber) -> DueDigest | None:
    calendar = work.calendar.of(to.nation)
    try:
        if not calendar.is_working_time(work.now):
            return None
        due = last_due(to.weekly, calendar, work.now)
    except CalendarEnds:
        log.exception("it cannot be said when the summary of channel %s is due", to.channel.slack)
        return None
    return DueDigest(to, due) if due >= to.since else None


def _subject(to: Subscriber) -> str:
    return f"channel {to.channel.slack}"


def _subscribers(work: UnitOfWork) -> list[Subscriber]:
    rows = work.session.execute(
        select(Channel, Contract, Digest)
        .outerjoin(Contract, col(Contract.id) == col(Channel.contract_id))
        .outerjoin(Digest, col(Digest.channel_id) == col(Channel.id))
        .order_by(col(Channel.id))
    )
    return [each for each in (subscriber(*row) for row in rows) if not each.stopped]


def post_due(work: UnitOfWork, owed_to: Iterable[DueDigest]) -> int:
    """Post to each of these channels what it is owed, unless another worker does; how many were posted.

    One that cannot be made holds up no other: it stays due, and the log says so.
    """
    posted = 0
    for each in owed_to:
        try:
            with work.session.begin_nested():
                posted += _post_owed(work, each.to, each.due)
        except Exception:  # whatever is wrong with one, the others are posted
            log.exception("no summary for channel %s", each.to.channel.slack)
    return posted


def _post_owed(work: UnitOfWork, to: Subscriber, due: datetime) -> bool:
    if not occurrences.claim(work, RULE, _subject(to), due):
        return False
    why = f"the weekly performance summary of {WEEKDAYS[london(due).weekday()]} is due in this channel"
    return post(work, to, why, due)


def post(work: UnitOfWork, to: Subscriber, why: str, due: datetime | None = None) -> bool:
    """Post a summary now, with its detail in its thread, and keep what it said; False for silence where there is
    nothing to say."""
    summary = build(work, to.scope, last_post(work, to.channel.slack, to.scope))
    if due is not None and summary.is_quiet and to.if_quiet is QuietWeek.SILENCE:
        work.record("summary kept back", _subject(to), contract_id=to.channel.contract_id)
        return False
    missed = due if due and work.now - due > NOTICEABLY_LATE else None
    message = work.messages.message("digest/weekly", summary=summary, missed=missed)
    standings = [line.standing for line in summary.lines]
    post_id = store_post(work, to.channel, due, as_seen(message.text, {}), standings, summary.risks.scores or {})
    key = f"digest-{post_id}"
    work.enqueue(OutgoingMessage(key, to.channel.slack, to.channel.audience, message, why, to.channel.contract_id))
    _reply_with_detail(work, key, summary, why)
    work.record("summary posted", _subject(to), contract_id=to.channel.contract_id)
    return True


def _reply_with_detail(work: UnitOfWork, key: str, summary: Summary, why: str) -> None:
    found = None if summary.is_quiet else summary_detail.detail_of(work, summary)
    if found is not None:
        work.reply(key, f"{key}-detail", work.messages.message("digest/detail", detail=found), why)
