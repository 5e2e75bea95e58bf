"""Working days and hours, counted one by one, apart from the code under test."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import Nation
from tests.bank_holidays import bank_holidays

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)


def is_working_day(day: date, nation: Nation) -> bool:
    """Whether a day is worked in a nation, by the standing rules and what was proclaimed."""
    return day.weekday() < 5 and day not in bank_holidays(nation, day.year)


def days_late(due_on: date, today: date, nation: Nation) -> int:
    """How many working days a thing is late, counted one by one."""
    return sum(is_working_day(due_on + n * DAY, nation) for n in range(1, (today - due_on).days + 1))


def hours_worked(begin: datetime, end: datetime, nation: Nation) -> int:
    """The working hours between two instants on the hour, counted one by one."""
    hours = int((end - begin) / timedelta(hours=1))
    return sum(works(begin + n * timedelta(hours=1), nation) for n in range(hours))


def works(at: datetime, nation: Nation) -> bool:
    """Whether people of a nation may be written to: from 9am to 5pm of a working day."""
    local = at.astimezone(LONDON)
    return is_working_day(local.date(), nation) and 9 <= local.hour < 17


def instant(day: date, hour: int) -> datetime:
    """An hour of a day in London."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON).astimezone(ZoneInfo("UTC"))


def nine(day: date) -> datetime:
    """9am of a day in London."""
    return instant(day, 9)


def following(month: str) -> date:
    """The first day after a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)


def next_working_day(day: date, nation: Nation) -> date:
    """The first working day after a day."""
    day += DAY
    while not is_working_day(day, nation):
        day += DAY
    return day


def nth_working_day(first: date, number: int, nation: Nation) -> date:
    """The working day of this number from a first day on, which may be one itself."""
    day = first if is_working_day(first, nation) else next_working_day(first, nation)
    for _ in range(number - 1):
        day = next_working_day(day, nation)
    return day


def working_days_after(day: date, number: int, nation: Nation) -> date:
    """The day so many working days after a day, which is not counted."""
    for _ in range(number):
        day = next_working_day(day, nation)
    return day


def working_days_before(day: date, number: int, nation: Nation) -> date:
    """The day so many working days before a day, which is not counted."""
    while number:
        day -= DAY
        number -= is_working_day(day, nation)
    return day
