"""The periods that reports cover, and the days on which the reports open and fall due."""

import calendar as almanac
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Self

from bot.domain.calendar import Nation, nth_working_day
from bot.domain.wording import MONTHS, quoted
from bot.errors import UserError


class NotAMonth(UserError):
    """What was given is not a year and a month."""

    def __init__(self, typed: str) -> None:
        super().__init__(f"{quoted(typed)} is not a month. Enter the year and the month, for example 2026-12.")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month, the period of a monthly report. `NotAMonth` if there is no such month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (MINYEAR <= self.year <= MAXYEAR and 1 <= self.month <= 12):
            raise NotAMonth(f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month with this key, "2026-12". `NotAMonth` for anything else."""
        key = text.strip()
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", key) or key.startswith("0000"):
            raise NotAMonth(text)
        return cls(int(key[:4]), int(key[5:]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The month that a day is in."""
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
        """How it is written in data: "2026-12"."""
        return f"{self.year:04}-{self.month:02}"

    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> "Month":
        """The month before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{MONTHS[self.month - 1]} {self.year}"


def report_opens(month: Month, nation: Nation) -> date:
    """The day from which a month can be reported on: the first working day of the following month."""
    return report_due(month, 1, nation)


def report_due(month: Month, working_day: int, nation: Nation) -> date:
    """The day a month's report is due: the given working day of the following month, usually the third.

    Source: DWP guidance to providers on management information. `NoSuchWorkingDay`, `CalendarEnds`.
    """
    following = month.next()
    return nth_working_day(following.year, following.month, working_day, nation)


def financial_year(day: date) -> tuple[date, date]:
    """The first and last day of the government financial year that a day is in: 1 April to 31 March."""
    began = day.year - (day.month < 4)
    return date(began, 4, 1), date(began + 1, 3, 31)
