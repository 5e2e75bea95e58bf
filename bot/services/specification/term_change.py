"""What is entered of a term of a contract, and the row that it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.models import Contract, ExtensionOption, Kpi, Milestone, Obligation
from bot.records import Term

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
