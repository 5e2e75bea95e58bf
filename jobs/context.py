"""The dependencies of a job, and dry runs."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.db import Database
from bot.delivery.breaker import Breaker
from bot.delivery.channels import Channels
from bot.delivery.charts import Charts
from bot.delivery.messages import Messages
from bot.delivery.slack import Slack
from bot.domain.calendar import WorkingCalendar
from bot.domain.retention import Retention
from bot.models import OutboxMessage
from bot.services.unit_of_work import UnitOfWork

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Planned:
    """A message that would be sent: its channel, its text on a phone, and the reason for it."""

    channel: str
    text: str
    why: str


@dataclass(frozen=True)
class JobContext:
    """The dependencies of every job, built once in bot.app. `trail_channel` is told of the trail's newest seal, and
    `retention` says what is kept for how long."""

    database: Database
    calendar: WorkingCalendar
    messages: Messages
    slack: Slack
    charts: Charts
    channels: Channels
    trail_channel: str | None = None
    retention: Retention = field(default_factory=Retention)
    breaker: Breaker = field(default_factory=Breaker)

    def units(self, name: str, now: datetime) -> "Units":
        """The units of work of one run of a job."""
        return Units(self, name, now)

    async def rehearse(
        self, run: Callable[["JobContext", datetime], Awaitable[object]], now: datetime
    ) -> list[Planned]:
        """The messages that a run would enqueue. The job runs for real, and its changes are discarded."""

        async def trial(database: Database) -> list[Planned]:
            before = await database.read(last_id)
            await run(replace(self, database=database), now)
            rows = await database.read(lambda session: added_since(session, before))
            return [Planned(row.channel, row.text, row.why) for row in rows]

        return await self.database.rehearse(trial)


class Units:
    """The units of work of one run. A long read finds the work; small writes do it, each checking again what it
    changes, so that nobody waits for long.

    A run may stop between any two of them: the next run continues from there.
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
        """Run a unit of work that commits as a whole or not at all."""
        return await self._ctx.database.write(lambda session: unit(self._work(session)))

    async def each(self, items: Iterable[T], do: Callable[[T], Awaitable[int]]) -> int:
        """Process these items one after the other; the sum of the results.

        The failure of one does not stop the others, and is logged.
        """
        done = 0
        for item in items:
            try:
                done += await do(item)
            except Exception as failure:  # any error: it does not stop the others
                log.exception("job %s did not do one of its units", self._name)
                self._failure = failure
        return done

    def raise_failure(self) -> None:
        """Fail the run if one of its items failed."""
        if self._failure is not None:
            raise self._failure

    def _work(self, session: Session) -> UnitOfWork:
        return UnitOfWork(session, self._now, self._ctx.calendar, self._ctx.messages, f"job {self._name}")


def batches(items: Sequence[T], at_most: int) -> Iterator[Sequence[T]]:
    """The items in batches of at most `at_most`."""
    for start in range(0, len(items), at_most):
        yield items[start : start + at_most]


def last_id(session: Session) -> int:
    """The id of the last enqueued message; 0 if there is none."""
    return session.scalar(select(func.max(col(OutboxMessage.id)))) or 0


def added_since(session: Session, last: int) -> Sequence[OutboxMessage]:
    """The messages enqueued after the one with this id, in order."""
    later = select(OutboxMessage).where(col(OutboxMessage.id) > last)
    return session.scalars(later.order_by(col(OutboxMessage.id))).all()
