"""Escalating: what came to be late or fell short, and what nobody answered in time."""

from datetime import datetime

from bot.services.escalations import watching
from jobs.desk import JobDesk, Planned

NAME = "escalate"


async def run(desk: JobDesk, now: datetime) -> int:
    """Begin, go on with and end escalations; how many people were asked, and how many are over."""
    return await desk.work(NAME, now, watching.watch)


async def plan(desk: JobDesk, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await desk.rehearse(NAME, now, watching.watch)
