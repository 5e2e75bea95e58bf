"""Writing the heartbeats of the jobs. Several workers write at once: the latest instant of each kind wins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from bot.db import insert, table
from bot.models import JobHeartbeat


@dataclass(frozen=True)
class Expected:
    """A job to watch: when it runs next, and the instant from which a success of it is missing."""

    name: str
    what: str
    next_run_at: datetime
    overdue_at: datetime


def watch_over(session: Session, now: datetime, jobs: Sequence[Expected]) -> None:
    """Make one row for each of these jobs, and delete the rows of all others."""
    session.execute(delete(JobHeartbeat).where(col(JobHeartbeat.job).not_in([job.name for job in jobs])))
    known = set(session.scalars(select(col(JobHeartbeat.job))))
    for job in jobs:
        if job.name not in known:
            _add(session, now, job)


def _add(session: Session, now: datetime, job: Expected) -> None:
    try:
        with session.begin_nested():
            insert(
                session,
                JobHeartbeat,
                job=job.name,
                what=job.what,
                watched_since=now,
                reason="",
                next_run_at=job.next_run_at,
                overdue_at=job.overdue_at,
            )
    except IntegrityError:  # another process was first by an instant
        return


def started(session: Session, job: str, at: datetime, next_run_at: datetime) -> None:
    """A run of the job started."""
    _latest(session, job, "started_at", at, next_run_at=next_run_at)


def succeeded(session: Session, job: str, at: datetime, overdue_at: datetime) -> None:
    """The run that started at this instant succeeded."""
    _latest(session, job, "succeeded_at", at, overdue_at=overdue_at)


def failed(session: Session, job: str, at: datetime, reason: str) -> None:
    """The run that started at this instant failed."""
    _latest(session, job, "failed_at", at, reason=reason[:300])


def _latest(session: Session, job: str, kind: str, at: datetime, **more: object) -> None:
    before = table(JobHeartbeat).c[kind]
    session.execute(
        update(JobHeartbeat)
        .where(col(JobHeartbeat.job) == job, or_(before.is_(None), before < at))
        .values({kind: at, **more})
    )
