"""The clock: read once at the edge, then passed inward as a value."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The source of the present time."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that begins at any instant and can be moved forward.

    With `ticking` it runs on from there at the speed of the given source (the demo); without, it stands still until it
    is moved (the tests).
    """

    def __init__(self, start: datetime, *, ticking: Callable[[], datetime] | None = None) -> None:
        self._base = start.astimezone(UTC)
        self._source = ticking
        self._since = ticking() if ticking else start

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        if self._source is None:
            return self._base
        return self._base + (self._source() - self._since)

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new instant. Raises `ValueError` for a step back."""
        if by < timedelta(0):
            raise ValueError("a clock only moves forward")
        self._base += by
        return self.now()

    def move_to(self, instant: datetime) -> datetime:
        """Move forward to an instant. Raises `ValueError` if it has passed."""
        return self.advance(instant - self.now())

    def reach(self, instant: datetime) -> datetime:
        """Move forward to an instant, or do nothing if it has passed, as it may have on a ticking clock."""
        return self.advance(max(instant - self.now(), timedelta(0)))
