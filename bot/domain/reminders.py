"""When people are reminded: rules as data, in working days before and after the due day.

A due day that is not a working day counts as the working day before it, as notices do: the reminder for a Saturday goes
out on the Friday, and the item is one day late on the Monday.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendar import NationCalendar
from bot.domain.wording import join_words
from bot.errors import UserError

MOST_DAYS_AHEAD = 120
LATE_FOR = 250  # working days, which is a year: items that are later are only escalated
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ReminderRule:
    """The working days on which to remind: so many before the due day (0 is the day itself), and every so many when
    late, or only so many after it.

    `late_every` is None if no reminder goes out after the due day, or those of `after` alone.
    """

    before: Sequence[int]
    late_every: int | None = None
    after: Sequence[int] = ()

    @property
    def sentence(self) -> str:
        """The rule in words, to follow "Reminders go out"; "never" for one that is switched off."""
        before = [day for day in sorted(self.before, reverse=True) if day]
        days = "1 working day" if before == [1] else f"{join_words([*map(str, before)])} working days"
        parts = [f"{days} before"] if before else []
        parts += ["on the day"] if 0 in self.before else []
        if self.after:
            parts.append(f"{join_words([*map(str, self.after)])} working day{'s' if max(self.after) > 1 else ''} after")
        if self.late_every:
            every = "every working day" if self.late_every == 1 else f"every {self.late_every} working days"
            parts.append(f"{every} when it is late")
        return ", ".join(parts) or "never"


# The calendar days without a contact after which a reminder is due, by the contract's tier in small letters.
CONTACT_WITHIN = {"gold": 30, "silver": 60, "bronze": 90}
CONTACT_WITHIN_ELSE = 90


def parse_days_ahead(typed: str, field: str) -> tuple[int, ...]:
    """The working days before the day, the furthest first; nothing for none. Raises `UserError`."""
    parts = [part for part in typed.replace(",", " ").split() if part]
    if not all(part.isascii() and part.isdecimal() and int(part[:6]) <= MOST_DAYS_AHEAD for part in parts):
        raise UserError(
            f"“{typed[:60]}” is not a list of working days. Use whole numbers up to {MOST_DAYS_AHEAD} with commas, "
            "0 for the day itself, for example 5, 1, 0.",
            field=field,
        )
    return tuple(sorted({int(part) for part in parts}, reverse=True))


def days_to_remind_of(rule: ReminderRule, today: date, calendar: NationCalendar) -> list[date]:
    """Every due day for which a rule sends a reminder today.

    The query for reminders filters on these days, so its cost grows with the number of days, not of records.
    """
    worked = calendar.roll_back(today)
    late = range(-rule.late_every, -LATE_FOR - 1, -rule.late_every) if rule.late_every else [-day for day in rule.after]
    days = (calendar.add_working_days(worked, offset) for offset in (*rule.before, *late))
    return sorted(day for worked in days for day in _counting_as(worked, calendar))


Due = tuple[date, NationCalendar]


def next_reminder(rule: ReminderRule, last: date, before: Due, after: Due) -> date | None:
    """The day on which people are reminded next, where a change of the due day or of the calendar would else send a
    reminder twice or leave it out; None where it would not.

    `last` is the last day for which reminders were sent, by the due day and calendar of `before`.
    """
    due, calendar = after
    left, now_left = (_days_left(last, each) for each in (before, after))
    if any(_reminds(rule, offset) for offset in range(now_left, left)):
        return calendar.add_working_days(last, 1)  # its day has gone by
    if any(_reminds(rule, offset) for offset in range(left, now_left)):  # it was sent already, and its day is to come
        coming = (offset for offset in range(left - 1, -LATE_FOR - 1, -1) if _reminds(rule, offset))
        offset = next(coming, None)
        return None if offset is None else calendar.add_working_days(calendar.roll_back(due), -offset)
    return None


def _days_left(today: date, of: Due) -> int:
    """The working days to a due day, negative if it has passed."""
    due, calendar = of
    return calendar.working_days_between(today, calendar.roll_back(due))


def _reminds(rule: ReminderRule, offset: int) -> bool:
    """Whether a rule sends a reminder so many working days before the due day, or after it for a negative number."""
    if offset >= 0:
        return offset in rule.before
    return -offset in rule.after or (rule.late_every is not None and -offset % rule.late_every == 0)


def _counting_as(day: date, calendar: NationCalendar) -> Iterator[date]:
    """A working day, and the days after it that count as that day."""
    following = calendar.add_working_days(day, 1)
    while day < following:
        yield day
        day += _ONE_DAY
