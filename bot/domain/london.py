"""Europe/London wall-clock time, which people read; UTC instants are stored."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def london(instant: datetime) -> datetime:
    """The same instant as an aware datetime in Europe/London. Raises `ValueError` if `instant` is naive."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone, so it is not an instant")
    return instant.astimezone(_zone())


def london_instant(day: date, hour: int, minute: int = 0) -> datetime:
    """The instant, in aware UTC, at which clocks in London show this hour and minute on this day.

    If the clocks go back and show the time twice, it is the first of the two.
    """
    return datetime.combine(day, time(hour, minute), _zone()).astimezone(UTC)


def _zone() -> ZoneInfo:
    return ZoneInfo("Europe/London")  # ZoneInfo keeps its own cache, and importing this module reads no file
