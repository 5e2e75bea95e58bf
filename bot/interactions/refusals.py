"""Which refusals are worth an entry in the audit."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

SAME_FOR = timedelta(hours=1)
MOST_REMEMBERED = 10_000


@dataclass
class Refusals:
    """The last refusals of this process. Whoever knocks a thousand times is one entry an hour, and no thousand
    writes."""

    _noted: dict[tuple[str, str, str], datetime] = field(default_factory=dict)

    def is_new(self, user: str, kind: str, reason: str, at: datetime) -> bool:
        """Whether somebody who is named was not refused this for this reason within the last hour; note it."""
        seen = self._noted.get((user, kind, reason))
        if not user or (seen is not None and at - seen < SAME_FOR):
            return False
        if len(self._noted) >= MOST_REMEMBERED:
            self._noted = {each: last for each, last in self._noted.items() if at - last < SAME_FOR}
        if len(self._noted) < MOST_REMEMBERED:
            self._noted[user, kind, reason] = at
        return True
