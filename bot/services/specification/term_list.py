"""The lists of a contract's terms: those that stand, and apart those that have ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, not_, select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.deadlines import Deadline
from bot.domain.figures import format_figure
from bot.models import Kpi
from bot.records import Term
from bot.services import changes
from bot.services.lookup import contracts as contract_lookup
from bot.services.paging import ON_A_PAGE, page_count, page_number
from bot.services.specification.term_change import Row, end_in_words, rows_of
from bot.services.specification.term_kinds import TermKind
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class TermLine:
    """A term in a list: its name, what else there is to say of it by the field's label, and when and why it ended."""

    key: str
    name: str
    facts: Sequence[tuple[str, str]]
    ended: str = ""
    why: str = ""


@dataclass(frozen=True)
class TermList:
    """A page of the terms of one kind on a contract. `ended` is the number of those that have ended, which are listed
    apart."""

    kind: TermKind
    contract: ContractRef
    lines: Sequence[TermLine]
    number: int
    found: int
    ended: int
    shows_ended: bool
    may_change: bool

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return page_count(self.found)


def list_terms(ctx: ActorContext, kind: TermKind, typed: str) -> TermList:
    """The first terms of a contract that the actor may see. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return _list(ctx, kind, contract_lookup.contract_for(ctx, typed, Permission.SEE), 1, ended=False)


def list_terms_by_key(ctx: ActorContext, kind: TermKind, key: str, number: int, *, ended: bool) -> TermList:
    """A page of the terms of the contract of a button. Raises `UserError` or `Denied`."""
    return _list(ctx, kind, contract_lookup.contract_by_key(ctx, key, Permission.SEE), number, ended=ended)


def _list(ctx: ActorContext, kind: TermKind, contract: ContractRef, number: int, *, ended: bool) -> TermList:
    stands, of_it = kind.stands(ctx.today), col(kind.table.contract_id) == contract.id
    counts = {
        over: ctx.session.scalar(select(func.count()).select_from(kind.table).where(of_it, which)) or 0
        for over, which in ((False, stands), (True, not_(stands)))
    }
    shown = page_number(number, counts[ended])
    found = select(kind.table).where(of_it, not_(stands) if ended else stands)
    found = found.order_by(*(col(getattr(kind.table, name)).nulls_last() for name in kind.order))
    rows = rows_of(ctx, found.limit(ON_A_PAGE).offset((shown - 1) * ON_A_PAGE))
    apart = kind.apart(ctx, rows)
    lines = [_line(kind, row, apart.get(row.id, {})) for row in rows]
    may_change = ctx.may(Permission.CHANGE, contract)
    return TermList(kind, contract, lines, shown, counts[ended], counts[True], ended, may_change)


def _line(kind: TermKind, row: Row, apart: Mapping[str, object]) -> TermLine:
    fields, record = kind.record.fields(), kind.record
    values = ((label or fields[name].label, _in_words(record, row, name, apart)) for name, label in kind.listed.items())
    last = record.value_in(row, record.end[0])
    ended = "" if last is None else end_in_words(last)
    facts = [(label, words) for label, words in values if words]
    return TermLine(row.public_id, _name(row), facts, ended, row.end_reason)


def _in_words(record: type[Term], row: Row, name: str, apart: Mapping[str, object]) -> str:
    """The value of a field for a list, a day with the rule that gives it; "" for none."""
    value = apart[name] if name in record.apart else record.value_in(row, name)
    if isinstance(value, Deadline):
        day = changes.in_words(getattr(row, record.column(name)))
        return f"{day} ({value})" if value.kept_rule else day
    if isinstance(row, Kpi) and isinstance(value, Decimal):
        return format_figure(value, row.unit)
    return "" if value in (None, "") else changes.in_words(value)


def _name(row: Row) -> str:
    return f"{row.name} ({row.code})" if isinstance(row, Kpi) else row.name
