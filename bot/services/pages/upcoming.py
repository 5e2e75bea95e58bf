"""What will go out: messages that the jobs have not sent yet, as a rehearsal of them found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.access import ContractRef, Permission
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class Upcoming:
    """A message that a job will send: when, which job, where to, what a phone would show, why, and about which
    contract, if it is about one. `updates` is for one that changes an earlier message in place."""

    at: datetime
    job: str
    channel: str
    text: str
    why: str
    contract_id: int | None
    updates: bool


@dataclass(frozen=True)
class UpcomingPage:
    """What will go out on somebody's contracts, soonest first; `reference` where it is one contract's alone."""

    reference: str
    until: datetime
    messages: Sequence[Upcoming]


def upcoming(ctx: ActorContext, foreseen: Sequence[Upcoming], until: datetime, typed: str) -> UpcomingPage:
    """Those of the messages that are about the asker's contracts, or about the one that was typed. Denied,
    UserError, AmbiguousMatch."""
    contracts = contracts_meant(ctx, typed)
    own = {contract.id for contract in contracts}
    reference = contracts[0].reference if typed else ""
    return UpcomingPage(reference, until, [message for message in foreseen if message.contract_id in own])


def contracts_meant(ctx: ActorContext, typed: str) -> list[ContractRef]:
    """The contract that was typed, or all of the asker's where none was. Denied, UserError, AmbiguousMatch."""
    return (
        [contract_lookup.contract_for(ctx, typed, Permission.SEE)] if typed else ctx.contracts_open_to(Permission.SEE)
    )
