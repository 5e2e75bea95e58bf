"""The kinds of terms of a contract that are kept in Slack: a row for each, with the rules of its own.

A form has an input for each field that the record declares, so a new field needs nothing here. `check` refuses what a
change must not do, with a sentence under the field that is wrong; it is asked before anything is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from bot.domain.option_days import DayToDecide, check_change
from bot.domain.parts import Combining
from bot.domain.periods import Month
from bot.domain.wording import format_date, with_article, with_capital
from bot.errors import UserError
from bot.models import Contract, Decision, ExtensionOption, Kpi, Milestone, Obligation
from bot.records import KpiRecord, MilestoneRecord, ObligationRecord, OptionRecord, Term
from bot.services.specification import kpi_targets
from bot.services.specification.term_change import NOTHING, Columns, FormFields, Row, TermChange, Values
from bot.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class TermKind:
    """A kind of term. `word` follows the command, and `noun` and `nouns` are what people call one and several. `listed`
    are the fields that a list shows beside the name, with their labels there ("" for the field's own), and `fixed` are
    those that stay as they were entered.

    `shared` are the fields of which the partner may know, who is told of a change if the form says so: it begins so if
    it `tells`. `besides` gives the columns that nobody enters. `check` and `check_end` raise `UserError`. What another
    table keeps of a kind, `apart` reads, by the ids of rows, and `keep` stores; `form` gives its values and its choices
    in a form.
    """

    word: str
    record: type[Term]
    table: type[Row]
    noun: str
    nouns: str
    listed: Mapping[str, str]
    order: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    tells: bool = False
    besides: Callable[[UnitOfWork, TermChange], Columns] = lambda work, change: NOTHING
    check: Callable[[UnitOfWork, TermChange], None] = lambda work, change: None
    check_end: Callable[[UnitOfWork, Row], None] = lambda work, row: None
    apart: Callable[[UnitOfWork, Sequence[Row]], Mapping[int, Values]] = lambda work, rows: {}
    form: Callable[[UnitOfWork, Contract, Row | None], FormFields] = lambda work, contract, row: FormFields()
    keep: Callable[[UnitOfWork, Row, TermChange], dict[str, list[str]]] = lambda work, row, change: {}

    @property
    def one(self) -> str:
        """What one of it is called in the history, and in the title of a form."""
        return self.record.one

    @property
    def article(self) -> str:
        """The same with its article."""
        return with_article(self.one)

    @property
    def capital(self) -> str:
        """The same as a title begins."""
        return with_capital(self.one)

    @property
    def ends_with_a_month(self) -> bool:
        """Whether it ends with a month that is reported, and not on a day."""
        return self.record is KpiRecord

    def stands(self, today: date) -> ColumnElement[bool]:
        """The condition on a row that it has not ended. A KPI has once the report for its last month is due."""
        ended = col(getattr(self.table, self.record.column(self.record.end[0])))
        if self.table is Kpi:
            return or_(ended.is_(None), ended >= Month.of(today).previous().key)
        return ended.is_(None)

    def has_ended(self, row: Row, today: date) -> bool:
        """The same of a row."""
        if isinstance(row, Kpi):
            return row.last_period is not None and row.last_period < Month.of(today).previous().key
        return row.ended_on is not None


def _combining(work: UnitOfWork, change: TermChange) -> Columns:
    """How the months of a KPI combine, where nobody said."""
    after = change.after
    if not isinstance(after, KpiRecord) or after.combines is not None:
        return NOTHING
    return {"combines": Combining.usual(after.unit, below_zero=after.may_be_negative)}


def _recorded(work: UnitOfWork, change: TermChange) -> Columns:
    return NOTHING if change.before else {"recorded_on": work.today, "decision": Decision.OPEN}


def _check_option(work: UnitOfWork, change: TermChange) -> None:
    """One that was decided on stays as it was decided, and one that is open has its day ahead. A variation agrees a
    later one than it had."""
    before, after, day = change.before, change.after, change.columns["decide_by"]
    if not isinstance(after, OptionRecord) or not isinstance(day, date):
        return
    if isinstance(before, ExtensionOption):
        _check_undecided(before)
        if day == before.decide_by:
            return
        was = DayToDecide(before.decide_by, before.variation, before.varied_on)
        check_change(was, DayToDecide(day, after.variation, after.varied))
    if day < work.today:
        raise UserError(
            f"The last day to decide, {format_date(day)}, has gone. Enter today or a later day.", field="decide_by"
        )


def _check_undecided(option: ExtensionOption) -> None:
    if option.decision is not Decision.OPEN:
        raise UserError(f"{option.name} was {option.decision} already, so nothing was changed.")


def _check_option_end(work: UnitOfWork, row: Row) -> None:
    if isinstance(row, ExtensionOption):
        _check_undecided(row)


def _check_unmet(work: UnitOfWork, row: Row) -> None:
    if isinstance(row, Milestone | Obligation) and row.met_on is not None:
        raise UserError(f"{row.name} was met on {format_date(row.met_on)}, so it stays in the record as met.")


KINDS: Mapping[str, TermKind] = {
    each.word: each
    for each in (
        TermKind(
            word="kpi",
            record=KpiRecord,
            table=Kpi,
            noun="KPI",
            nouns="KPIs",
            listed={
                "good": "Good",
                "approaching": "Approaching target",
                "requires_improvement": "Requires improvement",
                "since": "",
                "source": "",
                "weight": "",
            },
            order=("id",),
            fixed=("code",),
            shared=("name", "definition", "unit", "direction", "combines", *KpiRecord.apart),
            tells=True,
            besides=_combining,
            check=kpi_targets.check,
            apart=kpi_targets.last_of,
            form=kpi_targets.form_fields,
            keep=kpi_targets.keep,
        ),
        TermKind(
            word="milestone",
            record=MilestoneRecord,
            table=Milestone,
            noun="milestone",
            nouns="milestones",
            listed=dict.fromkeys(("kind", "owed_by", "due", "met"), ""),
            order=("due_on", "id"),
            shared=("name", "kind", "owed_by", "due"),
            check_end=_check_unmet,
        ),
        TermKind(
            word="obligation",
            record=ObligationRecord,
            table=Obligation,
            noun="obligation",
            nouns="obligations",
            listed=dict.fromkeys(("owed_by", "clause", "due", "recurs", "met"), ""),
            order=("due_on", "id"),
            shared=("name", "owed_by", "clause", "due", "recurs"),
            check_end=_check_unmet,
        ),
        TermKind(
            word="option",
            record=OptionRecord,
            table=ExtensionOption,
            noun="option to extend",
            nouns="options to extend",
            listed=dict.fromkeys(("months", "decide_by", "variation", "decision"), ""),
            order=("decide_by", "id"),
            besides=_recorded,
            check=_check_option,
            check_end=_check_option_end,
        ),
    )
}
"""Each kind, by its word."""
