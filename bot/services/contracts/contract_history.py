"""The history of a contract, read from the audit: who changed what, when, from what to what, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.models import AuditEntry, Person
from bot.services.contracts import register
from bot.services.paging import page_count, page_number
from bot.services.work import Act

ON_A_PAGE = 8


@dataclass(frozen=True)
class Entry:
    """One act: `subject` is the record it was about, `changes` what differs, by name, as [was, became]."""

    at: datetime
    who: str
    action: str
    subject: str
    changes: Mapping[str, Sequence[str]]
    why: str


@dataclass(frozen=True)
class History:
    """Some of a contract's entries, the newest first; pages count from 1."""

    contract: ContractFacts
    entries: Sequence[Entry]
    number: int
    found: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return page_count(self.found, ON_A_PAGE)


def contract_history(act: Act, typed: str, page: int = 1) -> History:
    """A page of the history of a contract that the actor may see; one beyond the last is the last.

    NoSuchContract, SeveralContracts, Denied.
    """
    contract = register.contract_for(act, typed, Action.SEE)
    of_contract = col(AuditEntry.contract_id) == contract.id
    found = act.session.scalar(select(func.count()).select_from(AuditEntry).where(of_contract)) or 0
    number = page_number(page, found, ON_A_PAGE)
    rows = act.session.execute(
        select(AuditEntry, col(Person.name))
        .outerjoin(Person, col(Person.slack) == col(AuditEntry.actor))
        .where(of_contract)
        .order_by(col(AuditEntry.id).desc())
        .offset((number - 1) * ON_A_PAGE)
        .limit(ON_A_PAGE)
    )
    entries = [
        Entry(entry.at, name or entry.actor, entry.action, entry.subject, entry.changes, entry.why)
        for entry, name in rows
    ]
    return History(contract, entries, number, found)
