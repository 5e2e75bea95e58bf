"""Europe/London wall-clock time, which people read; UTC instants are stored."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.provisional import ProvisionalDate, ProvisionalInstant


def london(instant: datetime) -> datetime:
    """The same instant as an aware datetime in Europe/London. Raises `ValueError` if `instant` is naive."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone, so it is not an instant")
    return instant.astimezone(_zone())


def london_instant(day: date, hour: int, minute: int = 0) -> datetime:
    """The instant, in aware UTC, at which clocks in London show this hour and minute on this day.

    If the clocks go back and show the time twice, it is the first of the two. That of a provisional day is provisional.
    """
    at = datetime.combine(day, time(hour, minute), _zone()).astimezone(UTC)
    return ProvisionalInstant.of(at) if isinstance(day, ProvisionalDate) else at


@dataclass(frozen=True)
class Days:
    """The day at an instant: in London, and where a person is."""

    london: date
    own: date

    @property
    def differ(self) -> bool:
        """Whether the person has another day than London."""
        return self.own != self.london

    @property
    def first(self) -> date:
        """The earlier of the two."""
        return min(self.london, self.own)

    @property
    def last(self) -> date:
        """The later of the two."""
        return max(self.london, self.own)


def days_at(instant: datetime, zone: str) -> Days:
    """The days at an instant; of a time zone that nobody knows the day is London's."""
    here = london(instant)
    try:
        return Days(here.date(), instant.astimezone(ZoneInfo(zone)).date() if zone else here.date())
    except (ValueError, OSError, KeyError):  # no name of a zone, or none of this system's
        return Days(here.date(), here.date())


def _zone() -> ZoneInfo:
    return ZoneInfo("Europe/London")  # ZoneInfo keeps its own cache, and importing this module reads no file
