"""Which refusals are worth an entry in the audit."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.interactions.payloads import Request

SAME_FOR = timedelta(hours=1)
MOST_REMEMBERED = 10_000


@dataclass
class Refusals:
    """The last refusals of this process. Whoever tries the same a thousand times is one entry an hour, and no thousand
    writes."""

    _noted: dict[int, datetime] = field(default_factory=dict)

    def is_new(self, request: Request, reason: str, at: datetime) -> bool:
        """Whether somebody who is named was not refused the same for this reason within the last hour; note it."""
        wanted = hash((repr(replace(request, key="", trigger_id="")), reason))
        seen = self._noted.get(wanted)
        if not request.user or (seen is not None and at - seen < SAME_FOR):
            return False
        if len(self._noted) >= MOST_REMEMBERED:
            self._noted = {each: last for each, last in self._noted.items() if at - last < SAME_FOR}
        if len(self._noted) < MOST_REMEMBERED:
            self._noted[wanted] = at
        return True
