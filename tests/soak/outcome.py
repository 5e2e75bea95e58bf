"""What came of an attack."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.soak.world import World


@dataclass
class Outcome:
    """How often something was attacked, what held, in words, and what gave way."""

    attempts: int = 0
    held: str = ""
    gave_way: list[str] = field(default_factory=list)

    def expect(self, so: bool, otherwise: str) -> None:  # the condition, as of an assertion
        """Note what gave way unless something is so."""
        if not so:
            self.gave_way.append(otherwise)


@dataclass(frozen=True)
class Scale:
    """For how many seconds an attack goes on, a lock is held and Slack is away; how many requests are sent, and what
    files have in them when they are unpacked, in megabytes: less than is taken, and about as much."""

    seconds: float
    lock: float
    away: float
    requests: int
    unpacked: Sequence[int]


# Slack is away for less time than the third wait of a message lasts, which is longer than an attack may take.
FULL, SMALL = Scale(40, 60, 25, 800, (50, 240)), Scale(4, 4, 6, 60, (50,))

Attack = Callable[[World, Random, Scale], Outcome]
