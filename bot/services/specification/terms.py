"""The terms of a contract, kept in Slack with their history: KPIs, milestones, obligations and options to extend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key, insert
from bot.domain.normalisation import name_key
from bot.domain.periods import Month, months
from bot.domain.search import search_by
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import nearest, quoted
from bot.errors import UserError
from bot.models import Contract, Kpi
from bot.records import KpiRecord, Term
from bot.services import changes, edit_conflicts
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.specification import kpi_targets, term_notice
from bot.services.specification.days import check_day
from bot.services.specification.term_change import Row, TermChange, end_in_words, rows_of, word_of
from bot.services.specification.term_kinds import TermKind
from bot.services.specification.term_notice import TermNotice
from bot.services.unit_of_work import ActorContext

LONGEST_WHY = 300


@dataclass(frozen=True)
class TermForm:
    """A form for a term: a new one of the contract, or one that is there with its values."""

    kind: TermKind
    contract: ContractRef
    key: str
    name: str
    values: Mapping[str, object]
    fixed: Sequence[str] = ()
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class TermEnd:
    """A term that may be ended: the months that may be its last, or none where it ends on a day."""

    kind: TermKind
    contract: ContractRef
    key: str
    name: str
    months: Sequence[Month] = ()

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        """The months in words, with their keys."""
        return [(str(month), month.key) for month in self.months]


class Done(StrEnum):
    """What was done with a term, in the words of the history."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True)
class KeptTerm:
    """A term after it was added, changed or ended, what changed, and what became of telling the partner, if that was
    chosen."""

    kind: TermKind
    contract: ContractRef
    name: str
    done: Done
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notice: TermNotice | None = None

    @property
    def was_added(self) -> bool:
        """Whether it is new."""
        return self.done is Done.ADDED

    @property
    def has_ended(self) -> bool:
        """Whether it was ended just now."""
        return self.done is Done.ENDED

    @property
    def is_as_before(self) -> bool:
        """Whether the form said what was there."""
        return self.done is Done.CHANGED and not self.changes


def new_term(ctx: ActorContext, kind: TermKind, contract_key: str) -> TermForm:
    """The form for a new term of the contract of a button. Raises `UserError` or `Denied`."""
    return _new(ctx, kind, contract_lookup.contract_by_key(ctx, contract_key, Permission.CHANGE))


