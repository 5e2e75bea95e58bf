"""Bank holidays that were proclaimed, or moved, beside those that are published."""

from typing import Annotated

from pydantic import Field

from bot import models
from bot.domain.bank_holidays import Nation
from bot.records import readers
from bot.records.fields import Day, Flag, Name
from bot.records.record import Hint, Record


class HolidayRecord(Record):
    """Bank holidays that were proclaimed, or moved, beside those that GOV.UK had published for this version."""

    sheet = "holidays"
    one = "bank holiday"
    key_fields = ("nation", "day")
    table = models.ProclaimedDay
    not_in_forms = ("is_holiday",)

    nation: Annotated[Nation, readers.choice(Nation)] = Field(description="Where it is kept.")
    day: Day = Field(description="The day.")
    name: Name = Field(description="What it is called.")
    is_holiday: Flag = Field(
        title="Bank holiday",
        default=True,
        description="Whether it is a bank holiday; no for one that was moved to another day, so that it is worked.",
    )
    source: Annotated[str, readers.text(300), Hint("For example the date of the proclamation.")] = Field(
        default="", description="Where it was proclaimed."
    )
