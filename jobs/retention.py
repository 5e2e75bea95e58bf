"""The job that removes at night what is kept no longer."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.services.retention import housekeeping
from bot.services.retention.housekeeping import Rule
from bot.services.unit_of_work import UnitOfWork
from jobs.context import JobContext, Planned, Units, batches

NAME = "retention"
AT_MOST = 50_000  # of each kind in one night: the next goes on
log = logging.getLogger(__name__)


async def run(ctx: JobContext, now: datetime) -> int:
    """Remove what each rule of housekeeping lets go; returns how many of all kinds were removed."""
    units = ctx.units(NAME, now)

    async def keep_house(rule: Rule) -> int:
        return await _keep_house(ctx, units, rule)

    removed = await units.each(housekeeping.RULES, keep_house)
    units.raise_failure()
    return removed


async def plan(_ctx: JobContext, _now: datetime) -> list[Planned]:
    """The messages of a run: none."""
    return []


async def _keep_house(ctx: JobContext, units: Units, rule: Rule) -> int:
    found = await units.read(lambda work: rule.find(work, ctx.retention, AT_MOST))
    for some in batches(found, rule.at_once):
        await units.write(partial(_remove, rule=rule, keys=some))
    if found:
        log.info("removed: %d %s", len(found), rule.what)
    return len(found)


def _remove(work: UnitOfWork, rule: Rule, keys: Sequence[Any]) -> None:
    rule.remove(work, keys)
