"""How many calls of each kind a process makes in a minute, so that Slack does not have to refuse any.

docs.slack.dev/apis/web-api/rate-limits. Other processes, and people at their forms, call the same methods: where the
method is theirs too, some of what Slack allows is left to them.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
POSTS = 300  # chat.postMessage: several hundred in a workspace, says Slack
UPDATES = 45  # chat.update: 50
OPENINGS = 45  # conversations.open: 50
FACTS = 40  # conversations.info: 50; people who bind a channel need some
MEMBERS = 90  # conversations.members: 100


@dataclass
class Budget:
    """So many calls in any minute."""

    calls: int
    _made: deque[datetime] = field(default_factory=deque)

    def left(self, now: datetime) -> int:
        """How many calls may still be made at this instant."""
        while self._made and not timedelta(0) <= now - self._made[0] < MINUTE:  # also after the clock was put back
            self._made.popleft()
        return self.calls - len(self._made)

    def wait(self, now: datetime) -> timedelta:
        """How long until one more may be made."""
        return timedelta(0) if self.left(now) > 0 else self._made[0] + MINUTE - now

    def spend(self, now: datetime) -> None:
        """Count a call."""
        self._made.append(now)


@dataclass(frozen=True)
class Budgets:
    """The budgets of the calls that deliveries make."""

    posts: Budget = field(default_factory=lambda: Budget(POSTS))
    updates: Budget = field(default_factory=lambda: Budget(UPDATES))
    openings: Budget = field(default_factory=lambda: Budget(OPENINGS))
    facts: Budget = field(default_factory=lambda: Budget(FACTS))
    members: Budget = field(default_factory=lambda: Budget(MEMBERS))


def affordable(wanted: Iterable[tuple[T, Sequence[Budget]]], at_most: int, now: datetime) -> list[T]:
    """The first of these, up to so many, whose calls can all be made at this instant, beside those of the ones before.
    Nothing is spent yet."""
    left: dict[int, int] = {}
    chosen: list[T] = []
    for each, budgets in wanted:
        for budget in budgets:
            left.setdefault(id(budget), budget.left(now))
        if len(chosen) < at_most and all(left[id(budget)] > 0 for budget in budgets):
            chosen.append(each)
            for budget in budgets:
                left[id(budget)] -= 1
    return chosen
