"""What a job needs, and what a dry run says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.db import Database
from bot.delivery.channels import Channels
from bot.delivery.charts import Charts
from bot.delivery.messages import Messages
from bot.delivery.slack import Slack
from bot.domain.calendar import WorkingCalendar
from bot.models import OutboxMessage
from bot.services.unit_of_work import UnitOfWork

T = TypeVar("T")


@dataclass(frozen=True)
class Planned:
    """A message that would be sent: where to, what a phone would show, and why."""

    channel: str
    text: str
    why: str


@dataclass(frozen=True)
class JobContext:
    """Everything that a job needs, built once in bot.app."""

    database: Database
    calendar: WorkingCalendar
    messages: Messages
    slack: Slack
    charts: Charts
    channels: Channels

    async def work(self, name: str, now: datetime, unit: Callable[[UnitOfWork], T]) -> T:
        """One unit of work by a job, in one transaction."""
        return await self.database.run(lambda session: unit(self._work(session, name, now)))

    async def rehearse(self, name: str, now: datetime, unit: Callable[[UnitOfWork], object]) -> list[Planned]:
        """The messages that a unit of work would enqueue. It runs for real and is rolled back."""

        def rehearsal(session: Session) -> list[Planned]:
            last = session.scalar(select(func.max(col(OutboxMessage.id)))) or 0
            unit(self._work(session, name, now))
            session.flush()
            rows = session.scalars(
                select(OutboxMessage).where(col(OutboxMessage.id) > last).order_by(col(OutboxMessage.id))
            )
            return [Planned(row.channel, row.text, row.why) for row in rows]

        return await self.database.run(rehearsal, keep=False)

    def _work(self, session: Session, name: str, now: datetime) -> UnitOfWork:
        return UnitOfWork(session, now, self.calendar, self.messages, f"job {name}")
