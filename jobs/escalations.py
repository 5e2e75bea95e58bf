"""Sending up what nobody acknowledged in time."""

from datetime import datetime

from bot.services.risks import escalations
from jobs.desk import JobDesk, Planned

NAME = "escalate"


async def run(desk: JobDesk, now: datetime) -> int:
    """Send each escalation whose time has run out up a rung; how many went up."""
    return await desk.work(NAME, now, escalations.climb)


async def plan(desk: JobDesk, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await desk.rehearse(NAME, now, escalations.climb)
