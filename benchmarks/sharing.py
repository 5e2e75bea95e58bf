"""Two processes that serve one PostgreSQL: what a command costs them of a processor, beside one process alone, and how
often one waits for a lock of another."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import psycopg
from sqlalchemy import make_url

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.load import measure as send
from benchmarks.load import typed
from benchmarks.reading import fill
from benchmarks.serving import Serving, serving

CLIENTS, EVERY = 16, 0.005  # seconds between two looks at who waits
# Who waits for a lock, since which statement, and whose. A backend's own parallel workers do not count.
WAITS = """select waiting.pid, waiting.query_start, left(waiting.query, 60)
from pg_stat_activity waiting where waiting.wait_event_type = 'Lock' and waiting.datname = current_database()"""


def measure(size: Size) -> list[Figure]:
    """Send the same commands to one process, and then half to each of two, and print what both cost."""
    each = size.of(200, 20)
    found = [_measured(processes, each) for processes in (1, 2)]
    heading = f"PostgreSQL, {CLIENTS} clients, /risk raise"
    print(f"\n{heading:50}{'processor, ms':>16}{'commands a second':>20}{'lock waits':>13}")
    for processes, (cost, throughput, waits) in enumerate(found, 1):
        print(f"{f'{processes} serve':50}{cost:16.2f}{throughput:20.0f}{waits:13}")
    return [
        Figure("processor for a command, two serve on PostgreSQL, of one", found[1][0] / found[0][0], "times", 1.15),
        Figure("lock waits between two serve on PostgreSQL", found[1][2], "", 0),
    ]


def _measured(processes: int, each: int) -> tuple[float, float, int]:
    """Milliseconds of processor for a command, commands a second, and how many statements waited for a lock."""
    with serving(partial(fill, contracts=CLIENTS * 3, months=2), kind="postgresql", processes=processes) as bot:
        asyncio.run(_all(bot, 10))  # warm
        with _watched(bot.settings.database_url) as waits:
            before = bot.processor_time()
            seconds = asyncio.run(_all(bot, each))
            cost = bot.processor_time() - before
    commands = CLIENTS * each
    for _, _, statement in waits:
        print(f"waited for a lock: {statement}")
    return cost / commands * 1000, commands / seconds, len(waits)


async def _all(bot: Serving, each: int) -> float:
    """So many commands from each client, each about a contract of its own; seconds for them all."""
    targets = [
        bot.target(
            typed("/risk", f'raise B-{n + 1:05} "Advisers leaving faster than hired {{n}}" likely minor'),
            "is raised",
            process=n % len(bot.ports),
        )
        for n in range(CLIENTS)
    ]
    timings = await asyncio.gather(*(send(target, each, 1) for target in targets))
    return max(each.whole for each in timings)


@contextmanager
def _watched(url: str) -> Iterator[set[tuple[object, ...]]]:
    """The statements that are seen to wait for a lock while the block runs."""
    seen: set[tuple[object, ...]] = set()
    over = threading.Event()
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    def watch() -> None:
        with closing(psycopg.connect(plain, autocommit=True)) as connection:
            while not over.wait(EVERY):
                seen.update(connection.execute(WAITS).fetchall())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    run_alone("sharing", measure)
