"""The bank holidays that administrators add, or take out, for a nation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.db import by_key
from bot.domain.bank_holidays import SATURDAY
from bot.domain.calendar import Nation
from bot.domain.text_validation import required_text
from bot.domain.wording import WEEKDAYS, format_date
from bot.errors import UserError
from bot.models import ProclaimedDay
from bot.policy import RegisterPermission
from bot.records import HolidayRecord
from bot.services.holidays import carried_over
from bot.services.holidays.calendar_change import CalendarChange
from bot.services.unit_of_work import ActorContext, UnitOfWork, proclamations

WORKED = "Worked as usual"  # the name of a day that is no bank holiday any more


@dataclass(frozen=True)
class HolidayList:
    """The days that the register knows, the latest first, and the last day for which bank holidays are published."""

    days: Sequence[ProclaimedDay]
    published_until: date


@dataclass(frozen=True)
class ChangedHoliday:
    """A day that has become a bank holiday in a nation, or a working day."""

    nation: Nation
    day: date
    name: str
    is_holiday: bool


def holidays_for(ctx: ActorContext) -> HolidayList:
    """The days that the register knows, for an administrator. Raises `Denied`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    return list_holidays(ctx)


def add_for(ctx: ActorContext, holiday: HolidayRecord) -> ChangedHoliday:
    """Add a bank holiday, for an administrator. Raises `Denied` or `UserError`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    return add(ctx, holiday)


def remove_for(ctx: ActorContext, nation: Nation, day: date) -> ChangedHoliday:
    """Take a bank holiday out, for an administrator. Raises `Denied` or `UserError`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    return remove(ctx, nation, day)


def undo(ctx: ActorContext, key: str) -> HolidayList:
    """Undo what a row of the list says, for an administrator. Raises `Denied` or `UserError`."""
    ctx.require_on_register(RegisterPermission.ADMINISTER)
    row = by_key(ctx.session, ProclaimedDay, key, locked=True)
    if row is None:
        raise UserError("This day is no longer in the list, so nothing was done.")
    _keep(ctx, row.nation, row.day, row.name, row.source, is_holiday=not row.is_holiday)
    return list_holidays(ctx)


def list_holidays(work: UnitOfWork) -> HolidayList:
    """The days that the register knows."""
    rows = work.session.scalars(select(ProclaimedDay).order_by(col(ProclaimedDay.day).desc(), col(ProclaimedDay.id)))
    return HolidayList(rows.all(), work.published_calendar.last)


def add(work: UnitOfWork, holiday: HolidayRecord) -> ChangedHoliday:
    """Make a day a bank holiday of a nation. Raises `UserError`, with its form field."""
    nation, day = holiday.nation, holiday.day
    if day.weekday() >= SATURDAY:
        raise UserError(
            f"{format_date(day)} is a {WEEKDAYS[day.weekday()]}, when nobody works. Enter the day that is kept for it.",
            field="day",
        )
    if not work.calendar.of(nation).is_working_day(day):
        raise UserError(f"{format_date(day)} is a bank holiday in {nation} already. Nothing was changed.", field="day")
    name = required_text(holiday.name, what="what it is called", at_most=150, field="name")
    return _keep(work, nation, day, name, holiday.source, is_holiday=True)


def remove(work: UnitOfWork, nation: Nation, day: date) -> ChangedHoliday:
    """Make a bank holiday of a nation a working day. Raises `UserError`."""
    if day.weekday() >= SATURDAY or work.calendar.of(nation).is_working_day(day):
        raise UserError(f"{format_date(day)} is no bank holiday in {nation}. Nothing was changed.")
    return _keep(work, nation, day, WORKED, "", is_holiday=False)


def _keep(work: UnitOfWork, nation: Nation, day: date, name: str, source: str, *, is_holiday: bool) -> ChangedHoliday:
    """Keep what differs from the published days, and nothing else. The job holidays does what follows, but for what a
    job could send twice meanwhile."""
    before = work.calendar
    row = work.session.scalar(
        select(ProclaimedDay).where(col(ProclaimedDay.nation) == nation, col(ProclaimedDay.day) == day)
    )
    if row is not None:
        work.session.delete(row)
        work.session.flush()
    if work.published_calendar.of(nation).is_working_day(day) == is_holiday:
        work.session.add(ProclaimedDay(nation=nation, day=day, name=name, is_holiday=is_holiday, source=source))
    work.record(
        "bank holiday added" if is_holiday else "bank holiday removed", f"{nation}, {format_date(day)}", why=name
    )
    work.session.flush()
    after = work.published_calendar.with_proclaimed(proclamations(work.session))
    carried_over.carry_claims(work, CalendarChange(before, after, ""))
    return ChangedHoliday(nation, day, name, is_holiday)
