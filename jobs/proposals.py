"""The job that tells whoever may act what is proposed where delivery falls short."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from bot.services.remedies import proposal_messages
from jobs.context import JobContext, Planned, Units

NAME = "propose"


async def run(ctx: JobContext, now: datetime) -> int:
    """Tell people of each contract on which something new is proposed; returns how many messages that made."""
    units = ctx.units(NAME, now)
    told = await units.each(await units.read(proposal_messages.contracts_to_look_at), partial(_tell, units))
    units.raise_failure()
    return told


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The messages that a run would send."""
    return await ctx.rehearse(run, now)


async def _tell(units: Units, found: tuple[int, Mapping[str, datetime]]) -> int:
    contract_id, happened = found
    return await units.write(partial(proposal_messages.tell, contract_id=contract_id, happened=happened))
