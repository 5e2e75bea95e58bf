"""The job that removes at night what is kept no longer."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.domain.wording import plural
from bot.services.retention import housekeeping, removing
from bot.services.retention.housekeeping import Rule
from bot.services.retention.removing import PastContract
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned, Units, batches

NAME = "retention"
AT_MOST = 50_000  # of each kind in one night: the next goes on
log = logging.getLogger(__name__)


async def run(ctx: JobContext, now: datetime) -> int:
    """Remove what each rule of housekeeping lets go; returns how many rows of all kinds were removed.

    The records of contracts that are past their time are removed if that is set, else the log says how many there are.
    """
    units = ctx.units(NAME, now)

    async def keep_house(rule: Rule) -> int:
        return await _keep_house(ctx, units, rule)

    removed = await units.each(housekeeping.RULES, keep_house)
    removed += await _contracts(ctx, units)
    units.raise_failure()
    return removed


async def plan(_ctx: JobContext, _now: datetime) -> list[Planned]:
    """The messages of a run: none."""
    return []


async def _contracts(ctx: JobContext, units: Units) -> int:
    """Remove the records of the contracts whose time is over, some in each write."""
    years = ctx.retention.years
    found = await units.read(lambda work: removing.past_contracts(work, years))
    going = [past for past in found if not past.kept]
    if going and not ctx.retention.applies:
        ended = plural(len(going), "contract")
        log.info("%s ended more than %d years ago: see liaison retention --dry-run", ended, years)
        return 0

    async def remove(past: PastContract) -> int:
        if not await units.write(lambda work: removing.begin(work, past, years)):
            return 0
        rows = 0
        while left := await units.read(partial(removing.some_left, contract_id=past.id)):
            rows += await units.write(partial(removing.remove, left=left))
        log.info("removed: the records of %s, %d rows", past.reference, rows)
        return rows

    return await units.each(going, remove)


async def _keep_house(ctx: JobContext, units: Units, rule: Rule) -> int:
    found = await units.read(lambda work: rule.find(work, ctx.retention, AT_MOST))
    for some in batches(found, rule.at_once):
        await units.write(partial(_remove, rule=rule, keys=some))
    if found:
        log.info("removed: %d %s", len(found), rule.what)
    return len(found)


def _remove(work: UnitOfWork, rule: Rule, keys: Sequence[Any]) -> None:
    rule.remove(work, keys)
