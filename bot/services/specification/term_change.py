"""What is entered of a term of a contract, and the row that it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select

from bot.domain.periods import Month
from bot.models import Contract, ExtensionOption, Kpi, Milestone, Obligation
from bot.records import Term
from bot.services import changes
from bot.services.unit_of_work import UnitOfWork

Row = Kpi | ExtensionOption | Milestone | Obligation
Columns = Mapping[str, object]
Values = Mapping[str, object]
NOTHING: Columns = MappingProxyType({})


@dataclass(frozen=True)
class TermChange:
    """A term that is added or changed: its row as it is (None for a new one), what was entered, and that by the columns
    of its table."""

    contract: Contract
    before: Row | None
    after: Term
    columns: Columns


@dataclass(frozen=True)
class FormFields:
    """What a form begins with besides the row, by field, and the choices of its fields as (words, value)."""

    values: Values = field(default_factory=dict)
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


def word_of(row: Row) -> str:
    """What names a term among those of its kind: the code of a KPI, the name of anything else."""
    return row.code if isinstance(row, Kpi) else row.name


def end_in_words(last: object) -> str:
    """When a term ended, in words."""
    return f"last month {Month.parse(last)}" if isinstance(last, str) else f"ended on {changes.in_words(last)}"


def rows_of(work: UnitOfWork, found: Select[Any]) -> Sequence[Row]:
    """The rows that a query finds."""
    rows: Sequence[Row] = work.session.scalars(found).all()
    return rows
