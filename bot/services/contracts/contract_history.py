"""The history of a contract, read from the audit trail: who changed what, when and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.models import EarlierAccount, Person, TrailEntry
from bot.services.lookup import contracts as contract_lookup
from bot.services.paging import page_count, page_number
from bot.services.unit_of_work import ActorContext
from bot.trail import is_actor

ON_A_PAGE = 8


@dataclass(frozen=True)
class HistoryEntry:
    """One change: `subject` is the changed record, `changes` are its differences by name, as [before, after]."""

    at: datetime
    who: str
    action: str
    subject: str
    changes: Mapping[str, Sequence[str]]
    why: str
    is_redacted: bool


@dataclass(frozen=True)
class ContractHistory:
    """A page of a contract's history, the newest first; pages count from 1."""

    contract: ContractRef
    entries: Sequence[HistoryEntry]
    number: int
    found: int

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return page_count(self.found, ON_A_PAGE)


def contract_history(ctx: ActorContext, typed: str, page: int = 1) -> ContractHistory:
    """A page of the history of a contract that the actor may see; a page beyond the last is the last.

    Raises `UserError`, `AmbiguousMatch` or `Denied`.
    """
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    of_contract = col(TrailEntry.contract_id) == contract.id
    found = ctx.session.scalar(select(func.count()).select_from(TrailEntry).where(of_contract)) or 0
    number = page_number(page, found, ON_A_PAGE)
    rows = ctx.session.execute(
        select(TrailEntry, col(Person.name))
        .outerjoin(EarlierAccount, col(EarlierAccount.slack) == col(TrailEntry.actor))
        .outerjoin(Person, is_actor())
        .where(of_contract)
        .order_by(col(TrailEntry.id).desc())
        .offset((number - 1) * ON_A_PAGE)
        .limit(ON_A_PAGE)
    )
    entries = [
        HistoryEntry(
            entry.at,
            name or entry.actor,
            entry.action,
            entry.subject,
            entry.changes,
            entry.why,
            entry.redaction_id is not None,
        )
        for entry, name in rows
    ]
    return ContractHistory(contract, entries, number, found)
