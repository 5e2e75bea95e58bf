"""The job that asks partners for reports."""

from datetime import datetime
from functools import partial

from bot.models import Report
from bot.services import drafts
from bot.services.progress import prompting, reports
from bot.services.progress.prompting import Repeat
from jobs.context import JobContext, Planned, Units, batches

NAME = "prompt"
OPENED_AT_ONCE = 3  # contracts, in one write


async def run(ctx: JobContext, now: datetime) -> int:
    """Open the reports of periods that have ended and prompt for those that are due; returns how many prompts went out.
    What did not arrive is sent again.

    A report whose prompt fails does not stop the others: it stays due, and the failure is logged. The job also deletes
    form drafts of two weeks ago.
    """
    units = ctx.units(NAME, now)
    await units.write(drafts.discard_old)
    await open_reports(units)
    asked = await units.each(await units.read(prompting.reports_to_prompt), partial(_prompt, units))
    return asked + await units.each(await units.read(prompting.to_repeat), partial(_ask_again, units))


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def open_reports(units: Units) -> None:
    """Open the reports of every period that has ended."""
    for contracts in batches(await units.read(reports.contracts_to_open), OPENED_AT_ONCE):
        await units.write(partial(reports.open_reports, among=contracts))


async def _prompt(units: Units, due: Report) -> int:
    prompt = await units.read(partial(prompting.prepare, report=due))
    return 0 if prompt is None else await units.write(partial(prompting.send, prompt=prompt))


async def _ask_again(units: Units, repeat: Repeat) -> int:
    return await units.write(partial(prompting.send_again, repeat=repeat))
