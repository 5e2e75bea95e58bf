"""A rehearsal: every job runs at each of its instants in a span, in one transaction that is rolled back.

A message "sent" on Monday counts as sent on Tuesday. Nothing is really sent and nothing is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby

from sqlalchemy import update
from sqlmodel import Session, col

from bot.db import SingleTransactionDatabase
from bot.domain.london import london
from bot.models import OutboxMessage, OutboxState
from bot.services.pages.upcoming import Upcoming
from bot.services.progress.received_reports import note_asked
from jobs import Job
from jobs.context import JobContext, added_since, last_id
from jobs.day_parts import day_part_of, hour_of
from jobs.runner import tick

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
    firings: list[Firing] = []
    for job in jobs:
        if job.next_due is not None:  # this job talks to Slack, about rows that the others write
            continue
        at = tick(job.trigger, begin - 2 * _MOMENT)
        while at <= end:
            firings.append((at.astimezone(UTC), job))
            at = tick(job.trigger, at)
    firings.sort(key=lambda firing: firing[0])
    for _, day_part in groupby(firings, key=lambda firing: day_part_of(firing[0])):
        yield list(day_part)


class _Rehearsal:
    """The jobs on a database whose changes are discarded."""

    def __init__(self, ctx: JobContext, database: SingleTransactionDatabase) -> None:
        self._database = database
        self._desk = replace(ctx, database=database)

    async def through(self, day_parts: Iterator[list[Firing]]) -> list[Upcoming]:
        """Run the firings: the first instant of each day part, after which there is mostly no work left in it, else the
        rest of it an hour at a time."""
        found: list[Upcoming] = []
        for day_part in day_parts:
            first, left = _first_instant(day_part)
            found += await self._run(first)
            if not left or await self._is_quiet(left):
                continue
            for _, hour in groupby(left, key=lambda firing: hour_of(firing[0])):
                found += await self._through(list(hour))
        return found

    async def _through(self, left: Sequence[Firing]) -> list[Upcoming]:
        found: list[Upcoming] = []
        while left and not await self._is_quiet(left):
            first, left = _first_instant(left)
            found += await self._run(first)
        return found

    async def _is_quiet(self, firings: Sequence[Firing]) -> bool:
        """Whether the last runs send nothing; if they send something, their changes are undone."""
        last = list({job.name: (at, job) for at, job in firings}.values())
        with self._database.savepoint() as savepoint:
            if is_loud := bool(await self._run(last)):
                savepoint.rollback()
        return not is_loud

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
