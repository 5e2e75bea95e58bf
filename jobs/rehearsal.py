"""A rehearsal: every job at each of its instants in a span, in one transaction that is rolled back.

What is "sent" on Monday counts on Tuesday. Nothing is sent and nothing is kept. On SQLite, which has one writer, it
goes on in a copy, so that nobody waits for it.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, func, select, update
from sqlmodel import col

from bot.db import Database, Joined
from bot.models import OutboxMessage, OutboxState
from bot.services.pages.upcoming import Upcoming
from jobs import Job
from jobs.context import JobContext
from jobs.day_parts import day_part_of, hour_of
from jobs.runner import tick

Firing = tuple[datetime, Job]

_MOMENT = timedelta(microseconds=1)


async def rehearse(ctx: JobContext, jobs: Sequence[Job], begin: datetime, end: datetime) -> list[Upcoming]:
    """What these jobs will send from an instant to another, both included, in order.

    Delivery has no part in it: a message counts as sent when it is enqueued.
    """
    return await asyncio.to_thread(_rehearse, ctx, jobs, begin, end)


def _rehearse(ctx: JobContext, jobs: Sequence[Job], begin: datetime, end: datetime) -> list[Upcoming]:
    with _standing_in(ctx.database) as database, database.engine.connect() as connection, connection.begin() as whole:
        found = asyncio.run(_Rehearsal(ctx, connection).through(_spells(jobs, begin, end)))
        whole.rollback()
    return found


@contextmanager
def _standing_in(database: Database) -> Iterator[Database]:
    """The database itself, or on SQLite a copy of it."""
    file = database.engine.url.database
    if database.engine.dialect.name != "sqlite" or file is None:
        yield database
        return
    with TemporaryDirectory(prefix="liaison-rehearsal-") as folder:
        copy = Path(folder) / "copy.db"
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        with closing(Database(f"sqlite:///{copy}")) as other:
            yield other


def _spells(jobs: Sequence[Job], begin: datetime, end: datetime) -> Iterator[list[Firing]]:
    """Every firing in the span, in order, a spell at a time."""
    firings: list[Firing] = []
    for job in jobs:
        if job.next_due is not None:  # it speaks with Slack itself, of what the others write
            continue
        at = tick(job.trigger, begin - 2 * _MOMENT)
        while at <= end:
            firings.append((at.astimezone(UTC), job))
            at = tick(job.trigger, at)
    firings.sort(key=lambda firing: firing[0])
    for _, spell in groupby(firings, key=lambda firing: day_part_of(firing[0])):
        yield list(spell)


class _Rehearsal:
    """The jobs on one open connection."""

    def __init__(self, ctx: JobContext, connection: Connection) -> None:
        self._connection = connection
        self._desk = replace(ctx, database=Joined(connection))

    async def through(self, spells: Iterator[list[Firing]]) -> list[Upcoming]:
        """Go through the spells: the first instant of each, after which there is mostly nothing left to do in it; where
        there is, the rest of it an hour at a time."""
        found: list[Upcoming] = []
        for spell in spells:
            first, left = _first_instant(spell)
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
        """Whether the last runs send nothing; where they do, it is as if they had not been."""
        last = list({job.name: (at, job) for at, job in firings}.values())
        with self._connection.begin_nested() as tried:
            if is_loud := bool(await self._run(last)):
                tried.rollback()
        return not is_loud

    async def _run(self, firings: Sequence[Firing]) -> list[Upcoming]:
        found: list[Upcoming] = []
        for at, job in firings:
            before = self._connection.scalar(select(func.max(col(OutboxMessage.id)))) or 0
            await job.run(self._desk, at)
            found += self._send(job, at, before)
        return found

    def _send(self, job: Job, at: datetime, before: int) -> list[Upcoming]:
        """Let what was enqueued stand, and say what it was."""
        added = col(OutboxMessage.id) > before
        with self._desk.database.transaction() as session:
            rows = session.scalars(select(OutboxMessage).where(added).order_by(col(OutboxMessage.id))).all()
            if rows:
                session.execute(
                    update(OutboxMessage)
                    .where(added)
                    .values(
                        state=OutboxState.SENT,
                        settled_at=at,
                        slack_channel=col(OutboxMessage.channel),
                        slack_ts=str(at.timestamp()),
                    )
                )
        return [
            Upcoming(at, job.name, row.channel, row.text, row.why, row.contract_id, row.replaces_id is not None)
            for row in rows
        ]


def _first_instant(firings: Sequence[Firing]) -> tuple[Sequence[Firing], Sequence[Firing]]:
    """The firings of the first instant, and those of the later ones."""
    first = [firing for firing in firings if firing[0] == firings[0][0]]
    return first, firings[len(first) :]
