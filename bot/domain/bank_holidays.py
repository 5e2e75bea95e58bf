"""The bank holidays of the three divisions of the United Kingdom: those that are published, and the ordinary ones.

GOV.UK publishes those of the next years; the package govuk-bank-holidays carries them, so no network is used. For all
other years they are worked out by the standing rules: the Banking and Financial Dealings Act 1971, and the days that
are proclaimed every year in the same way (https://www.gov.uk/bank-holidays). A test holds these rules against GOV.UK
and against the package holidays, year by year.
"""

import calendar as almanac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

SATURDAY = 5

_ONE_DAY = timedelta(days=1)
_YEARS = range(1800, 2300)  # a deadline, counted in as many months as may be, leads nowhere else


class Nation(StrEnum):
    """The part of the United Kingdom where a contract is delivered. It decides the bank holidays."""

    ENGLAND_AND_WALES = "England and Wales"
    SCOTLAND = "Scotland"
    NORTHERN_IRELAND = "Northern Ireland"


_NEW_YEAR, _CHRISTMAS = (1, 1), ((12, 25), (12, 26))
_FIXED = {
    Nation.ENGLAND_AND_WALES: (_NEW_YEAR, *_CHRISTMAS),
    Nation.SCOTLAND: (_NEW_YEAR, (1, 2), (11, 30), *_CHRISTMAS),  # 30 November is St Andrew's Day
    Nation.NORTHERN_IRELAND: (_NEW_YEAR, (3, 17), (7, 12), *_CHRISTMAS),  # St Patrick's Day, Battle of the Boyne
}
"""The days with a date, as (month, day)."""


@dataclass(frozen=True)
class PublishedHolidays:
    """The bank holidays that are published for one nation, which are known for whole years."""

    days: frozenset[date]

    @property
    def first(self) -> date:
        """The first day for which they are known."""
        return date(min(self.days).year, 1, 1)

    @property
    def last(self) -> date:
        """The last day for which they are known."""
        return date(max(self.days).year, 12, 31)

    def with_ordinary(self, nation: Nation) -> frozenset[date]:
        """These, and for every other year the ordinary ones."""
        others = (year for year in _YEARS if not self.first.year <= year <= self.last.year)
        return self.days.union(*(ordinary_holidays(nation, year) for year in others))


@cache
def published_holidays(nation: Nation) -> PublishedHolidays:
    """The bank holidays that GOV.UK has published for a nation."""
    from govuk_bank_holidays.bank_holidays import BankHolidays  # takes a fifth of a second, and not everybody needs it

    division = nation.value.lower().replace(" ", "-")  # as GOV.UK writes it: "england-and-wales"
    events = BankHolidays(use_cached_holidays=True).get_holidays(division=division)
    return PublishedHolidays(frozenset(event["date"] for event in events))


@cache
def published_until() -> date:
    """The last day for which the bank holidays of every nation are published."""
    return min(published_holidays(nation).last for nation in Nation)


def ordinary_holidays(nation: Nation, year: int) -> set[date]:
    """The ordinary bank holidays of a nation in a year, all on weekdays.

    Nobody can know a proclamation to come: a day for a jubilee, or an ordinary one that is moved for it.
    """
    days = {*_moveable(nation, year)}
    fixed = [date(year, month, day) for month, day in _FIXED[nation]]
    days |= {day for day in fixed if day.weekday() < SATURDAY}
    for day in fixed:
        if day.weekday() >= SATURDAY:
            days.add(_substitute(day, days))
    return days


def _substitute(day: date, taken: set[date]) -> date:
    """The next weekday after a day at a weekend that is no bank holiday itself."""
    while day.weekday() >= SATURDAY or day in taken:
        day += _ONE_DAY
    return day


def _moveable(nation: Nation, year: int) -> Iterator[date]:
    """Good Friday and Easter Monday, and the Mondays: early May, spring and summer."""
    easter = easter_sunday(year)
    yield easter - 2 * _ONE_DAY
    yield _mondays(year, 5)[0]
    yield _mondays(year, 5)[-1]
    if nation is Nation.SCOTLAND:
        yield _mondays(year, 8)[0]
    else:
        yield easter + _ONE_DAY
        yield _mondays(year, 8)[-1]


def _mondays(year: int, month: int) -> list[date]:
    first, days = almanac.monthrange(year, month)
    return [date(year, month, day) for day in range(1 + -first % 7, days + 1, 7)]


def easter_sunday(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the anonymous algorithm.

    Source: Meeus, Astronomical Algorithms, chapter 8.
    """
    century, of_century = divmod(year, 100)
    golden = year % 19
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
