"""Bank holidays beside those that are published, and the calendar by which days were worked out."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from bot.domain.bank_holidays import Nation
from bot.models._model import Model
from bot.models._types import Instant, Json, Key, choice, public_id


class ProclaimedDay(Model, table=True):
    """A day that is a bank holiday in a nation, or is worked there though it was to be one, whatever is published.

    `source` says where it was proclaimed.
    """

    __tablename__ = "proclaimed_day"
    __table_args__ = (UniqueConstraint("nation", "day"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    nation: Nation = Field(sa_type=choice(Nation))
    day: date
    name: str = Field(max_length=150)
    is_holiday: bool = True
    source: str = Field(default="", max_length=300)


class CalendarBasis(Model, table=True):
    """The bank holidays by which the days in the register were last worked out: one row.

    `days` maps a nation to the days that were published, each in the form 2026-06-15, and `proclaimed` to those in the
    register, each with whether it is a bank holiday.
    """

    __tablename__ = "calendar_basis"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    days: dict[str, list[str]] = Field(sa_type=Json)
    proclaimed: dict[str, dict[str, bool]] = Field(sa_type=Json)
    adopted_at: datetime = Field(sa_type=Instant)
