"""What a job needs, and what a dry run says."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
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
from bot.domain.calendar import WorkingCalendar
from bot.models import OutboxMessage
from bot.services.unit_of_work import UnitOfWork

T = TypeVar("T")
log = logging.getLogger(__name__)


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

    def units(self, name: str, now: datetime) -> "Units":
        """The units of work of one run of a job."""
        return Units(self, name, now)

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


class Units:
    """The units of work of one run. What is found takes as long as it takes, in a read; what is written, in small
    writes that each look again at what they change, so that no one else waits for long.

    A run may end between any two of them: the next goes on from there.
    """

    def __init__(self, ctx: JobContext, name: str, now: datetime) -> None:
        self._ctx = ctx
        self._name = name
        self._now = now
        self._failure: Exception | None = None

    async def read(self, unit: Callable[[UnitOfWork], T]) -> T:
        """Run a unit of work that only reads."""
        return await self._ctx.database.read(lambda session: unit(self._work(session)))

    async def write(self, unit: Callable[[UnitOfWork], T]) -> T:
        """Run a unit of work that is kept as a whole or not at all."""
        return await self._ctx.database.write(lambda session: unit(self._work(session)))

    async def each(self, items: Iterable[T], do: Callable[[T], Awaitable[int]]) -> int:
        """Do something with each of these, one after the other; how much was done in all.

        What goes wrong with one holds up no other, and the log says so.
        """
        done = 0
        for item in items:
            try:
                done += await do(item)
            except Exception as failure:  # whatever it is: the others do not wait for it
                log.exception("job %s did not do one of its units", self._name)
                self._failure = failure
        return done

    def raise_failure(self) -> None:
        """Let the run end as one that failed, where something went wrong with one of many."""
        if self._failure is not None:
            raise self._failure

    def _work(self, session: Session) -> UnitOfWork:
        return UnitOfWork(session, self._now, self._ctx.calendar, self._ctx.messages, f"job {self._name}")


def few(items: Sequence[T], at_most: int) -> Iterator[Sequence[T]]:
    """The items, so many at a time."""
    for start in range(0, len(items), at_most):
        yield items[start : start + at_most]


def last_id(session: Session) -> int:
    """The id of the message that was enqueued last; 0 where none was."""
    return session.scalar(select(func.max(col(OutboxMessage.id)))) or 0


def added_since(session: Session, last: int) -> Sequence[OutboxMessage]:
    """The messages that were enqueued after the one of this id, in their order."""
    later = select(OutboxMessage).where(col(OutboxMessage.id) > last)
    return session.scalars(later.order_by(col(OutboxMessage.id))).all()
