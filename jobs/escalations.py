"""The job that escalates late items and shortfalls, and asks the next person when nobody answered in time."""

from datetime import datetime
from functools import partial
from typing import Any

from bot.services.escalations.escalation_run import PHASES, Phase
from jobs.context import JobContext, Planned, Units

NAME = "escalate"


async def run(ctx: JobContext, now: datetime) -> int:
    """Start, continue and end escalations; returns how many people were asked and how many escalations ended.

    A failure of one does not stop the others, and the next run tries it again.
    """
    units, done = ctx.units(NAME, now), 0
    for phase in PHASES:
        done += await units.each(await units.read(phase.find), partial(_do, units, phase))
    units.raise_failure()
    return done


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _do(units: Units, phase: Phase[Any, Any], item: object) -> int:
    prepare = phase.prepare
    ready = item if prepare is None else await units.read(lambda work: prepare(work, item))
    return 0 if ready is None else bool(await units.write(lambda work: phase.do(work, ready)))
