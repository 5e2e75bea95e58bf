"""The health of Liaison: each job, and the waiting messages in the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.models import WAITING_STATES, JobHeartbeat, OutboxMessage, OutboxState
from bot.policy import RegisterPermission
from bot.services.health.given_up import is_given_up
from bot.services.health.job_alerts import is_failing
from bot.services.health.published_days import ends_soon
from bot.services.health.same_names import SameName, same_names
from bot.services.lookup.unpinned import Unpinned, unpinned
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class JobHealth:
    """The health of one job. `is_late`: a success is missing; `is_failing`: its last run failed."""

    name: str
    what: str
    started_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    reason: str
    next_run_at: datetime
    is_late: bool
    is_failing: bool


@dataclass(frozen=True)
class OutboxHealth:
    """The messages in the outbox by state, and when the longest-waiting one was enqueued.

    `given_up` are those of the dead that Slack did not take for too long.
    """

    by_state: Mapping[OutboxState, int]
    oldest: datetime | None
    given_up: int = 0

    @property
    def waiting(self) -> int:
        """The number of messages that are still to be sent."""
        return sum(self.by_state[state] for state in WAITING_STATES)

    @property
    def dead(self) -> int:
        """The number of messages that need a person before they can be sent."""
        return self.by_state[OutboxState.DEAD]

    @property
    def withheld(self) -> int:
        """The number of messages that somebody would have read who may not."""
        return self.by_state[OutboxState.WITHHELD]


@dataclass(frozen=True)
class Health:
    """The jobs, those in trouble first, the outbox, names that several records have, the last day for which bank
    holidays are published, where that is less than a year off, and the messages for partners that are not pinned."""

    jobs: Sequence[JobHealth]
    outbox: OutboxHealth
    same_names: Sequence[SameName] = ()
    published_until: date | None = None
    unpinned: Sequence[Unpinned] = ()

    @property
    def troubled(self) -> Sequence[JobHealth]:
        """The jobs that are late or failing."""
        return [job for job in self.jobs if job.is_late or job.is_failing]


def health(ctx: ActorContext) -> Health:
    """The health of Liaison, for an administrator. Raises `Denied`."""
    ctx.require_on_register(RegisterPermission.WATCH)
    return replace(
        figures(ctx.session, ctx.now),
        same_names=same_names(ctx.session),
        published_until=ends_soon(ctx),
        unpinned=unpinned(ctx.session),
    )


def figures(session: Session, now: datetime) -> Health:
    """The health of Liaison for a machine: only names of jobs, counts and instants. Three queries."""
    state = col(OutboxMessage.state)
    counted = select(state, func.count(), func.count().filter(is_given_up())).group_by(state)
    oldest = select(func.min(col(OutboxMessage.created_at))).where(col(OutboxMessage.state).in_(WAITING_STATES))
    by_state = dict.fromkeys(OutboxState, 0)
    given_up = 0
    for each, count, of_these in session.execute(counted):
        by_state[each] = count
        given_up += of_these
    jobs = [_job(row, now) for row in session.scalars(select(JobHeartbeat).order_by(col(JobHeartbeat.job)))]
    jobs.sort(key=lambda job: (not job.is_late, not job.is_failing, job.name))
    return Health(jobs, OutboxHealth(by_state, session.scalar(oldest), given_up))


def _job(row: JobHeartbeat, now: datetime) -> JobHealth:
    return JobHealth(
        row.job,
        row.what,
        row.started_at,
        row.succeeded_at,
        row.failed_at,
        row.reason,
        row.next_run_at,
        is_late=row.overdue_at < now,
        is_failing=is_failing(row.succeeded_at, row.failed_at),
    )
