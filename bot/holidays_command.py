"""`liaison holidays`: the bank holidays that the register knows beside the published ones."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from typing import TypeVar

import typer
from sqlmodel import Session

from bot.clock import SystemClock
from bot.config import DatabaseSettings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import Nation, published
from bot.domain.command_line import parse_date
from bot.domain.wording import format_date
from bot.migrations import require_up_to_date
from bot.records import HolidayRecord
from bot.services.holidays import proclaimed
from bot.services.holidays.proclaimed import ChangedHoliday
from bot.services.unit_of_work import UnitOfWork

T = TypeVar("T")


def list_days() -> None:
    """List the days that the register knows, the latest first."""
    found = _work(Database.reading, proclaimed.list_holidays)
    typer.echo(f"Bank holidays are published until {format_date(found.published_until)}. Known besides:")
    for each in found.days:
        what = each.name if each.is_holiday else f"{each.name} (no bank holiday)"
        typer.echo(f"  {format_date(each.day)}, {each.nation}: {what}{f', {each.source}' if each.source else ''}")


def add_day(day: str, nation: Nation, name: str, source: str) -> None:
    """Make a day a bank holiday."""

    def add(work: UnitOfWork) -> ChangedHoliday:
        holiday = HolidayRecord(nation=nation, day=parse_date(day, work.today), name=name, source=source)
        return proclaimed.add(work, holiday)

    _say(_work(Database.writing, add))


def remove_day(day: str, nation: Nation) -> None:
    """Make a bank holiday a working day."""
    _say(_work(Database.writing, lambda work: proclaimed.remove(work, nation, parse_date(day, work.today))))


def _say(changed: ChangedHoliday) -> None:
    what = "a bank holiday" if changed.is_holiday else "a working day"
    typer.echo(f"{format_date(changed.day)} is {what} in {changed.nation}. The job holidays works out what follows.")


def _work(opened: Callable[[Database], AbstractContextManager[Session]], unit: Callable[[UnitOfWork], T]) -> T:
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        with opened(database) as session:
            return unit(UnitOfWork(session, SystemClock().now(), published(), Messages(), "holidays"))
