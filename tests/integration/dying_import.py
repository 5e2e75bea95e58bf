"""An import that is killed, as a program: it imports the sample into a database, and ends by SIGKILL just before one of
its commits."""

import asyncio
import os
import signal
import sys

from sqlalchemy import event

from bot.db import Database
from bot.services.portfolio.reading import read
from tests.integration.importing import Units, written
from tests.samples import SAMPLE


def main(url: str, die_at: int) -> None:
    """Import the sample up to a commit."""
    database, commits = Database(url), 0

    def count(*_: object) -> None:
        nonlocal commits
        commits += 1
        if commits == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "commit", count)
    asyncio.run(written(Units(database), read(SAMPLE)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
