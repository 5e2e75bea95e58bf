"""Days and instants that may still change: they were worked out beyond the years for which bank holidays are published.

Whoever works one out marks it, and whoever puts it into words says so: the mark goes with the value, through additions
too. A marked day is equal to the same day without a mark.
"""

from datetime import date, datetime

IN_WORDS = " (provisional)"


class ProvisionalDate(date):
    """A day that was worked out from bank holidays that are not published."""

    @classmethod
    def of(cls, day: date) -> "ProvisionalDate":
        """The same day, marked."""
        return cls(day.year, day.month, day.day)


class ProvisionalInstant(datetime):
    """An instant that was worked out from bank holidays that are not published."""

    @classmethod
    def of(cls, at: datetime) -> "ProvisionalInstant":
        """The same instant, marked."""
        return cls.combine(at.date(), at.timetz())


def in_words(value: date) -> str:
    """What is said after a day or an instant: " (provisional)", or nothing."""
    return IN_WORDS if isinstance(value, ProvisionalDate | ProvisionalInstant) else ""
