"""The bank holidays of a year as the package holidays knows them, apart from the rules of the code under test."""

from datetime import date
from functools import cache

from holidays import country_holidays

from bot.domain.bank_holidays import Nation

SUBDIVISIONS = {Nation.ENGLAND_AND_WALES: "ENG", Nation.SCOTLAND: "SCT", Nation.NORTHERN_IRELAND: "NIR"}


@cache
def bank_holidays(nation: Nation, year: int) -> frozenset[date]:
    """The bank holidays of a nation in a year: the ordinary ones, and every one that was proclaimed."""
    found = country_holidays("GB", subdiv=SUBDIVISIONS[nation], years=year)
    return frozenset(day for day in found if day.weekday() < 5)
