"""The weekly performance summary."""

from datetime import datetime

from bot.services import summary
from bot.services.progress import reports
from bot.services.work import Work
from jobs.desk import JobDesk, Planned

NAME = "summary"


async def run(desk: JobDesk, now: datetime) -> int:
    """Post the summary that is due, to each portfolio channel that has not had it; how many were posted."""
    return await desk.work(NAME, now, post)


async def plan(desk: JobDesk, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await desk.rehearse(NAME, now, post)


def post(work: Work) -> int:
    """One run. Reports are opened first, so that the summary knows what falls due."""
    reports.open_reports(work)
    return summary.post_weekly(work)
