"""Whose turn it is to write to an SQLite file, among the processes that do; and to compute, on their machine.

SQLite lets whoever looks first have its one writer, and a job that writes all the time looks more often than a command
that comes now and then. So writers queue at locks on files beside the database, where the system wakes who waits. What
nobody waits for (jobs, imports from the command line) gives way: it begins no write while a command asks for its turn,
and a command finds one such write before it at most. All of it is gone with its process.
"""

import fcntl
import os
from dataclasses import dataclass

NICER = 10  # of 19: such a process still gets what others leave of the machine, and a tenth where they leave nothing


def compute_behind_others() -> None:
    """Let this process, which nobody waits for, compute after those that answer people (POSIX: nice)."""
    os.nice(NICER)


@dataclass(frozen=True)
class Turn:
    """A connection's place in the queue: open files of its own, so that it queues behind others of its process too."""

    turn: int  # held by whoever writes
    asked: int  # held, by many at once, while they wait for their turn
    behind: int | None  # held by one that gives way, from before its turn until after it

    @classmethod
    def of(cls, database: str, *, gives_way: bool) -> "Turn":
        """The place of a connection to this file."""

        def opened(name: str) -> int:
            return os.open(f"{database}.{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)

        return cls(opened("turn"), opened("asked"), opened("behind") if gives_way else None)

    def take(self) -> None:
        """Wait for the turn."""
        if self.behind is None:
            fcntl.flock(self.asked, fcntl.LOCK_SH)
            fcntl.flock(self.turn, fcntl.LOCK_EX)
            fcntl.flock(self.asked, fcntl.LOCK_UN)
        else:
            fcntl.flock(self.behind, fcntl.LOCK_EX)
            fcntl.flock(self.asked, fcntl.LOCK_EX)  # nobody asks
            fcntl.flock(self.asked, fcntl.LOCK_UN)
            fcntl.flock(self.turn, fcntl.LOCK_EX)

    def give_back(self) -> None:
        """End the turn, if it has begun."""
        fcntl.flock(self.turn, fcntl.LOCK_UN)
        if self.behind is not None:
            fcntl.flock(self.behind, fcntl.LOCK_UN)

    def close(self) -> None:
        """Leave the queue for good."""
        for file in (self.turn, self.asked, self.behind):
            if file is not None:
                os.close(file)
