"""Telling the administrators of messages that Slack did not take for three days: one message for all of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlmodel import col

from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation
from bot.domain.retries import GAVE_UP
from bot.models import Audience, OutboxMessage, OutboxState
from bot.services.health.job_alerts import administrators_of
from bot.services.unit_of_work import UnitOfWork

KEY = "given-up"


@dataclass(frozen=True)
class GivenUp:
    """How many messages were given up, and when the first of them was enqueued."""

    messages: int
    since: datetime


def is_given_up() -> ColumnElement[bool]:
    """The condition on a message that it is dead, because Slack did not take it for too long."""
    return and_(
        col(OutboxMessage.state) == OutboxState.DEAD,
        col(OutboxMessage.last_error).startswith(GAVE_UP, autoescape=True),
    )


def is_to_be_told(work: UnitOfWork) -> bool:
    """Whether there is something to tell, in working hours."""
    untold = select(col(OutboxMessage.id)).where(is_given_up(), col(OutboxMessage.told_at).is_(None)).limit(1)
    is_time = work.calendar.of(Nation.ENGLAND_AND_WALES).is_working_time(work.now)
    return is_time and work.session.scalar(untold) is not None


def tell(work: UnitOfWork) -> int:
    """Tell each administrator of everything that was given up and not told yet; returns how many were told."""
    administrators = administrators_of(work)
    untold = (is_given_up(), col(OutboxMessage.told_at).is_(None))
    since = work.session.scalar(select(func.min(col(OutboxMessage.created_at))).where(*untold))
    claimed = update(OutboxMessage).where(*untold).values(told_at=work.now).returning(col(OutboxMessage.id))
    ids = work.session.scalars(claimed).all() if administrators else ()
    if not ids or since is None:
        return 0
    message = work.messages.message("liaison/given_up", given_up=GivenUp(len(ids), since))
    key = work.next_key(KEY)
    for slack in administrators:
        work.enqueue(OutgoingMessage(f"{key}-{slack}", slack, Audience.INTERNAL, message, "you administer Liaison"))
    return len(administrators)
