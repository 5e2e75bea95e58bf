"""The ladder of an escalation: who is asked when nobody answers, and after how much working time."""

from datetime import datetime, timedelta

from bot.domain.calendar import Nation
from bot.domain.working_hours import after_working_time

# Working hours in which somebody acknowledges before it goes up, by the contract's tier in small letters.
HOURS = {"gold": 4, "silver": 8, "bronze": 16}
HOURS_ELSE = 8


def climbs_at(asked_at: datetime, tier: str, nation: Nation) -> datetime:
    """When silence sends it up a rung. `CalendarEnds`."""
    return after_working_time(asked_at, timedelta(hours=HOURS.get(tier.lower(), HOURS_ELSE)), nation)
