"""Removing the records of contracts that ended long ago: what would go, why others stay, and doing it.

A contract is removed in several writes of bounded size. The first notes that it is removed, with a trail entry; a run
that ends before the last one is continued by the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table, delete, func, select, tuple_
from sqlmodel import col

from bot.db import insert, table
from bot.domain.retention import years_before
from bot.domain.wording import format_date, plural
from bot.models import WAITING_STATES, Contract, ContractRemoval, Escalation, LegalHold, OutboxMessage
from bot.scopes import on_contract
from bot.services.due.open_items import open_items, sources_in_use
from bot.services.due.selection import DueBetween
from bot.services.retention.records import hangs_on, keys_on, tables_of_contract
from bot.services.unit_of_work import UnitOfWork

AT_ONCE = 200
"""Rows that are removed in one write."""


@dataclass(frozen=True)
class PastContract:
    """A contract that ended before the years for which records are kept. `kept` are the reasons why it stays, none if
    it may go; `rows` are how many rows of each table hang on it."""

    id: int
    reference: str
    ended_on: date
    kept: Sequence[str]
    rows: Mapping[str, int]


def past_contracts(work: UnitOfWork, years: int) -> list[PastContract]:
    """The contracts that ended so many years ago or longer, by reference, and those whose removal has begun."""
    begun = set(work.session.scalars(select(col(ContractRemoval.contract_id))))
    ended = col(Contract.end_date) < years_before(work.today, years)
    rows = work.session.scalars(
        select(Contract).where(ended | col(Contract.id).in_(begun)).order_by(col(Contract.reference))
    ).all()
    newest = work.session.scalar(select(func.max(col(Contract.id))))
    return [
        PastContract(
            row.id,
            row.reference,
            row.end_date,
            [] if row.id in begun else _kept(work, row, is_newest=row.id == newest),
            _rows(work, row.id),
        )
        for row in rows
    ]


def _kept(work: UnitOfWork, contract: Contract, *, is_newest: bool) -> list[str]:
    """Why a contract stays."""
    held = work.session.get(LegalHold, contract.id)
    sources = sources_in_use(work)
    items = open_items(work, on_contract(contract.id), DueBetween(), sources=sources)
    escalations = _count(work, table(Escalation), contract.id, col(Escalation.ended_at).is_(None))
    waiting = _count(work, table(OutboxMessage), contract.id, col(OutboxMessage.state).in_(WAITING_STATES))
    reasons = [
        f"it is on legal hold since {format_date(held.since.date())}: {held.reason}" if held else "",
        f"{plural(len(items), 'thing')} of it are open: {items[0].what}" if items else "",
        f"{plural(escalations, 'escalation')} of it are open" if escalations else "",
        f"{plural(waiting, 'message')} about it wait to be sent" if waiting else "",
        # SQLite would give its number to the next contract, and the history would be taken for that one's.
        "it is the newest contract in the register" if is_newest else "",
    ]
    return [reason for reason in reasons if reason]


def _rows(work: UnitOfWork, contract_id: int) -> dict[str, int]:
    counts = {each.name: _count(work, each, contract_id) for each in tables_of_contract()}
    return {name: count for name, count in counts.items() if count}


def _count(work: UnitOfWork, each: Table, contract_id: int, *conditions: object) -> int:
    counted = select(func.count()).select_from(each).where(hangs_on(each, contract_id), *conditions)  # type: ignore[arg-type]  # SQL conditions
    return work.session.scalar(counted) or 0


def begin(work: UnitOfWork, past: PastContract, years: int) -> bool:
    """Note that the records of a contract are removed; False if it has to stay by now. It may be done again."""
    contract = work.session.get(Contract, past.id, with_for_update=True)
    if contract is None:
        return False
    if work.session.get(ContractRemoval, past.id) is not None:
        return True
    if contract.end_date >= years_before(work.today, years) or work.session.get(LegalHold, past.id) is not None:
        return False
    insert(work.session, ContractRemoval, contract_id=past.id, reference=past.reference, at=work.now)
    rule = f"it ended on {format_date(past.ended_on)}, more than {plural(years, 'year')} ago"
    counts = ", ".join(f"{name} {count}" for name, count in past.rows.items())
    work.record("records removed", past.reference, why=rule, rows=counts[:1000])
    return True


@dataclass(frozen=True)
class Left:
    """Some of the rows that are left of a contract, by their keys, which nothing else of it stands on."""

    table: Table
    keys: Sequence[tuple[object, ...]]


def some_left(work: UnitOfWork, contract_id: int) -> Left | None:
    """Some of what is left of a contract, at last the contract itself; None if nothing is."""
    for each in tables_of_contract():
        keys = work.session.execute(keys_on(each, contract_id).limit(AT_ONCE)).all()
        if keys:
            return Left(each, [tuple(key) for key in keys])
    is_there = work.session.get(Contract, contract_id) is not None
    return Left(table(Contract), [(contract_id,)]) if is_there else None


def remove(work: UnitOfWork, left: Left) -> int:
    """Remove these rows; returns how many they are."""
    keys = [*left.table.primary_key.columns]
    work.session.execute(delete(left.table).where(tuple_(*keys).in_(left.keys)))
    return len(left.keys)
