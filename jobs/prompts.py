"""Asking partners for what is due."""

import logging
from datetime import datetime

from bot.services import drafts
from bot.services.progress import reports
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned

NAME = "prompt"
log = logging.getLogger(__name__)


async def run(ctx: JobContext, now: datetime) -> int:
    """Open the reports of periods that have ended and prompt for those that are due; how many prompts went out."""
    return await ctx.work(NAME, now, prompt)


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await ctx.rehearse(run, now)


def prompt(work: UnitOfWork) -> int:
    """One run. A report whose prompt cannot be made holds up no other: it stays due, and the log says so.

    What people typed two weeks ago and never sent is let go with it.
    """
    drafts.forget_old(work)
    reports.open_reports(work)
    sent = 0
    for report in reports.reports_to_prompt(work):
        try:
            with work.session.begin_nested():
                sent += reports.prompt_for(work, report)
        except Exception:  # whatever is wrong with one, the others are asked for
            log.exception("no prompt for report %s", report.id)
    return sent