def new_term_typed(ctx: ActorContext, kind: TermKind, typed: str) -> TermForm:
    """The same for the contract that was typed. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return _new(ctx, kind, contract_lookup.contract_for(ctx, typed, Permission.CHANGE))


def term_named(ctx: ActorContext, kind: TermKind, typed: str, words: str) -> str:
    """The key of the term of a contract whose code or name fits the words. Raises `UserError`, `AmbiguousMatch` or
    `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.CHANGE)
    rows = rows_of(ctx, select(kind.table).where(col(kind.table.contract_id) == contract.id, kind.stands(ctx.today)))
    found = search_by(words, rows, word_of, lambda row: row.name)
    if len(found) > 1:
        raise AmbiguousMatch(words, kind.one, [Option(f'"{word_of(row)}"', word_of(row), row.name) for row in found])
    if not found:
        close = nearest(words, [name for row in rows for name in (word_of(row), row.name)])
        meant = f"Did you mean {close}?" if close else f"To see them: /contract {kind.word} {contract.reference}."
        raise UserError(f"There is no {kind.one} {quoted(words)} on {contract.reference}. {meant}")
    return found[0].public_id


def term_to_change(ctx: ActorContext, kind: TermKind, key: str) -> TermForm:
    """The form of a term with its present values. Raises `UserError` or `Denied`."""
    row, contract = _standing(ctx, kind, key)
    fields = kind.form(ctx, ctx.session.get_one(Contract, contract.id), row)
    values = {**kind.record.kept_in(row), **fields.values}
    return TermForm(kind, contract, row.public_id, word_of(row), values, kind.fixed, fields.choices)


def add_term(ctx: ActorContext, kind: TermKind, contract_key: str, after: Term, *, tell: bool = False) -> KeptTerm:
    """Add a term to a contract, and perhaps tell the partner. Raises `UserError` with its field, or `Denied`."""
    facts = contract_lookup.contract_by_key(ctx, contract_key, Permission.CHANGE)
    change = _change(ctx, kind, ctx.session.get_one(Contract, facts.id), None, after)
    added = insert(ctx.session, kind.table, contract_id=facts.id, **change.columns)
    for row in rows_of(ctx, select(kind.table).where(col(kind.table.id) == added)):
        kind.keep(ctx, row, change)
    ctx.record(f"{kind.one} {Done.ADDED}", after.known_as, contract_id=facts.id)
    kept = KeptTerm(kind, facts, str(after.identity[1]), Done.ADDED)
    name = after.name if isinstance(after, KpiRecord) else kept.name
    return (
        _told(ctx, kept, name, term_notice.lines_of_new(kind, after), term_notice.holds_from(after)) if tell else kept
    )


def change_term(ctx: ActorContext, kind: TermKind, key: str, after: Term, why: str, *, tell: bool = False) -> KeptTerm:
    """Change a term, and perhaps tell the partner; the history has each value before and after, and the reason. Raises
    `UserError` with its field, `Denied` or `EditConflict`."""
    row, facts = _standing(ctx, kind, key, locked=True)
    _check_conflicts(ctx, kind, facts, row)
    change = _change(ctx, kind, ctx.session.get_one(Contract, facts.id), row, after)
    reason = optional_text(why, what="the reason", at_most=LONGEST_WHY, field="why")
    made = {**changes.apply(row, change.columns), **kind.keep(ctx, row, change)}
    if made:
        ctx.record(f"{kind.one} {Done.CHANGED}", after.known_as, contract_id=facts.id, changes=made, why=reason)
        ctx.session.flush()
    kept, lines = KeptTerm(kind, facts, word_of(row), Done.CHANGED, made), term_notice.lines_of(kind, made)
    since = term_notice.holds_from(after) if kpi_targets.SINCE in made else None
    return _told(ctx, kept, row.name, lines, since) if tell else kept


def term_to_end(ctx: ActorContext, kind: TermKind, key: str) -> TermEnd:
    """A term that may be ended. Raises `UserError` or `Denied`."""
    row, contract = _standing(ctx, kind, key)
    kind.check_end(ctx, row)
    months = _last_months(ctx, row) if isinstance(row, Kpi) else ()
    return TermEnd(kind, contract, row.public_id, word_of(row), months)


def end_term(
    ctx: ActorContext, kind: TermKind, key: str, last: date | Month, why: str, *, tell: bool = False
) -> KeptTerm:
    """End a term on a day up to today, or a KPI with a month, and perhaps tell the partner. It is kept with the reason,
    and asked of nobody.

    Raises `UserError` with its field, `Denied` or `EditConflict`.
    """
    row, facts = _standing(ctx, kind, key, locked=True)
    _check_conflicts(ctx, kind, facts, row)
    kind.check_end(ctx, row)
    reason = required_text(why, what="why it ends", at_most=LONGEST_WHY, field="reason")
    made = _end(ctx, row, last, facts)
    row.end_reason = reason
    ctx.record(f"{kind.one} {Done.ENDED}", _subject(facts, row), contract_id=facts.id, changes=made, why=reason)
    ctx.session.flush()
    kept = KeptTerm(kind, facts, word_of(row), Done.ENDED, made)
    return _told(ctx, kept, row.name, term_notice.lines_of(kind, made, ended=True), None) if tell else kept


def _end(ctx: ActorContext, row: Row, last: date | Month, contract: ContractRef) -> dict[str, list[str]]:
    """Note when a term ended. Raises `UserError`."""
    if isinstance(row, Kpi) or isinstance(last, Month):
        if not isinstance(row, Kpi) or not isinstance(last, Month) or last not in _last_months(ctx, row):
            raise UserError("Choose one of the list.", field="on")
        before, row.last_period = row.last_period, last.key
        return {"last month": [str(Month.parse(before)) if before else "nothing", str(last)]}
    started = ctx.session.get_one(Contract, contract.id).start_date
    check_day(ctx, last, since=started, what="the contract started")
    return changes.apply(row, {"ended_on": last})


def _told(ctx: ActorContext, kept: KeptTerm, name: str, lines: Sequence[str], since: date | None) -> KeptTerm:
    """The same, after the partner was told of it."""
    subject = f"{kept.kind.capital} {kept.done}: {name}"
    return replace(kept, notice=term_notice.tell(ctx, kept.kind, kept.contract, subject, lines, since))


def _new(ctx: ActorContext, kind: TermKind, contract: ContractRef) -> TermForm:
    fields = kind.form(ctx, ctx.session.get_one(Contract, contract.id), None)
    return TermForm(kind, contract, contract.public_id, "", fields.values, (), fields.choices)


def _change(ctx: ActorContext, kind: TermKind, contract: Contract, before: Row | None, after: Term) -> TermChange:
    """What a term becomes, if nothing speaks against it."""
    _check_is_alone(ctx, kind, contract, before, after)
    entered = after.entered(ctx.calendar.of(contract.nation))
    change = TermChange(contract, before, after, entered)
    change = replace(change, columns={**entered, **kind.besides(ctx, change)})
    kind.check(ctx, change)
    return change


def _check_is_alone(ctx: ActorContext, kind: TermKind, contract: Contract, before: Row | None, after: Term) -> None:
    """Refuse a name or code that another of its kind has on the contract. Raises `UserError`."""
    names = [name for name in ("code", "name") if name in kind.record.fields()]
    for row in rows_of(ctx, select(kind.table).where(col(kind.table.contract_id) == contract.id)):
        for name in names:
            same = name_key(getattr(row, name)) == name_key(getattr(after, name))
            if same and (before is None or row.id != before.id):
                over = ", and has ended" if kind.has_ended(row, ctx.today) else ""
                raise UserError(
                    f"{quoted(getattr(row, name))} is another {kind.one} of {contract.reference} already{over}. "
                    f"Enter another {name}.",
                    field=name,
                )


def _standing(ctx: ActorContext, kind: TermKind, key: str, *, locked: bool = False) -> tuple[Row, ContractRef]:
    """The term of a button or form that the actor may change, and that has not ended. Raises `UserError` or
    `Denied`."""
    row = by_key(ctx.session, kind.table, key, locked=locked)
    if row is None:
        raise UserError(f"This {kind.one} is no longer in the record, so nothing was done. Open the list again.")
    contract = contract_lookup.contract_facts(ctx.session, row.contract_id)
    ctx.require(Permission.CHANGE, contract)
    if kind.has_ended(row, ctx.today):
        ended = end_in_words(kind.record.value_in(row, kind.record.end[0]))
        raise UserError(f"{quoted(word_of(row))} has ended ({ended}), so nothing was done.")
    return row, contract


def _check_conflicts(ctx: ActorContext, kind: TermKind, contract: ContractRef, row: Row) -> None:
    edit_conflicts.check(ctx, _subject(contract, row), f"{kind.one} {Done.CHANGED}", f"{kind.one} {Done.ENDED}")


def _subject(contract: ContractRef, row: Row) -> str:
    return f"{contract.reference}, {word_of(row)}"


def _last_months(ctx: ActorContext, kpi: Kpi) -> Sequence[Month]:
    """The months that may be a KPI's last: from its last figure, or the last report that was asked for, a year on."""
    contract = ctx.session.get_one(Contract, kpi.contract_id)
    month = kpi_targets.last_figure(ctx, kpi) or Month.parse(contract.next_period).previous()
    return list(months(month, Month(month.year + 1, month.month)))
