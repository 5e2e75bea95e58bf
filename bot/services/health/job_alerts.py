"""Alerting the administrators to jobs that do not succeed: once for each incident, and once when it is over."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select, update
from sqlmodel import col

from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.identity import department_id
from bot.models import Audience, JobHeartbeat, Person
from bot.services.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WatchedJob:
    """A job that is or was late: since when it has not succeeded, and the error if a run failed."""

    name: str
    what: str
    last_success: datetime | None
    reason: str = ""


@dataclass(frozen=True)
class Incidents:
    """The result of a check: the jobs in an incident, and the administrators to tell."""

    late: frozenset[str]
    administrators: Sequence[str]


def check_jobs(work: UnitOfWork) -> Incidents:
    """Tell the administrators of jobs that are late now, and of those that have recovered.

    Only the process that marks the row tells them, so several processes may check at once.
    """
    administrators = administrators_of(work)
    late = work.session.execute(
        update(JobHeartbeat)
        .where(col(JobHeartbeat.incident_at).is_(None), col(JobHeartbeat.overdue_at) < work.now)
        .values(incident_at=work.now)
        .returning(*_TOLD)
    ).all()
    if late:
        log.error("these jobs have not succeeded in time: %s", ", ".join(sorted(row.job for row in late)))
        _notify(work, administrators, "late", work.messages.message("liaison/jobs_late", jobs=_watched(late)))
    recovered = work.session.execute(
        update(JobHeartbeat)
        .where(col(JobHeartbeat.succeeded_at) > col(JobHeartbeat.incident_at))
        .values(incident_at=None)
        .returning(*_TOLD)
    ).all()
    if recovered:
        _notify(work, administrators, "well", work.messages.message("liaison/jobs_recovered", jobs=_watched(recovered)))
    in_incident = select(col(JobHeartbeat.job)).where(col(JobHeartbeat.incident_at).is_not(None))
    return Incidents(frozenset(work.session.scalars(in_incident)), administrators)


_TOLD = tuple(
    col(each)
    for each in (
        JobHeartbeat.job,
        JobHeartbeat.what,
        JobHeartbeat.succeeded_at,
        JobHeartbeat.failed_at,
        JobHeartbeat.reason,
    )
)


def _watched(rows: Sequence[Row[str, str, datetime | None, datetime | None, str]]) -> list[WatchedJob]:
    return [
        WatchedJob(job, what, succeeded_at, reason if is_failing(succeeded_at, failed_at) else "")
        for job, what, succeeded_at, failed_at, reason in sorted(rows, key=lambda row: str(row[0]))
    ]


def is_failing(succeeded_at: datetime | None, failed_at: datetime | None) -> bool:
    """Whether the last finished run of a job failed."""
    return failed_at is not None and (succeeded_at is None or failed_at > succeeded_at)


def administrators_of(work: UnitOfWork) -> list[str]:
    """The Slack ids of the administrators."""
    return list(
        work.session.scalars(
            select(col(Person.slack))
            .where(col(Person.administrator), col(Person.organisation_id).in_(department_id()))
            .order_by(col(Person.id))
        )
    )


def _notify(work: UnitOfWork, administrators: Sequence[str], what: str, message: Message) -> None:
    for slack in administrators:
        key = f"jobs-{what}-{work.now:%Y%m%dT%H%M%S%fZ}-{slack}"
        work.enqueue(OutgoingMessage(key, slack, Audience.INTERNAL, message, "you are an administrator of Liaison"))
