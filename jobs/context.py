"""What a job needs, and what a dry run says."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.db import Database
from bot.delivery.channels import Channels
from bot.delivery.charts import Charts
from bot.delivery.messages import Messages
from bot.delivery.slack import Slack
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
    messages: Messages
    slack: Slack
    charts: Charts
    channels: Channels

    async def work(self, name: str, now: datetime, unit: Callable[[UnitOfWork], T]) -> T:
        """One unit of work by a job, in one transaction."""
        return await self.database.write(lambda session: unit(UnitOfWork(session, now, self.messages, f"job {name}")))

    async def rehearse(
        self, run: Callable[["JobContext", datetime], Awaitable[object]], now: datetime
    ) -> list[Planned]:
        """The messages that a run would enqueue. It runs for real, and nothing of it is kept."""

        async def trial(database: Database) -> list[Planned]:
            before = await database.read(last_id)
            await run(replace(self, database=database), now)
            rows = await database.read(lambda session: added_since(session, before))
            return [Planned(row.channel, row.text, row.why) for row in rows]

        return await self.database.rehearse(trial)


def last_id(session: Session) -> int:
    """The id of the message that was enqueued last; 0 where none was."""
    return session.scalar(select(func.max(col(OutboxMessage.id)))) or 0


def added_since(session: Session, last: int) -> Sequence[OutboxMessage]:
    """The messages that were enqueued after the one of this id, in their order."""
    later = select(OutboxMessage).where(col(OutboxMessage.id) > last)
    return session.scalars(later.order_by(col(OutboxMessage.id))).all()
