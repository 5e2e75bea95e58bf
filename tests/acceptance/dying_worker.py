"""A worker that is killed at a statement, as a program: for each line "statement instant" that it reads, it delivers in
a process of its own, which ends by SIGKILL just before that statement or commit, or by itself where there are fewer."""

import asyncio
import os
import signal
import sys
from datetime import datetime, timedelta

from sqlalchemy import event

from bot import demo
from bot.app import Liaison, build
from bot.clock import MovableClock
from bot.config import Settings
from jobs import deliver


def main() -> None:
    """Say of each worker how it ended."""
    # Built once, which takes longer than to deliver: it connects to nothing before it has something to do.
    clock = MovableClock(demo.BEGINS)
    liaison = build(Settings.read(), clock)
    print("ready", flush=True)
    for line in sys.stdin:
        statement, instant = line.split()
        worker = os.fork()
        if worker == 0:
            clock.move_to(datetime.fromisoformat(instant))
            _deliver(liaison, int(statement), clock.now())
            os._exit(0)
        _, status = os.waitpid(worker, 0)
        print("killed" if os.WIFSIGNALED(status) else f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


def _deliver(liaison: Liaison, die_at: int, now: datetime) -> None:
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    for engine in (liaison.database.engine, liaison.database.reading_engine):
        event.listen(engine, "before_cursor_execute", count)
    event.listen(liaison.database.engine, "commit", count)

    async def delivering() -> None:
        at = now
        while await deliver.run(liaison.jobs, at):
            at += timedelta(seconds=1)

    asyncio.run(delivering())


if __name__ == "__main__":
    main()
