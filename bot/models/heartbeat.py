"""The heartbeats of the jobs: one row for each job, written by every worker and read by every process."""

from datetime import datetime

from sqlmodel import Field

from bot.models._model import Model
from bot.models._types import Instant


class JobHeartbeat(Model, table=True):
    """When a job last started, succeeded and failed, and when it runs next.

    From `overdue_at` on, a success is missing; `incident_at` is when the administrators were told, until the job
    recovers.
    """

    __tablename__ = "job_heartbeat"

    job: str = Field(primary_key=True, max_length=40)
    what: str = Field(max_length=150)
    watched_since: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    succeeded_at: datetime | None = Field(default=None, sa_type=Instant)
    failed_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str = Field(default="", max_length=300)
    next_run_at: datetime = Field(sa_type=Instant)
    overdue_at: datetime = Field(sa_type=Instant)
    incident_at: datetime | None = Field(default=None, sa_type=Instant)
