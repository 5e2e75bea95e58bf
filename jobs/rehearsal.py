"""A rehearsal: every job runs at each of its instants in a span, in one transaction that is rolled back.

A message "sent" on Monday counts as sent on Tuesday. Nothing is really sent and nothing is stored.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import groupby
from typing import TypeVar

from apscheduler.triggers.base import BaseTrigger
from sqlalchemy import update
from sqlmodel import Session, col

from bot.db import SingleTransactionDatabase
from bot.domain.london import london
from bot.models import OutboxMessage, OutboxState
from bot.services.pages.upcoming import Upcoming
from bot.services.progress.received_reports import note_asked
from jobs import Job
from jobs.context import JobContext, added_since, last_id
from jobs.day_parts import day_part_of, is_in_working_hours
from jobs.runner import tick

T = TypeVar("T")
Firing = tuple[datetime, Job]

_MOMENT = timedelta(microseconds=1)


async def rehearse(ctx: JobContext, jobs: Sequence[Job], begin: datetime, end: datetime) -> list[Upcoming]:
    """The messages that these jobs will send from one instant to another, both included, in order.

    The delivery job does not run: a message counts as sent when it is enqueued.
    """

    async def trial(database: SingleTransactionDatabase) -> list[Upcoming]:
        return await _Rehearsal(ctx, database).through(_day_parts(jobs, begin, end))

    return await ctx.database.rehearse(trial)


def _day_parts(jobs: Sequence[Job], begin: datetime, end: datetime) -> Iterator[list[Firing]]:
    """Every firing in the span, in order, one day part at a time."""
    instants = cache(lambda trigger: _instants(trigger, begin, end))  # most jobs have the same trigger
    # A job that can say when it has work talks to Slack, about rows that the others write.
    firings = [(at, job) for job in jobs if job.next_due is None for at in instants(job.trigger)]
    firings.sort(key=lambda firing: firing[0])
    for _, day_part in groupby(firings, key=lambda firing: day_part_of(firing[0])):
        yield list(day_part)


def _instants(trigger: BaseTrigger, begin: datetime, end: datetime) -> Sequence[datetime]:
    found, at = [], tick(trigger, begin - 2 * _MOMENT)
    while at <= end:
        found.append(at.astimezone(UTC))
        at = tick(trigger, at)
    return found


class _Sent(BaseException):
    """Something was sent. It is no `Exception`: a job goes on after one of those."""


class _UntilSent(SingleTransactionDatabase):
    """The same database, until a unit of work enqueues a message: then it raises `_Sent`."""

    def __init__(self, database: SingleTransactionDatabase) -> None:
        with database.reading() as session:
            super().__init__(session.connection())
            self._last = last_id(session)

    async def write(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work, at once."""

        def listening(session: Session) -> T:
            answer = unit(session)
            session.flush()
            if last_id(session) > self._last:
                raise _Sent
            return answer

        return await super().write(listening)


class _Rehearsal:
    """The jobs on a database whose changes are discarded."""

    def __init__(self, ctx: JobContext, database: SingleTransactionDatabase) -> None:
        self._database = database
        self._desk = replace(ctx, database=database)

    async def through(self, day_parts: Iterator[list[Firing]]) -> list[Upcoming]:
        """Run the firings of each day part: in working hours its first instant, after which there is mostly no work
        left in it, and then those instants alone at which a job sends something."""
        found: list[Upcoming] = []
        for day_part in day_parts:
            left: Sequence[Firing] = day_part
            if is_in_working_hours(day_part[0][0]):
                first, left = _first_instant(left)
                found += await self._run(first)
            while left and not await self._is_quiet(left):
                first, left = _first_instant(await self._from_first_loud(left))
                found += await self._run(first)
        return found

    async def _from_first_loud(self, firings: Sequence[Firing]) -> Sequence[Firing]:
        """The firings from the first instant at which a job sends something, given that one does at the last."""
        instants = sorted({at for at, _ in firings})
        quiet, loud = -1, len(instants) - 1
        while loud - quiet > 1:
            middle = (quiet + loud) // 2
            if await self._is_quiet([firing for firing in firings if firing[0] <= instants[middle]]):
                quiet = middle
            else:
                loud = middle
        return [firing for firing in firings if firing[0] >= instants[loud]]

    async def _is_quiet(self, firings: Sequence[Firing]) -> bool:
        """Whether the last runs send nothing; if they send something, they stop there and their changes are undone."""
        last = {job.name: (at, job) for at, job in firings}
        with self._database.savepoint() as savepoint:
            desk = replace(self._desk, database=_UntilSent(self._database))
            try:
                for at, job in last.values():
                    await job.run(desk, at)
            except _Sent:
                savepoint.rollback()
                return False
        return True

    async def _run(self, firings: Sequence[Firing]) -> list[Upcoming]:
        found: list[Upcoming] = []
        for at, job in firings:
            before = await self._database.read(last_id)
            await job.run(self._desk, at)
            found += await self._database.write(partial(_send, job=job, at=at, before=before))
        return found


def _send(session: Session, job: Job, at: datetime, before: int) -> list[Upcoming]:
    """Mark the enqueued messages as sent, and return them."""
    rows = added_since(session, before)
    if rows:
        session.execute(
            update(OutboxMessage)
            .where(col(OutboxMessage.id) > before)
            .values(
                state=OutboxState.SENT,
                settled_at=at,
                slack_channel=col(OutboxMessage.channel),
                slack_ts=str(at.timestamp()),
            )
        )
    for row in rows:
        note_asked(session, row.key, london(at).date())
    return [
        Upcoming(at, job.name, row.channel, row.text, row.why, row.contract_id, row.replaces_id is not None)
        for row in rows
    ]


def _first_instant(firings: Sequence[Firing]) -> tuple[Sequence[Firing], Sequence[Firing]]:
    """The firings of the first instant, and the later ones."""
    first = [firing for firing in firings if firing[0] == firings[0][0]]
    return first, firings[len(first) :]
