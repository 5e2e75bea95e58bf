"""The messages that the jobs will send, as a rehearsal of the jobs found them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.access import ContractRef, Permission
from bot.delivery import outbox
from bot.domain.calendar import Nation
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class Upcoming:
    """A message that a job will send: when, which job, where to, its text on a phone, why, and its contract if it has
    one. `updates`: it updates an earlier message in place."""

    at: datetime
    job: str
    channel: str
    text: str
    why: str
    contract_id: int | None
    updates: bool

    @property
    def is_for_a_person(self) -> bool:
        """Whether it goes to a person, and not into a channel."""
        return outbox.is_for_a_person(self.channel)


@dataclass(frozen=True)
class UpcomingPage:
    """The messages that will go out on the actor's contracts, soonest first; `reference` if it is one contract's
    page."""

    reference: str
    until: datetime
    messages: Sequence[Upcoming]


def upcoming(ctx: ActorContext, rehearsed: Sequence[Upcoming], until: datetime, typed: str) -> UpcomingPage:
    """The messages about the actor's contracts, or about the typed contract.

    Raises `Denied`, `UserError` or `AmbiguousMatch`.
    """
    contracts = contracts_meant(ctx, typed)
    own = {contract.id for contract in contracts}
    reference = contracts[0].reference if typed else ""
    mark = ctx.calendar.of(Nation.ENGLAND_AND_WALES).as_worked_out_instant
    found = [replace(message, at=mark(message.at)) for message in rehearsed if message.contract_id in own]
    return UpcomingPage(reference, mark(until), found)


def contracts_meant(ctx: ActorContext, typed: str) -> list[ContractRef]:
    """The typed contract, or all of the actor's if none was typed. Raises `Denied`, `UserError` or `AmbiguousMatch`."""
    return (
        [contract_lookup.contract_for(ctx, typed, Permission.SEE)] if typed else ctx.contracts_open_to(Permission.SEE)
    )
