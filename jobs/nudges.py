"""Reminding people of what falls due, and keeping their messages up to date."""

from datetime import datetime

from bot.services.nudges import reminders
from bot.services.work import Work
from jobs.desk import JobDesk, Planned

NAME = "nudge"


async def run(desk: JobDesk, now: datetime) -> int:
    """Remind on a working morning, and update what was sent before; how many messages went out or were updated."""
    return await desk.work(NAME, now, nudge)


async def plan(desk: JobDesk, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await desk.rehearse(NAME, now, nudge)


def nudge(work: Work) -> int:
    """One run. What was done since is shown first, so that nobody is reminded of it."""
    return reminders.refresh(work) + reminders.remind(work)
