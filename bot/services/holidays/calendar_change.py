"""A change of the calendar: bank holidays that were published, added or taken out since days were last worked out."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.domain.bank_holidays import PublishedHolidays
from bot.domain.calendar import Nation, Proclamation, WorkingCalendar, calendar_from
from bot.domain.wording import format_date, join_words
from bot.models import CalendarBasis
from bot.services.unit_of_work import UnitOfWork, proclamations

_ONE = 1  # the id of the only row
_NAMED_AT_MOST = 5

Published = dict[str, list[str]]
Proclaimed = dict[str, dict[str, bool]]


@dataclass(frozen=True)
class CalendarChange:
    """The calendar by which days were worked out, the one that is in force, and a key that no other change has."""

    before: WorkingCalendar
    after: WorkingCalendar
    key: str

    @property
    def nations(self) -> list[Nation]:
        """The nations whose bank holidays differ."""
        return [each for each in Nation if self.before.of(each).holidays != self.after.of(each).holidays]

    @property
    def in_words(self) -> str:
        """What differs, the first days: "15 June 2026 is a bank holiday in Scotland"."""
        said = []
        for nation in self.nations:
            before, after = self.before.of(nation).holidays, self.after.of(nation).holidays
            said += [(day, f"{format_date(day)} is a bank holiday in {nation}") for day in after - before]
            said += [(day, f"{format_date(day)} is a working day in {nation}") for day in before - after]
        words = [each for _, each in sorted(said)]
        more = ["so on"] if len(words) > _NAMED_AT_MOST else []
        return join_words([*words[:_NAMED_AT_MOST], *more])


def pending_change(work: UnitOfWork) -> CalendarChange | None:
    """The change by which nothing was worked out yet; None if there is none.

    A register of before this was kept was worked out by the published days alone.
    """
    row = work.session.get(CalendarBasis, _ONE)
    published, proclaimed = _published(work.published_calendar), _proclaimed(proclamations(work.session))
    if row is None:
        return CalendarChange(work.published_calendar, work.calendar, "first")
    if (row.days, row.proclaimed) == (published, proclaimed):
        return None
    stated = json.dumps([row.days, row.proclaimed, published, proclaimed, str(row.adopted_at)], sort_keys=True)
    return CalendarChange(_calendar(row), work.calendar, hashlib.sha256(stated.encode()).hexdigest()[:16])


def adopt(work: UnitOfWork) -> None:
    """Keep the calendar in force as the one by which days were worked out."""
    work.session.merge(
        CalendarBasis(
            id=_ONE,
            days=_published(work.published_calendar),
            proclaimed=_proclaimed(proclamations(work.session)),
            adopted_at=work.now,
        )
    )


@lru_cache(maxsize=4)
def _published(calendar: WorkingCalendar) -> Published:
    return {
        each.nation.value: [day.isoformat() for day in sorted(each.holidays) if each.is_published(day)]
        for each in calendar.nations
    }


def _proclaimed(days: frozenset[Proclamation]) -> Proclaimed:
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for each in sorted(days, key=lambda each: (each.nation, each.day)):
        found[each.nation.value][each.day.isoformat()] = each.is_holiday
    return dict(found)


def _calendar(row: CalendarBasis) -> WorkingCalendar:
    nations = tuple(
        calendar_from(Nation(nation), PublishedHolidays(frozenset(map(date.fromisoformat, days))))
        for nation, days in row.days.items()
    )
    return WorkingCalendar(nations).with_proclaimed(
        frozenset(
            Proclamation(Nation(nation), date.fromisoformat(day), is_holiday)
            for nation, days in row.proclaimed.items()
            for day, is_holiday in days.items()
        )
    )
