"""The start of a working day: what becomes late or due with it makes every page stale, once."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlmodel import col

from bot import homes
from bot.domain.calendar import Nation, next_working_morning
from bot.domain.london import london, london_instant
from bot.models import Occurrence
from bot.services import occurrences
from bot.services.work import Work

RULE = "pages of a new day"
SUBJECT = "every page"
BEGINS = 7  # before the working day, so that pages are right when it begins


def note_new_day(work: Work) -> bool:
    """Make every page stale at 7am of a working day, or later where that was missed; whether this work did."""
    morning = london_instant(work.today, BEGINS)
    if next_morning(work) != morning or work.now < morning:
        return False
    if not occurrences.claim(work, RULE, SUBJECT, morning):
        return False
    homes.note_for(work.session, None, morning)
    return True


def next_morning(work: Work) -> datetime:
    """The first 7am of a working day, from today's on, for which that has not been done. CalendarEnds."""
    midnight = london_instant(work.today, 0)
    today = next_working_morning(midnight, Nation.ENGLAND_AND_WALES, BEGINS)
    done = exists().where(
        col(Occurrence.rule) == RULE, col(Occurrence.subject) == SUBJECT, col(Occurrence.due_at) == today
    )
    if not work.session.scalar(select(done)):
        return today
    tomorrow = london_instant(london(midnight).date() + timedelta(days=1), 0)
    return next_working_morning(tomorrow, Nation.ENGLAND_AND_WALES, BEGINS)
