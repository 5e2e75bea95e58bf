"""What only one may do at a time, whichever process does it. Nothing is left behind by one that is killed."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import Engine, func, select


@asynccontextmanager
async def alone(engine: Engine, what: str) -> AsyncIterator[bool]:
    """Whether nobody else does this, in any process, from now until the block ends."""
    turn = _turn(engine, what)
    is_alone = await asyncio.to_thread(turn.__enter__)
    try:
        yield is_alone
    finally:
        await asyncio.to_thread(turn.__exit__, None, None, None)


@contextmanager
def _turn(engine: Engine, what: str) -> Iterator[bool]:
    """On SQLite a lock on a file beside the database, on PostgreSQL an advisory lock."""
    if engine.dialect.name == "sqlite":
        with Path(f"{engine.url.database}.{what}.lock").open("wb") as file:
            yield _locks(file.fileno())
    else:
        with engine.connect() as connection, connection.begin():
            key = func.hashtextextended(f"liaison {what}", 0)
            yield bool(connection.scalar(select(func.pg_try_advisory_xact_lock(key))))


def _locks(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
