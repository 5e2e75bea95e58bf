"""Noting the newest seal outside the database, each day, so that whoever may change all of it leaves a trace."""

from datetime import datetime

from bot.delivery import outbox
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation
from bot.domain.london import london, london_instant
from bot.models import Audience
from bot.services import occurrences
from bot.services.trail.entries import StoredSeal, newest_seal
from bot.services.unit_of_work import UnitOfWork

RULE, TRAIL = "newest seal noted", "the trail"
HOUR = 9


def is_due(work: UnitOfWork) -> bool:
    """Whether it is 9am, there is a seal, and the newest was not noted today."""
    due = due_at(work)
    return work.now >= due and newest_seal(work.session) is not None and not occurrences.claimed(work, RULE, due)


def due_at(work: UnitOfWork) -> datetime:
    """When the newest seal is noted today."""
    return london_instant(london(work.now).date(), HOUR)


def note(work: UnitOfWork, channel: str | None) -> StoredSeal | None:
    """Claim today's note, and put the newest seal in the outbox for a channel, on working days and unless it is there
    already. Returns the seal, to be logged; None if another worker notes it."""
    seal = newest_seal(work.session)
    if seal is None or not occurrences.claim(work, RULE, TRAIL, due_at(work)):
        return None
    key = f"trail-seal-{seal.number}"
    is_working_day = work.calendar.of(Nation.ENGLAND_AND_WALES).is_working_day(work.today)
    if channel is not None and is_working_day and outbox.find(work.session, key) is None:
        message = work.messages.message("liaison/trail_sealed", seal=seal)
        why = "the setting TRAIL_CHANNEL names this channel"
        work.enqueue(OutgoingMessage(key, channel, Audience.INTERNAL, message, why))
    return seal
