"""A process that writes entries of the trail: told a database and how often, it prints the ids of what it kept."""

import sys
from contextlib import closing

from bot.db import Database
from tests.builders import MONDAY
from tests.integration.tampering import write


def main(url: str, turns: int) -> None:
    """Write one to three entries at each turn; each fifth turn is rolled back."""
    with closing(Database(url)) as database:
        for turn in range(turns):
            with database.writing() as session:
                added = write(session, 1 + turn % 3, MONDAY)
                if turn % 5 == 4:
                    session.rollback()
                else:
                    print(*added, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
