"""The end of the published bank holidays: administrators hear of it a year before."""

from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlmodel import col

from bot.delivery.outbox import OutgoingMessage
from bot.domain.london import london_instant
from bot.models import Audience, Occurrence
from bot.services import occurrences
from bot.services.health.job_alerts import administrators_of
from bot.services.unit_of_work import UnitOfWork

RULE = "published bank holidays end"
WARNED_BEFORE = timedelta(days=366)


def ends_soon(work: UnitOfWork) -> date | None:
    """The last day for which bank holidays are published, within the year before it and after it; else None."""
    last = work.published_calendar.last
    return last if work.today >= last - WARNED_BEFORE else None


def is_to_warn(work: UnitOfWork) -> bool:
    """Whether the published bank holidays end within a year, and nobody was told."""
    last = ends_soon(work)
    told = exists().where(col(Occurrence.rule) == RULE, col(Occurrence.subject) == str(last))
    return last is not None and not work.session.scalar(select(told))


def warn(work: UnitOfWork) -> int:
    """Tell the administrators that the published bank holidays end, once; returns how many it told."""
    last = ends_soon(work)
    if last is None or not occurrences.claim(work, RULE, str(last), london_instant(last, 9)):
        return 0
    message = work.messages.message("holidays/published_end", last=last)
    people = administrators_of(work)
    for slack in people:
        key, why = f"holidays-end-{last.year}-{slack}", "you are an administrator of Liaison"
        work.enqueue(OutgoingMessage(key, slack, Audience.INTERNAL, message, why))
    return len(people)
