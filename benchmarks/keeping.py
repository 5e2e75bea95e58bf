"""How large the database is after a year of 1,000 contracts, with what goes at night and without.

The year is not played: its rows are inserted, a day at a time, and the job runs after each. It is done with fewer
contracts, and what they take beyond an empty database is multiplied. How many of each kind a contract makes in a year,
and how large they are, was counted in nine weeks of the sample portfolio in moved time (`liaison simulate
--answering`), where everybody does what they are asked. The reports and readings are those of `benchmarks.reading`.
"""

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text
from sqlmodel import Session, SQLModel, col

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.reading import fill
from benchmarks.serving import KINDS, prepared
from bot import demo, trail
from bot.db import Database
from bot.models import Audience, Contract, DigestLine, DigestPost, Occurrence, OutboxMessage, OutboxState, Receipt
from bot.services.unit_of_work import UnitOfWork
from bot.trail import NewEntry
from jobs import job_named
from tests.builders import job_desk, work
from tests.postgresql import postgresql_server

CONTRACTS, FILLED, MONTHS, DAYS, GOAL = 1000, 60, 12, 365, 200
DAY = timedelta(days=1)
NINE_WEEKS = 8.7 * 12 / 52  # of twelve contracts, as contracts and years
MEGABYTE = 1_000_000
WORDS = ("report", "contract", "figure", "late", "partner", "answer", "review", "owner", "month", "risk", "plan")


@dataclass(frozen=True)
class Sent:
    """Messages of one template in nine weeks of twelve contracts: how many, how many updates of these, and the size of
    their blocks in bytes."""

    template: str
    messages: int
    updates: int
    size: int


SENT = (
    Sent("partners/pinned", 1, 149, 1930),
    Sent("escalations/ping", 30, 128, 1890),
    Sent("reminders/reminder", 77, 77, 680),
    Sent("progress/prompt", 37, 97, 920),
    Sent("progress/notice", 37, 60, 970),
    Sent("escalations/notice", 16, 64, 1390),
    Sent("escalations/pings", 4, 24, 2070),
    Sent("remedies/proposed", 20, 0, 880),
    Sent("escalations/closed", 15, 0, 200),
    Sent("specification/said_done", 23, 6, 600),
    Sent("digest/weekly", 9, 0, 2100),
    Sent("digest/table", 9, 0, 3790),
    Sent("digest/detail", 9, 0, 8500),
)
ENTRIES, RECEIPTS, ANSWER, CLAIMS, POSTS, LINES = 507, 309, 1420, 230, 9, 12


def measure(size: Size) -> list[Figure]:
    """Fill a year with and without the job on both databases, in the small form one of these, and print how large it
    is."""
    contracts, kinds, ways = size.of((FILLED, KINDS, (True, False)), (12, KINDS[:1], (False,)))
    figures = []
    print(f"\n{f'a year of {contracts:,} contracts':50}{'MB':>11}{'of 1,000':>11}")
    for kind in kinds:
        for kept in ways:
            megabytes = _year(kind, contracts, with_job=not kept)
            of_all = megabytes * CONTRACTS / contracts
            how = "with everything that was ever kept" if kept else "with what goes at night"
            print(f"{f'{kind}, {how}':50}{megabytes:11.1f}{of_all:11.0f}")
        figures.append(Figure(f"a year of 1,000 contracts on {kind}", of_all, "MB", GOAL))
    return figures


def _year(kind: str, contracts: int, *, with_job: bool) -> float:
    with ExitStack() as stack:
        url = stack.enter_context(postgresql_server()) if kind == "postgresql" else ""
        settings = stack.enter_context(prepared(url))
        database = stack.enter_context(closing(Database(settings.database_url)))
        empty = _size(database)  # which does not grow with the contracts
        fill(database, contracts, MONTHS)
        for day in range(DAYS):
            begins = demo.BEGINS + day * DAY
            with database.writing() as session:
                _insert_day(session, contracts, begins)
            for name in ("seal", "retention") if with_job else ("seal",):
                while asyncio.run(job_named(name).run(job_desk(database), begins + DAY)):
                    pass
            if kind == "postgresql" and day % 7 == 0:
                _vacuum(database)
        return _size(database) - empty


