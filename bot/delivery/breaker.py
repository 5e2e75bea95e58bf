"""The circuit breaker of deliveries: while Slack is away as a whole, one message is tried now and then, not all."""

from collections.abc import Collection
from datetime import datetime, timedelta

OPENS_AFTER = 3  # messages in a row that Slack did not take care of
PROBED_EVERY = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 60))  # the last one again and again


class Breaker:
    """Whether Slack is away, as far as this process knows. It begins anew with the process: nothing is kept."""

    def __init__(self) -> None:
        self._failures = 0  # in a row
        self._probes = 0
        self._probed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether Slack is away, so that only a probe may go."""
        return self._failures >= OPENS_AFTER

    def allows(self, messages: int, now: datetime) -> int:
        """How many of so many messages may be tried now."""
        if not self.is_open:
            return messages
        return min(messages, 1) if self.next_probe(now) <= now else 0

    def next_probe(self, now: datetime) -> datetime:
        """The instant of the next probe: now, where none was made, or where the clock was put back since."""
        if self._probed_at is None or self._probed_at > now:
            return now
        return self._probed_at + PROBED_EVERY[min(self._probes, len(PROBED_EVERY)) - 1]

    def note(self, answered: Collection[bool], now: datetime) -> None:
        """Note, for each message that was tried at this instant, whether Slack was there for it."""
        if any(answered):
            self._failures, self._probes, self._probed_at = 0, 0, None
        elif answered:
            self._failures += len(answered)
            self._probes, self._probed_at = self._probes + 1, now
