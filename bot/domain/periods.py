"""The periods that reports cover, and the days on which reports open and are due."""

import calendar as almanac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Self, TypeVar

from bot.domain.calendar import NationCalendar
from bot.domain.normalisation import plain_punctuation
from bot.domain.wording import MONTHS, join_words, quoted
from bot.errors import UserError

T = TypeVar("T")


class NotAMonth(UserError):
    """The text is not a year and a month."""

    def __init__(self, typed: str, wanted: str = "the year and the month, for example 2026-12") -> None:
        super().__init__(f"{quoted(typed)} is not a month. Enter {wanted}.")


_YEAR = "(?P<year>[12][0-9]{3})"
_MONTH_FORMS = (
    re.compile(rf"(?P<month>[a-z]{{3,9}})(?:\s+{_YEAR})?"),
    re.compile(rf"(?P<month>[0-9]{{1,2}})/{_YEAR}"),
    re.compile(rf"{_YEAR}-(?P<month>[0-9]{{2}})"),
)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month, the period of a monthly report. Raises `NotAMonth` if there is no such month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (MINYEAR <= self.year <= MAXYEAR and 1 <= self.month <= 12):
            raise NotAMonth(f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month with this key, "2026-12". Raises `NotAMonth` for anything else."""
        key = text.strip()
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", key) or key.startswith("0000"):
            raise NotAMonth(text)
        return cls(int(key[:4]), int(key[5:]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        return date(self.year, self.month, almanac.monthrange(self.year, self.month)[1])

    @property
    def key(self) -> str:
        """The month in data: "2026-12"."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def short(self) -> str:
        """The month in few characters: "Dec 2026"."""
        return f"{MONTHS[self.month - 1][:3]} {self.year}"

    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> "Month":
        """The month before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{MONTHS[self.month - 1]} {self.year}"


def months(first: Month, last: Month) -> Iterator[Month]:
    """Every month from the first to the last; none if the last is earlier."""
    while first <= last:
        yield first
        first = first.next()


def in_force(versions: Mapping[Month, T], month: Month) -> T:
    """What holds in a month, of what holds from each month on: the last that has begun, or else the first."""
    return versions[max((begun for begun in versions if begun <= month), default=min(versions))]


def in_words(these: Sequence[Month]) -> str:
    """Months in a sentence, with consecutive ones joined: "May 2026 and July 2026 to June 2027"."""
    runs: list[list[Month]] = []
    for month in sorted(set(these)):
        if runs and runs[-1][-1].next() == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return join_words([f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs])


def parse_month(text: str, today: date) -> Month:
    """The typed month: "December 2026", "Dec 2026", "12/2026", "2026-12"; without a year, as in "December", the last
    one that has begun. Raises `NotAMonth` for anything else."""
    typed = plain_punctuation(text).strip().casefold()
    found = next((match for form in _MONTH_FORMS if (match := form.fullmatch(typed))), None)
    number = _month_number(found["month"]) if found else 0
    if found is None or not 1 <= number <= 12:
        raise NotAMonth(text, "a month, for example December 2026 or 2026-12")
    return Month(int(found["year"]) if found["year"] else today.year - (number > today.month), number)


def _month_number(typed: str) -> int:
    """The number of a month, from a number or the unambiguous beginning of its name; else 0."""
    if typed.isdecimal():
        return int(typed)
    named = [number for number, name in enumerate(MONTHS, 1) if name.casefold().startswith(typed)]
    return named[0] if len(named) == 1 else 0


def report_opens(month: Month, calendar: NationCalendar) -> date:
    """The first day on which a month can be reported: the first working day of the following month."""
    return report_due(month, 1, calendar)


def report_due(month: Month, working_day: int, calendar: NationCalendar) -> date:
    """The day a month's report is due: the given working day of the following month, usually the third.

    Source: DWP guidance to providers on management information. Raises `UserError`.
    """
    following = month.next()
    return calendar.nth_working_day(following.year, following.month, working_day)


def first_in_time(today: date, working_day: int, calendar: NationCalendar) -> Month:
    """The first month whose report is not late yet: none before it is asked for. Raises `UserError`."""
    last = Month.of(today).previous()
    return last if report_due(last, working_day, calendar) >= today else last.next()


def financial_year(day: date) -> tuple[date, date]:
    """The first and last day of a day's government financial year: 1 April to 31 March."""
    began = day.year - (day.month < 4)
    return date(began, 4, 1), date(began + 1, 3, 31)
