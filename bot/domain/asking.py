"""From when it counts that somebody has not done what they must be asked for: being late counts from when they could
know. The day that was agreed stands beside it."""

from dataclasses import dataclass
from datetime import date

from bot.domain.wording import format_date


@dataclass(frozen=True, slots=True)
class Asking:
    """The day on which something is due, and the day on which the question for it arrived; None if it has not.

    `waits_for` is what the other side must do first, "" for nothing: until then nobody is reminded of it.
    """

    due_on: date
    asked_on: date | None
    waits_for: str = ""

    @property
    def counts_from(self) -> date | None:
        """The day from which reminders and escalations count: the due day, or the later day of the question. None while
        nobody was asked, or it waits for the other side."""
        return None if self.asked_on is None or self.waits_for else max(self.due_on, self.asked_on)

    @property
    def asked_late(self) -> date | None:
        """The day of the question, if it came only after the due day."""
        return self.asked_on if self.asked_on is not None and self.asked_on > self.due_on else None

    @property
    def note(self) -> str:
        """What stands beside the due day; "" where it was asked for in time."""
        if self.waits_for:
            return f"waits for {self.waits_for}"
        if self.asked_on is None:
            return "not asked yet"
        return f"not asked until {format_date(self.asked_on)}" if self.asked_late else ""
