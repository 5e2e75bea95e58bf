"""Asking partners for what is due."""

from datetime import datetime
from functools import partial

from bot.models import Report
from bot.services import drafts
from bot.services.progress import reports
from jobs.context import JobContext, Planned, Units, few

NAME = "prompt"
OPENED_AT_ONCE = 5  # contracts, in one write


async def run(ctx: JobContext, now: datetime) -> int:
    """Open the reports of periods that have ended and prompt for those are due; how many went out.

    A report whose prompt cannot be made holds up no other: it stays due, and the log says so. What people typed two
    weeks ago and never sent is let go with it.
    """
    units = ctx.units(NAME, now)
    await units.write(drafts.discard_old)
    await open_reports(units)
    return await units.each(await units.read(reports.reports_to_prompt), partial(_prompt, units))


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """What a run would send."""
    return await ctx.rehearse(run, now)


async def open_reports(units: Units) -> None:
    """Open the reports of every period that has ended."""
    for contracts in few(await units.read(reports.contracts_to_open), OPENED_AT_ONCE):
        await units.write(partial(reports.open_reports, among=contracts))


async def _prompt(units: Units, due: Report) -> int:
    prompt = await units.read(partial(reports.prepare, report=due))
    return 0 if prompt is None else await units.write(partial(reports.send, prompt=prompt))
