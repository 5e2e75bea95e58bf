"""The rules of bank holidays, held against GOV.UK and against the package holidays, year by year."""

from datetime import date

import pytest

from bot.domain.bank_holidays import Nation, easter_sunday, ordinary_holidays, published_holidays
from bot.domain.calendar import published
from tests.bank_holidays import bank_holidays

YEARS = range(2012, 2029)
"""The years that are published."""

LATER = {(Nation.SCOTLAND, date(2026, 6, 15))}
"""What was proclaimed after the package of published days was made: the men's football World Cup."""

PROCLAIMED = {
    date(2012, 6, 4),  # the spring bank holiday, moved for the Diamond Jubilee of Elizabeth II
    date(2012, 6, 5),  # the Diamond Jubilee
    date(2020, 5, 8),  # the early May bank holiday, moved to the 75th anniversary of VE Day
    date(2022, 6, 2),  # the spring bank holiday, moved for the Platinum Jubilee of Elizabeth II
    date(2022, 6, 3),  # the Platinum Jubilee
    date(2022, 9, 19),  # the funeral of Elizabeth II
    date(2023, 5, 8),  # the coronation of Charles III
}
MOVED = {date(2012, 5, 28), date(2020, 5, 4), date(2022, 5, 30)}
"""The extraordinary days of all three nations, and the ordinary ones that were not kept."""


def of(year: int, days: set[date]) -> set[date]:
    """The days of a year."""
    return {day for day in days if day.year == year}


@pytest.mark.parametrize("nation", Nation)
@pytest.mark.parametrize("year", YEARS)
def test_a_published_year_has_the_ordinary_days_and_those_that_were_proclaimed(year: int, nation: Nation) -> None:
    gov_uk = of(year, {*published_holidays(nation).days})
    later = {day for where, day in LATER if (where, day.year) == (nation, year)}
    assert ordinary_holidays(nation, year) - MOVED | of(year, PROCLAIMED) == gov_uk
    assert bank_holidays(nation, year) == gov_uk | later
    assert of(year, {*published().of(nation).holidays}) == gov_uk


@pytest.mark.parametrize("nation", Nation)
def test_another_year_has_the_ordinary_days(nation: Nation) -> None:
    known = published_holidays(nation)
    assert (known.first, known.last) == (date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))
    for year in range(YEARS[-1] + 1, 2100):
        assert bank_holidays(nation, year) == of(year, {*published().of(nation).holidays}), year


@pytest.mark.parametrize(
    ("year", "nation", "days"),
    [  # a 2 January and a Boxing Day at a weekend, with the days before them
        (2033, Nation.SCOTLAND, {date(2033, 1, 3), date(2033, 1, 4), date(2033, 12, 26), date(2033, 12, 27)}),
        (2034, Nation.SCOTLAND, {date(2034, 1, 2), date(2034, 1, 3), date(2034, 12, 25), date(2034, 12, 26)}),
        (2032, Nation.ENGLAND_AND_WALES, {date(2032, 1, 1), date(2032, 12, 27), date(2032, 12, 28)}),
    ],
)
def test_a_day_at_a_weekend_has_a_substitute(year: int, nation: Nation, days: set[date]) -> None:
    assert {day for day in ordinary_holidays(nation, year) if day.month in (1, 12)} == days


@pytest.mark.parametrize("day", [date(1818, 3, 22), date(1943, 4, 25), date(2027, 3, 28), date(2038, 4, 25)])
def test_easter_sunday(day: date) -> None:
    assert easter_sunday(day.year) == day
