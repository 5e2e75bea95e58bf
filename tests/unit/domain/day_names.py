"""A second reader of days, written apart from the bot's and the other way round: it knows what each day is called.

It counts by walking from day to day. The bot may refuse a phrase; what it reads must be a name of that day here.
"""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
UNITS = ("day", "week", "fortnight", "month", "year")
ONE_DAY = timedelta(days=1)


def plain(text: str) -> str:
    """A phrase without what changes no meaning: case, commas, "on" and "the", plurals, words for numbers."""
    words = text.lower().replace(",", " ").replace("'s", "").replace("'", "").removesuffix(".").split()
    units = {f"{unit}s": unit for unit in UNITS}
    return " ".join(str(NUMBERS.get(each, units.get(each, each))) for each in words if each not in ("on", "the"))


@cache
def walked(day: date, count: int, unit: str) -> date:
    """The day so many units on, or back for a negative count, found by walking."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    if unit in ("day", "week", "fortnight"):
        for _ in range(abs(count) * {"day": 1, "week": 7, "fortnight": 14}[unit]):
            day += step
        return day
    months = abs(count) * (12 if unit == "year" else 1)
    last = day.day
    for _ in range(months):
        day = day.replace(day=1) - ONE_DAY if count < 0 else day.replace(day=28) + timedelta(days=4)
        day = day.replace(day=1)
    return day.replace(day=min(last, calendar.monthrange(day.year, day.month)[1]))


def names(
    day: date, today: date, counts: Sequence[int] = (1, 2, 3, 8, 28), units: Sequence[str] = UNITS
) -> Iterator[str]:
    """What the day is called today, if what could be in either direction is to come."""
    yield from _alone(day, today)
    for count in counts:
        for unit in units:
            span = f"{count} {unit}"
            if walked(today, count, unit) == day:
                yield from (f"in {span}", f"in {span} time", f"{span} time", f"{span} from now")
            if walked(today, -count, unit) == day:
                yield from (f"{span} ago", f"{span} ago today")
            if walked(today - ONE_DAY, -count, unit) == day:
                yield f"{span} ago yesterday"
            yield from _from_another(day, today, count, unit)


def _from_another(day: date, today: date, count: int, unit: str) -> Iterator[str]:
    """The names that lead from a day with a name of its own; it is looked for around the span."""
    span = f"{count} {unit}"
    for way, joints in ((count, ("from", "after")), (-count, ("before",))):
        about = walked(day, -way, unit)
        for anchor in (about + ONE_DAY * away for away in (range(-3, 4) if unit in ("month", "year") else [0])):
            if walked(anchor, way, unit) != day:
                continue
            for name in _alone(anchor, today):
                if name.split()[-1][:3] == today.strftime("%a").lower():
                    continue  # "a week from Monday", on a Monday, has two readings
                yield from (f"{span} {joint} {name}" for joint in joints)
                if span == "1 day":
                    yield from (f"day {joint} {name}" for joint in joints if joint != "from")
                if way > 0:
                    yield f"in {span} from {name}"
                    if name in ("today", "tomorrow") and unit != "day":
                        yield f"{span} {name}"
                    if unit in ("week", "fortnight"):
                        yield f"{span} on {name}"
                        if count == 1 and name != "yesterday" and " " not in name:
                            yield f"{name} {unit}"


def _alone(day: date, today: date) -> Iterator[str]:
    away = (day - today).days
    yield from {0: ("today", "tonight"), 1: ("tomorrow",), -1: ("yesterday", "last night")}.get(away, ())
    monday, weekday = today - ONE_DAY * today.weekday(), day.strftime("%A").lower()
    for name in (weekday, weekday[:3]):
        if 1 <= away <= 7:
            yield from (name, f"next {name}")
            if away < 7:
                yield f"this {name}"
        if -7 <= away <= -1:
            yield f"last {name}"
        if 7 <= (day - monday).days <= 13:
            yield from (f"{name} next week", f"next week {name}")
    yield from _dates(day, today)


def _dates(day: date, today: date) -> Iterator[str]:
    number, month, mon = day.day, day.strftime("%B").lower(), day.strftime("%b").lower()
    th = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(number, "th")
    years = [str(day.year)] + (
        [day.strftime("%y")] if 2000 <= day.year <= 2099 and abs(day.year - today.year) <= 10 else []
    )
    bare = 0 <= (day - today).days <= 300
    for name in (month, mon):
        for numbered in (str(number), f"{number}{th}"):
            forms = (f"{numbered} {name}", f"{numbered} of {name}", f"{name} {numbered}")
            for form in forms:
                for whole in [f"{form} {year}" for year in years] + [form] * bare:
                    yield from (whole, f"{day.strftime('%A').lower()} {whole}", f"{day.strftime('%a').lower()} {whole}")
        yield from (f"{number}-{name}-{year}" for year in years)
    yield from [day.isoformat()] + [f"{number}/{day.month}"] * bare
    yield from (f"{number}{mark}{day.month}{mark}{year}" for year in years for mark in "/.-")
