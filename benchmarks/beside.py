"""What people notice of the jobs among 1,000 contracts: a command while a summary is made, and the longest write."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import make_url
from sqlmodel import Session

from benchmarks.load import Target, measure, typed
from benchmarks.reading import CONTRACTS, fill
from benchmarks.running import events, running
from bot import demo
from bot.app import build
from bot.clock import MovableClock
from bot.config import Settings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.services.digest import posting
from bot.services.unit_of_work import UnitOfWork
from jobs import job_named

T = TypeVar("T")
REQUESTS, GOAL = 400, 20
LINE = 'raise WP-NE "Advisers leaving faster than hired" likely minor'
NEXT_MONTH = datetime(2027, 2, 1, 9, tzinfo=UTC)  # a Monday: a report opens on every contract
LATE = datetime(2027, 2, 22, 9, tzinfo=UTC)  # none of them has come
RUNS = (
    ("prompt", NEXT_MONTH),
    ("summary", NEXT_MONTH),
    ("monthly", NEXT_MONTH),
    ("remind", NEXT_MONTH),
    ("escalate", LATE),
)


class Timed(Database):
    """A database that keeps how long each write takes with its commit, and for how long it has a processor."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.writes: list[float] = []
        self.busy: list[float] = []

    async def write(self, unit: Callable[[Session], T]) -> T:
        """A write, timed."""

        def timed(session: Session) -> T:
            began = time.thread_time()
            answer = unit(session)
            session.flush()
            self.busy.append(time.thread_time() - began)
            return answer

        began = time.perf_counter()
        answer = await super().write(timed)
        self.writes.append(time.perf_counter() - began)
        return answer

    def forget(self) -> None:
        """Begin anew."""
        self.writes.clear()
        self.busy.clear()


def main() -> None:
    """Measure both on SQLite, and in the empty PostgreSQL database that BENCH_DATABASE_URL names, and print them."""
    _measure()
    if url := os.environ.get("BENCH_DATABASE_URL"):
        _measure(url)


def _measure(url: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        settings = demo.demo_settings(data, *(demo.free_port(0) for _ in range(2)))
        if url:
            settings = settings.model_copy(update={"database_url": url})
        demo.prepare(settings, data)
        with closing(Database(settings.database_url)) as database:
            fill(database)
        _print_commands(settings)
        _print_writes(settings)


def _print_commands(settings: Settings) -> None:
    """Raise risks, alone and while another process makes one summary after another."""
    secret = settings.slack_signing_secret.get_secret_value()
    environment = {**os.environ, "SLACK_BOT_TOKEN": settings.slack_bot_token.get_secret_value()}
    environment |= {"SLACK_SIGNING_SECRET": secret, "SLACK_API_URL": settings.slack_api_url}
    environment |= {"DATABASE_URL": settings.database_url, "PORT": str(settings.port)}
    workspace_port = int(settings.slack_api_url.split(":")[2].split("/")[0])
    environment |= {"WORKSPACE_BOT_TOKEN": environment["SLACK_BOT_TOKEN"], "WORKSPACE_SIGNING_SECRET": secret}
    seed = ("--seed", str(demo.HERE / "workspace.yaml"), "--manifest", str(demo.MANIFEST), "--pace", "0")
    target = Target(events(settings.port), secret, typed("/risk", LINE), lambda answer: "is raised" in answer)
    with (
        running(("workspace", *seed, "--port", str(workspace_port)), workspace_port, "/", environment),
        running(("bot", "serve", "--host", "127.0.0.1"), settings.port, "/healthz", environment),
    ):
        asyncio.run(measure(target, 50, 1))  # warm
        alone = asyncio.run(measure(target, REQUESTS, 1))
        port = demo.free_port(0)
        with running(("benchmarks.beside", settings.database_url, str(port)), port, "/", environment):
            during = asyncio.run(measure(target, REQUESTS, 1))
    heading = f"{_backend(settings)}, {CONTRACTS:,} contracts, one client, /risk raise"
    print(f"\n{heading:50}{'alone, ms':>11}{'during, ms':>12}{'ratio':>8}")
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        one, other = alone.percentile(share), during.percentile(share)
        print(f"{f'while summaries of all are made, {name}':50}{one:11.1f}{other:12.1f}{other / one:8.2f}")


def _print_writes(settings: Settings) -> None:
    """Run each job as a process does that has just begun, so that its first write is among them."""
    heading = f"{_backend(settings)}, {CONTRACTS:,} contracts, writes"
    print(f"\n{heading:50}{'':11}{'with the commit, ms':>20}{'processor, ms':>20}")
    print(f"{'':50}{'writes':>11}{'p50':>10}{'longest':>10}{'p50':>10}{'longest':>10}{'goal':>8}")
    with closing(Timed(settings.database_url)) as database, closing(build(settings, MovableClock(LATE))) as liaison:
        liaison.get_ready()
        desk = replace(liaison.jobs, database=database)
        for name, now in RUNS:
            database.forget()
            asyncio.run(job_named(name).run(desk, now))
            taken = [f(of) * 1000 for of in (database.writes, database.busy) for f in (statistics.median, max)]
            print(f"{name:50}{len(database.writes):11}{''.join(f'{ms:10.1f}' for ms in taken)}{GOAL:8}")


def _backend(settings: Settings) -> str:
    return make_url(settings.database_url).get_backend_name()


async def _summaries(url: str, port: int) -> None:
    """Make one summary after another until the process ends, and answer on a port once the first is made."""

    def summary(session: Session) -> None:
        work = UnitOfWork(session, demo.BEGINS, published(), Messages(), "job summary")
        [owed] = posting.digests_due(work)
        posting.prepare_due(work, owed)

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n")
        writer.close()

    database = Database(url)
    await database.read(summary)
    await asyncio.start_server(answer, "127.0.0.1", port)
    while True:
        await database.read(summary)


if __name__ == "__main__":
    asyncio.run(_summaries(sys.argv[1], int(sys.argv[2])))
