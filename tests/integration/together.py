"""Several workers at the same instant: each in a thread and with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from bot.db import Database

T = TypeVar("T")
PATIENCE = 30  # seconds, after which a worker that never came is a failure


def at_once(url: str, count: int, work: Callable[[Database, Barrier], T]) -> list[T]:
    """What each of so many workers gives back. `work` waits at the barrier where the race should begin."""
    barrier = Barrier(count, timeout=PATIENCE)

    def worker(_number: int) -> T:
        database = Database(url)
        try:
            return work(database, barrier)
        except BaseException:
            barrier.abort()
            raise
        finally:
            database.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(worker, range(count)))
