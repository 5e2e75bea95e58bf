"""What people notice of heavy work: a durable command while a summary of 1,000 contracts is made, 5,000 reminders are
written, 10,000 contracts are imported and 20 people open App Home, each and all together, on both databases."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen

from sqlmodel import Session

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.importing import more_contracts
from benchmarks.load import Target, Timings, home_opened, measure_at, typed
from benchmarks.load import measure as send
from benchmarks.reading import CONTRACTS, MONTHS, fill
from benchmarks.reminding import TODAY, add_contracts, make_due
from benchmarks.running import events
from benchmarks.serving import KINDS, Serving, serving
from bot import demo
from bot.app import build
from bot.config import Settings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.london import london_instant
from bot.services.digest import posting
from bot.services.portfolio.exporting import export_bytes
from bot.services.unit_of_work import UnitOfWork
from bot.turns import compute_behind_others
from jobs import job_named

RATE, GOAL = 40, 3  # commands a second, and how many times its p99 alone a command may take
LINE = 'raise WP-NE "Advisers leaving faster than hired {n}" likely minor'
NAMES = ("reminders are written", "a summary is made", "an import runs", "20 open App Home")
REMINDERS, SUMMARY, IMPORT, HOME = NAMES
FEW = 25  # one of so many things of which people are reminded is due on the days before
HOMES_EVERY = 5.0  # seconds
PEOPLE = (
    *("U0AMIRA", "U0CALLUM", "U0RHIAN", "U0NADIA", "U0HELEN", "U0JOSEPH", "U0PRIYA", "U0LIAM", "U0GRACE", "U0TOMASZ"),
    *("U0YVONNE", "U0SEUN", "U0FIONA", "U0MEILIN", "U0DEAN", "U0SHABNAM", "U0ELENA", "U0KWAME", "U0JENNA", "U0EILIDH"),
)

Start = Callable[[int], Popen[bytes]]  # the process of a heavy work; its number, as each can be done once


@dataclass(frozen=True)
class Amount:
    """How much there is and is done: contracts with months of readings, reminders, imported contracts, commands that
    are measured alone, the seconds for which summaries and App Home go on, and whether each is measured by itself."""

    contracts: int
    months: int
    reminders: int
    imported: int
    alone: int
    seconds: int
    each: bool


def measure(size: Size) -> list[Figure]:
    """Measure on both kinds of database, and print what a command takes alone and beside each."""
    amount = size.of(Amount(CONTRACTS, MONTHS, 5_000, 10_000, 200, 10, True), Amount(20, 3, 50, 30, 40, 1, False))
    figures = []
    for kind in KINDS:
        with serving(partial(_fill, amount=amount), kind=kind) as bot, _heavy(bot, amount) as heavy:
            figures += _beside(bot, kind, amount, heavy)
    return figures


def _fill(database: Database, amount: Amount) -> None:
    fill(database, amount.contracts, amount.months)
    with database.writing() as session:
        add_contracts(session, 2 * amount.contracts)  # with enough that can fall due twice


def _beside(bot: Serving, kind: str, amount: Amount, heavy: Mapping[str, Start]) -> list[Figure]:
    """Commands alone before each heavy work and beside it, then beside all of them. Those alone count together."""
    target = bot.target(typed("/risk", LINE), "is raised")
    asyncio.run(send(target, 50, 1))  # warm
    alone: list[float] = []
    during: dict[str, tuple[Timings, int]] = {}
    by_itself = [(each, [each]) for each in heavy if amount.each]
    for number, (name, chosen) in enumerate([*by_itself, ("all of these", list(heavy))]):
        timings, _ = asyncio.run(measure_at(target, RATE, lambda sent: sent < amount.alone))
        alone += timings.each
        with _running([heavy[each] for each in chosen], number) as goes_on:
            during[name] = asyncio.run(measure_at(target, RATE, goes_on))
    return _rows(kind, Timings(alone, 0), during)


def _rows(kind: str, alone: Timings, during: Mapping[str, tuple[Timings, int]]) -> list[Figure]:
    print(f"\n{f'{kind}, {RATE} /risk raise a second':50}{'commands':>10}{'p50, ms':>10}{'p99, ms':>10}{'refused':>10}")
    floor = alone.percentile(0.99)
    print(f"{'alone':50}{len(alone.each):10}{alone.percentile(0.5):10.1f}{floor:10.1f}")
    figures = []
    for name, (timings, refused) in during.items():
        p50, p99 = timings.percentile(0.5), timings.percentile(0.99)
        print(f"{f'while {name}':50}{len(timings.each):10}{p50:10.1f}{p99:10.1f}{refused:10}")
        figures.append(Figure(f"p99 of /risk raise while {name}, of alone, {kind}", p99 / floor, "times", GOAL))
    return figures


@contextmanager
def _running(starts: Sequence[Start], number: int) -> Iterator[Callable[[int], bool]]:
    """Heavy work under way; says whether any of it still is. SystemExit where one of the processes failed."""
    processes = [start(number) for start in starts]
    try:
        yield lambda _sent: any(each.poll() is None for each in processes)
    finally:
        for each in processes:
            each.kill()
    told = [each.communicate()[1].decode() for each in processes]
    failed = [f"{each.args!r}: {said}" for each, said in zip(processes, told, strict=True) if each.returncode]
    if failed:
        raise SystemExit(f"heavy work failed: {failed}")


@contextmanager
def _heavy(bot: Serving, amount: Amount) -> Iterator[Mapping[str, Start]]:
    """What starts each heavy work, in a process of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(closing(Database(bot.settings.database_url)))

        def start(*module: str) -> Popen[bytes]:
            command = [sys.executable, "-m", *module]
            return Popen(command, env=dict(bot.environment), stdout=PIPE, stderr=PIPE)  # noqa: S603  # our own modules

        def import_(number: int) -> Popen[bytes]:
            return start("bot", "import", str(folder / f"{number}.zip"))

        def reminders(number: int) -> Popen[bytes]:
            today = TODAY + timedelta(weeks=number)
            for day in _days_before(today):
                _let_fall_due(database, day, amount.reminders // FEW)
            _let_fall_due(database, today, amount.reminders)
            worker = start("benchmarks.beside", "reminders", f"{today}")
            if worker.stdout is not None:
                worker.stdout.readline()  # it has run on the days before
            return worker

        for number in (NAMES.index(IMPORT), len(NAMES)) if amount.each else (0,):
            file = export_bytes(more_contracts(amount.imported, f"I{number}"), ".zip")
            (folder / f"{number}.zip").write_bytes(file)
        seconds, secret = str(amount.seconds), bot.settings.slack_signing_secret.get_secret_value()
        yield {
            REMINDERS: reminders,
            SUMMARY: lambda _: start("benchmarks.beside", "summary", seconds, bot.settings.database_url),
            IMPORT: import_,
            HOME: lambda _: start("benchmarks.beside", "home", seconds, events(bot.ports[0]), secret),
        }


def _let_fall_due(database: Database, today: date, many: int) -> None:
    with database.writing() as session:
        make_due(session, today, many)


def _days_before(today: date) -> Sequence[date]:
    """Thursday and Friday, for a Monday."""
    return [today - timedelta(days=days) for days in (4, 3)]


def _remind(today: date) -> None:
    """Remind of what was due on two working days before, as a worker has that runs for some days, say so, and then of
    what is due today."""
    compute_behind_others()
    liaison = build(Settings.read(), gives_way=True)
    liaison.get_ready()

    async def all_days() -> None:
        for day in _days_before(today):
            await liaison.runs.run(job_named("remind"), london_instant(day, 9))
        print("ready", flush=True)
        await liaison.runs.run(job_named("remind"), london_instant(today, 9))

    asyncio.run(all_days())
    liaison.close()


def _make_summaries(seconds: float, url: str) -> None:
    """Make one summary after another until the time is over, as a worker does."""
    compute_behind_others()

    def summary(session: Session) -> None:
        work = UnitOfWork(session, demo.BEGINS, published(), Messages(), "job summary")
        [owed] = posting.digests_due(work)
        posting.prepare_due(work, owed)

    end = time.monotonic() + seconds
    with closing(Database(url)) as database:
        while time.monotonic() < end:
            asyncio.run(database.read(summary))


def _open_homes(seconds: float, url: str, secret: str) -> None:
    """Twenty people open App Home at once, and again some seconds later, until the time is over."""

    async def all_at_once() -> None:
        targets = (Target(url, secret, home_opened(user), lambda _answer: True) for user in PEOPLE)
        once = (measure_at(target, 1, lambda sent: sent < 1) for target in targets)  # some may be told to come again
        await asyncio.gather(*once, asyncio.sleep(HOMES_EVERY))

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        asyncio.run(all_at_once())


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["summary", seconds, url]:
            _make_summaries(float(seconds), url)
        case ["reminders", today]:
            _remind(date.fromisoformat(today))
        case ["home", seconds, url, secret]:
            _open_homes(float(seconds), url, secret)
        case _:
            run_alone("beside", measure)
