"""Keeping the pinned message of each shared channel: posting it, changing it in place, and letting it go.

A job finds the work in one read, and does each piece in a small write that checks again what it changes. Only a
message whose words have changed is updated: Slack takes 50 updates a minute from an app.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.delivery import outbox
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation
from bot.domain.london import london_instant
from bot.models import (
    WAITING_STATES,
    Audience,
    Channel,
    Contract,
    OutboxMessage,
    OutboxState,
    PinnedList,
    TrailEntry,
)
from bot.services.lookup import contracts as contract_lookup
from bot.services.pages.partner_list import pinned_message
from bot.services.unit_of_work import UnitOfWork

MOST_AT_ONCE = 100  # messages that a run looks at
SETTLES_IN = timedelta(minutes=1)  # an act may be committed after a later one was seen
AGAIN = timedelta(days=1)  # after which a message that did not arrive is tried again
BEGINS = 7  # the hour at which what is late by now is marked as late
GONE = "message_not_found"  # Slack's word for a message that somebody has deleted
KEY = "partner-list"


@dataclass(frozen=True)
class Vacancy:
    """A channel of a contract without the message; `row` is that of a message that was deleted."""

    contract_id: int
    channel: str
    row: int | None = None


@dataclass(frozen=True)
class Drawn:
    """What a message is to say now, and up to which audit entry of its contract that is so."""

    contract_id: int
    message: Message
    seen: int

    @property
    def digest(self) -> str:
        """The hash of what it says."""
        return hashlib.sha256(json.dumps([self.message.text, self.message.blocks], sort_keys=True).encode()).hexdigest()


def vacancies(work: UnitOfWork) -> list[Vacancy]:
    """The shared channels without the message, on contracts where it is working time."""
    kept = aliased(PinnedList)
    has_one = exists().where(col(kept.contract_id) == col(Channel.contract_id), col(kept.channel) == col(Channel.slack))
    rows = work.session.execute(
        select(col(Channel.contract_id), col(Channel.slack), col(Contract.nation))
        .join(Contract, col(Contract.id) == col(Channel.contract_id))
        .where(*_is_shared_now(work), ~has_one)
        .order_by(col(Channel.id))
        .limit(MOST_AT_ONCE)
    )
    new = [Vacancy(contract_id, slack) for contract_id, slack, nation in rows if _is_working_time(work, nation)]
    gone = work.session.execute(
        select(PinnedList, col(Contract.nation))
        .join(Contract, col(Contract.id) == col(PinnedList.contract_id))
        .where(~col(PinnedList.released), or_(col(PinnedList.message) == "", _is_gone()))
        .order_by(col(PinnedList.id))
        .limit(MOST_AT_ONCE)
    )
    again = [Vacancy(row.contract_id, row.channel, row.id) for row, nation in gone if _is_working_time(work, nation)]
    return [*new, *again]


def post(work: UnitOfWork, vacancy: Vacancy, drawn: Drawn) -> bool:
    """Post the message in a channel, unless another worker did; returns whether it was posted."""
    row = _claimed(work, vacancy)
    if row is None:
        return False
    if row.message:
        _note_gone(work, row.message)
    row.message = work.next_key(f"{KEY}-{row.id}")
    row.shown, row.seen, row.looked_on = drawn.digest, drawn.seen, work.today
    row.pinned_at, row.problem, row.try_at = None, "", None
    reference = contract_lookup.contract_facts(work.session, row.contract_id).reference
    work.enqueue(_draft(row, drawn.message, f"it says what is open on {reference}"))
    work.record("pinned message posted", reference, contract_id=row.contract_id, channel=row.channel)
    return True


def draw(work: UnitOfWork, contract_id: int) -> Drawn:
    """What the message of a contract is to say now."""
    settled = select(func.max(col(TrailEntry.id))).where(
        col(TrailEntry.contract_id) == contract_id, col(TrailEntry.at) <= work.now - SETTLES_IN
    )
    return Drawn(contract_id, pinned_message(work, contract_id), work.session.scalar(settled) or 0)


def to_look_at(work: UnitOfWork) -> Sequence[PinnedList]:
    """The messages in Slack on whose contracts something has happened since they were looked at, or for which a new
    day has begun; those that were looked at longest ago first."""
    last = (
        select(func.max(col(TrailEntry.id)))
        .where(col(TrailEntry.contract_id) == col(PinnedList.contract_id))
        .scalar_subquery()
    )
    is_new_day = col(PinnedList.looked_on) < work.today if _is_morning(work) else false()
    first = aliased(OutboxMessage)
    later = aliased(OutboxMessage)
    stands = exists().where(
        col(first.key) == col(PinnedList.message),
        col(first.state) == OutboxState.SENT,
        ~exists().where(col(later.replaces_id) == col(first.id), col(later.state).in_(WAITING_STATES)),
    )
    return work.session.scalars(
        select(PinnedList)
        .where(~col(PinnedList.released), stands, or_(last > col(PinnedList.seen), is_new_day))
        .order_by(col(PinnedList.looked_on), col(PinnedList.seen), col(PinnedList.id))
        .limit(MOST_AT_ONCE)
    ).all()


def is_as_drawn(work: UnitOfWork, row: PinnedList, drawn: Drawn) -> bool:
    """Whether nothing is to be written of a message that was looked at."""
    return (row.shown, row.seen, row.looked_on) == (drawn.digest, drawn.seen, work.today)


def change(work: UnitOfWork, row_id: int, drawn: Drawn) -> bool:
    """Update a message in place if it is to say something else; returns whether it was."""
    row = locked(work, row_id)
    if row is None or row.released or not row.message:
        return False
    row.seen, row.looked_on = max(row.seen, drawn.seen), work.today
    if row.shown == drawn.digest:
        return False
    row.shown = drawn.digest
    return work.replace(row.message, work.next_key(row.message), drawn.message, "what is open has changed")


def to_try_again(work: UnitOfWork) -> Sequence[PinnedList]:
    """The messages that did not arrive and were last tried a day ago."""
    ended = exists().where(
        col(OutboxMessage.key) == col(PinnedList.message),
        col(OutboxMessage.state).in_((OutboxState.DEAD, OutboxState.WITHHELD)),
        col(OutboxMessage.settled_at) <= work.now - AGAIN,
    )
    if not _is_working_time(work, Nation.ENGLAND_AND_WALES):
        return []
    found = select(PinnedList).where(~col(PinnedList.released), ended).order_by(col(PinnedList.id))
    return work.session.scalars(found.limit(MOST_AT_ONCE)).all()


def try_again(work: UnitOfWork, row_id: int, drawn: Drawn) -> bool:
    """Send a message that did not arrive once more, as it is to be now; returns whether it was."""
    row = locked(work, row_id)
    if row is None or row.released:
        return False
    row.shown, row.seen, row.looked_on = drawn.digest, drawn.seen, work.today
    return outbox.send_again(work.session, row.message, row.channel, drawn.message, work.now)


def to_release(work: UnitOfWork) -> Sequence[PinnedList]:
    """The messages that no longer belong where they stand: the channel is bound to the contract no more, or shared no
    more, or the contract has ended."""
    belongs = exists().where(
        col(Channel.contract_id) == col(PinnedList.contract_id),
        col(Channel.slack) == col(PinnedList.channel),
        col(Channel.contract_id) == col(Contract.id),
        *_is_shared_now(work),
    )
    found = select(PinnedList).where(~col(PinnedList.released), or_(~belongs, col(PinnedList.unshared)))
    return work.session.scalars(found.order_by(col(PinnedList.id)).limit(MOST_AT_ONCE)).all()


def release(work: UnitOfWork, row_id: int) -> bool:
    """Let a message go: it says that it is kept no more, and one that waits is never sent."""
    row = locked(work, row_id)
    if row is None or row.released:
        return False
    row.released, row.problem, row.try_at = True, "", None
    contract = contract_lookup.contract_facts(work.session, row.contract_id)
    why = f"what is open on {contract.reference} is no longer listed here"
    outbox.withdraw(work.session, row.message, why, work.now)
    stands = outbox.find(work.session, row.message)
    if stands is not None and stands.state in (OutboxState.SENT, OutboxState.SENDING):
        work.replace(
            row.message,
            work.next_key(row.message),
            work.messages.message("partners/released", contract=contract),
            why,
        )
    work.record("pinned message let go", contract.reference, contract_id=row.contract_id, channel=row.channel)
    return True


def has_released(work: UnitOfWork) -> bool:
    """Whether `forget_released` would forget anything."""
    return bool(work.session.scalar(select(exists().where(_is_done_with()))))


def forget_released(work: UnitOfWork) -> int:
    """Forget the messages that were let go and are unpinned; returns how many. One in a channel that is shared no more
    is remembered, so that it is not posted there again."""
    forgotten = delete(PinnedList).where(_is_done_with()).returning(col(PinnedList.id))
    return len(work.session.scalars(forgotten).all())


def _is_done_with() -> ColumnElement[bool]:
    return and_(col(PinnedList.released), col(PinnedList.pinned_at).is_(None), ~col(PinnedList.unshared))


def _is_shared_now(work: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    """The conditions on a channel and its contract that the message belongs there."""
    return (col(Channel.audience) == Audience.SHARED, col(Contract.end_date) >= work.today)


def _is_gone() -> ColumnElement[bool]:
    """The condition on a message that Slack did not find it when it was to be updated."""
    first, later = aliased(OutboxMessage), aliased(OutboxMessage)
    return exists().where(
        col(first.key) == col(PinnedList.message),
        col(later.replaces_id) == col(first.id),
        col(later.state) == OutboxState.DEAD,
        col(later.last_error) == GONE,
    )


def _claimed(work: UnitOfWork, vacancy: Vacancy) -> PinnedList | None:
    """The row of the message that is to be posted; None if another worker has posted it."""
    if vacancy.row is None:
        new = PinnedList(contract_id=vacancy.contract_id, channel=vacancy.channel, looked_on=work.today)
        try:
            with work.session.begin_nested():
                work.session.add(new)
        except IntegrityError:
            return None
        return new
    row = locked(work, vacancy.row)
    if row is None or row.released:
        return None
    is_gone = work.session.scalar(select(exists().where(col(PinnedList.id) == row.id, _is_gone())))
    return row if not row.message or is_gone else None


def _note_gone(work: UnitOfWork, key: str) -> None:
    """Nobody needs to be told that a message which is posted anew could not be updated."""
    first = outbox.find(work.session, key)
    if first is not None:
        work.session.execute(
            update(OutboxMessage)
            .where(col(OutboxMessage.replaces_id) == first.id, col(OutboxMessage.state) == OutboxState.DEAD)
            .values(told_at=work.now)
        )


def _draft(row: PinnedList, message: Message, why: str) -> OutgoingMessage:
    return OutgoingMessage(row.message, row.channel, Audience.SHARED, message, why, row.contract_id)


def locked(work: UnitOfWork, row_id: int) -> PinnedList | None:
    """The row of a message as it is now; None if it was forgotten."""
    found = select(PinnedList).where(col(PinnedList.id) == row_id).with_for_update()
    return work.session.scalar(found, execution_options={"populate_existing": True})


def _is_working_time(work: UnitOfWork, nation: Nation) -> bool:
    return work.calendar.of(nation).is_working_time(work.now)


def _is_morning(work: UnitOfWork) -> bool:
    return work.now >= london_instant(work.today, BEGINS)