def _vacuum(database: Database) -> None:
    """What autovacuum does by itself in time."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("vacuum"))


def _insert_day(session: Session, contracts: int, begins: datetime) -> None:
    """The rows of one day."""
    chance = random.Random(begins.timestamp())  # noqa: S311  # the same in each run
    share = contracts / NINE_WEEKS / DAYS  # of what was counted
    ids = session.scalars(select(col(Contract.id)).limit(contracts)).all()

    def at() -> datetime:
        return begins + DAY * chance.random()

    last = session.scalar(text("select coalesce(max(id), 0) from outbox_message")) or 0
    rows = list(_messages(chance, ids, at, share, last + 1))
    _add(session, OutboxMessage, rows)
    answers = ({"ack": {"blocks": _blocks(chance, ANSWER)}} for _ in range(_whole(chance, RECEIPTS * share)))
    _add(session, Receipt, [{"key": f"{begins} {n}", "answer": answer, "at": at()} for n, answer in enumerate(answers)])
    claims = ({"rule": "weekly summary", "subject": f"channel {n}"} for n in range(_whole(chance, CLAIMS * share)))
    _add(session, Occurrence, [{**claim, "due_at": (when := at()), "claimed_at": when} for claim in claims])
    _add_summaries(session, _whole(chance, POSTS * share), ids[:LINES], at)
    _add_entries(work(session, begins), chance, ids, _whole(chance, ENTRIES * share))


def _messages(chance: random.Random, ids: Any, at: Any, share: float, first: int) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # ids and instants
    """The messages of a day, each with its updates."""
    number = first
    for sent in SENT:
        for n in range(_whole(chance, sent.messages * share)):
            original, when, place = number, at(), {"contract_id": chance.choice(ids), "channel": f"C{n % 2000:08}"}
            yield _message(chance, sent, number, when) | place | {"replaces_id": None}
            number += 1
            for update in range(_whole(chance, sent.updates / sent.messages)):
                later = when + timedelta(hours=6) * (update + 1)
                yield _message(chance, sent, number, later) | place | {"replaces_id": original}
                number += 1


def _whole(chance: random.Random, count: float) -> int:
    """A whole number that is so much on average."""
    return int(count + chance.random())


def _message(chance: random.Random, sent: Sent, number: int, at: datetime) -> dict[str, Any]:
    said = " ".join(chance.choices(WORDS, k=15))
    row = OutboxMessage(
        id=number,
        key=f"{sent.template}-{number}",
        channel="",
        audience=Audience.SHARED,
        text=said,
        blocks=_blocks(chance, sent.size),
        template=sent.template,
        why=said[:60],
        subject=f"report {number}",
        state=OutboxState.SENT,
        created_at=at,
        next_try_at=at,
        wanted_at=at,
        settled_at=at,
        attempts=1,
        slack_channel="C00000001",
        slack_ts=f"{at.timestamp()}{number}",
    )
    return row.model_dump()


def _blocks(chance: random.Random, size: int) -> list[dict[str, Any]]:
    """Blocks of about so many bytes."""
    blocks: list[dict[str, Any]] = []
    while len(json.dumps(blocks)) < size - 100:
        said = " ".join(chance.choices(WORDS, k=12)) + f" {chance.random()}"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": said, "verbatim": True}})
    return blocks


def _add_summaries(session: Session, count: int, ids: Any, at: Any) -> None:  # noqa: ANN401  # ids and instants
    first = (session.scalar(text("select coalesce(max(id), 0) from digest_post")) or 0) + 1
    said = {"contract_id": None, "audience": Audience.INTERNAL, "headline": "Weekly performance summary " * 4}
    posts = [
        {**said, "id": first + n, "channel": f"C{n % 80:08}", "due_at": (when := at()), "posted_at": when}
        for n in range(count)
    ]
    _add(session, DigestPost, posts)
    line = {"period": "2026-12", "rating": "Good", "accepted": True, "why": "3 of 4 KPIs are good. " * 5}
    line |= {"risks": {"R-1": 12, "R-2": 9}, "late": ["report 1"]}
    _add(session, DigestLine, [{**line, "post_id": post["id"], "contract_id": each} for post in posts for each in ids])


def _add_entries(doing: UnitOfWork, chance: random.Random, ids: Any, count: int) -> None:  # noqa: ANN401  # ids
    entries = [
        NewEntry("report received", f"WP-NE report {n}", chance.choice(ids), {"Score": ["4", "9"]})
        for n in range(count)
    ]
    trail.record_all(doing.session, doing.now, "U0AMIRA", "seen at the last review", entries)


def _add(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 5_000):
        session.execute(insert(model), rows[start : start + 5_000])


def _size(database: Database) -> float:
    """What the database takes on the disk, with the room in it that is free for what comes."""
    with database.reading() as session:
        if database.engine.dialect.name == "sqlite":
            pages = "select page_count * page_size from pragma_page_count(), pragma_page_size()"
            return float(session.scalar(text(pages)) or 0) / MEGABYTE
        return float(session.scalar(text("select pg_database_size(current_database())")) or 0) / MEGABYTE


if __name__ == "__main__":
    run_alone("keeping", measure)
