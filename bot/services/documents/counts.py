"""How many have acknowledged a version: the message in each contract's internal channel, and who has not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlmodel import col

from bot.access import Permission
from bot.db import by_key
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.errors import UserError
from bot.models import Audience, Channel, Contract, DocumentRecipient, DocumentVersion
from bot.services.documents import notices, versions
from bot.services.documents.answering import GONE
from bot.services.documents.notices import AnsweredLine
from bot.services.documents.recipients import is_asked
from bot.services.documents.versions import VersionCard
from bot.services.unit_of_work import ActorContext, UnitOfWork

AT_MOST_EVERY = timedelta(minutes=1)
IN_A_RUN = 5  # messages: Slack takes about fifty updates a minute, and others are to have their share


@dataclass(frozen=True)
class CountCard:
    """A version with how many recipients it has and how many have acknowledged it; `line` is the channel's own
    contract."""

    card: VersionCard
    acknowledged: int
    recipients: int
    line: AnsweredLine


@dataclass(frozen=True)
class StaleCount:
    """A message with a count that is out of date, with its words anew."""

    recipient: DocumentRecipient
    channel: str
    message: Message


@dataclass(frozen=True)
class Unacknowledged:
    """Who has not acknowledged a version, on the contracts that the reader may see; `others` are not among these."""

    card: VersionCard
    lines: Sequence[AnsweredLine]
    others: int


def tally(work: UnitOfWork, version_id: int) -> tuple[int, int]:
    """How many recipients of a version have acknowledged it, and how many are asked to."""
    done, asked = func.count(col(DocumentRecipient.acknowledged_on)), func.count(case((is_asked(), 1)))
    found = select(done, asked).where(col(DocumentRecipient.version_id) == version_id)
    row = work.session.execute(found).one()
    return row[0], row[1]


def stale(work: UnitOfWork) -> list[int]:
    """The recipients in whose internal channel the count is out of date, and was not changed in the last minute; the
    one that waits longest first."""
    recipient = DocumentRecipient
    found = (
        select(col(recipient.id))
        .join(DocumentVersion, col(DocumentVersion.id) == col(recipient.version_id))
        .join(Channel, col(Channel.contract_id) == col(recipient.contract_id))
        .where(col(recipient.counts_told) < col(recipient.counts_wanted), col(Channel.audience) == Audience.INTERNAL)
        .where(or_(col(recipient.counts_at).is_(None), col(recipient.counts_at) <= work.now - AT_MOST_EVERY))
        .order_by(col(recipient.counts_at).is_not(None), col(recipient.counts_at), col(recipient.id))
    )
    return list(work.session.scalars(found.limit(IN_A_RUN)))


def next_due(work: UnitOfWork) -> datetime | None:
    """When the next count may be brought up to date, which may be in the past; None if none is out of date."""
    recipient = DocumentRecipient
    found = (
        select(func.count(), func.count(col(recipient.counts_at)), func.min(col(recipient.counts_at)))
        .join(Channel, col(Channel.contract_id) == col(recipient.contract_id))
        .where(col(recipient.counts_told) < col(recipient.counts_wanted), col(Channel.audience) == Audience.INTERNAL)
    )
    waiting, counted, first = work.session.execute(found).one()
    if not waiting:
        return None
    return work.now if counted < waiting or first is None else first + AT_MOST_EVERY


def prepare(work: UnitOfWork, recipient_id: int) -> StaleCount | None:
    """Its words as of now; None where the contract has no internal channel any more."""
    recipient = work.session.get_one(DocumentRecipient, recipient_id)
    channel = work.session.scalar(
        select(col(Channel.slack)).where(
            col(Channel.contract_id) == recipient.contract_id, col(Channel.audience) == Audience.INTERNAL
        )
    )
    if channel is None:
        return None
    card = versions.card_of(work, work.session.get_one(DocumentVersion, recipient.version_id))
    (line,) = notices.lines_of(work, [recipient])
    count = CountCard(card, *tally(work, recipient.version_id), line)
    return StaleCount(recipient, channel, work.messages.message("documents/count", count=count))


def send(work: UnitOfWork, ready: StaleCount) -> int:
    """Post the count, or bring it up to date, unless another worker has or it changed since; returns how many."""
    row = ready.recipient
    same = (col(DocumentRecipient.id) == row.id, col(DocumentRecipient.counts_wanted) == row.counts_wanted)
    claimed = update(DocumentRecipient).where(
        *same, col(DocumentRecipient.counts_told) < col(DocumentRecipient.counts_wanted)
    )
    got = claimed.values(counts_told=row.counts_wanted, counts_at=work.now).returning(col(DocumentRecipient.id))
    if work.session.scalar(got) is None:
        return 0
    key, why = f"document-count-{row.id}", "it was sent to this contract's partner"
    if not work.replace(key, f"{key}-{row.counts_wanted}", ready.message, "somebody answered"):
        draft = OutgoingMessage(key, ready.channel, Audience.INTERNAL, ready.message, why, row.contract_id)
        work.enqueue(draft)
    return 1


def unacknowledged(ctx: ActorContext, key: str) -> Unacknowledged:
    """Who has not acknowledged the version of a button, for somebody of the department. Raises `UserError`."""
    version = by_key(ctx.session, DocumentVersion, key)
    if version is None:
        raise UserError(GONE)
    recipient = DocumentRecipient
    waiting = (col(recipient.version_id) == version.id, is_asked(), col(recipient.acknowledged_on).is_(None))
    rows = ctx.session.scalars(
        select(recipient)
        .join(Contract, col(Contract.id) == col(recipient.contract_id))
        .where(*waiting, ctx.open_to(Permission.SEE))
    ).all()
    everybody = ctx.session.scalar(select(func.count()).select_from(recipient).where(*waiting)) or 0
    if not rows and not _sees_one_of(ctx, version.id):
        raise UserError(GONE)
    return Unacknowledged(versions.card_of(ctx, version), notices.lines_of(ctx, rows), everybody - len(rows))


def _sees_one_of(ctx: ActorContext, version_id: int) -> bool:
    of_it = select(col(DocumentRecipient.contract_id)).where(col(DocumentRecipient.version_id) == version_id)
    seen = select(col(Contract.id)).where(col(Contract.id).in_(of_it), ctx.open_to(Permission.SEE))
    return ctx.session.scalar(seen.limit(1)) is not None
