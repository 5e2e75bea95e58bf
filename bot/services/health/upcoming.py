"""What will go out: messages that the jobs have not sent yet, as a rehearsal of them found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.access import Action
from bot.services.contracts import register
from bot.services.work import Act


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


def upcoming(act: Act, foreseen: Sequence[Upcoming], until: datetime, typed: str) -> UpcomingPage:
    """Those of the messages that are about the asker's contracts, or about the one that was typed. Denied,
    NoSuchContract, Several."""
    if typed:
        contract = register.contract_for(act, typed, Action.SEE)
        own, reference = {contract.id}, contract.reference
    else:
        own, reference = {contract.id for contract in act.contracts_open_to(Action.SEE)}, ""
    return UpcomingPage(reference, until, [message for message in foreseen if message.contract_id in own])
