"""Asking partners for what is due."""

import logging
from datetime import datetime

from bot.services import kept_forms
from bot.services.progress import prompts, reports
from bot.services.work import Work
from jobs.desk import JobDesk, Planned

NAME = "prompt"
log = logging.getLogger(__name__)


async def run(desk: JobDesk, now: datetime) -> int:
    """Open the reports of periods that have ended and prompt for those that are due; how many prompts went out."""
    return await desk.work(NAME, now, prompt)


async def plan(desk: JobDesk, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await desk.rehearse(NAME, now, prompt)


def prompt(work: Work) -> int:
    """One run. A report whose prompt cannot be made holds up no other: it stays due, and the log says so.

    What people typed two weeks ago and never sent is let go with it.
    """
    kept_forms.forget_old(work)
    reports.open_reports(work)
    sent = 0
    for report in prompts.reports_to_prompt(work):
        try:
            with work.session.begin_nested():
                sent += prompts.prompt_for(work, report)
        except Exception:  # whatever is wrong with one, the others are asked for
            log.exception("no prompt for report %s", report.id)
    return sent
