"""The changes to a record in words, for the audit trail and for the person who made them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from sqlmodel import SQLModel

from bot.domain.wording import format_date, format_number, in_a_sentence
from bot.records import SHEETS


def apply(row: SQLModel, values: Mapping[str, object]) -> dict[str, list[str]]:
    """Set columns of a record; returns those that differ, as [before, after] by the column's label."""
    changes = {}
    for column, value in values.items():
        before = getattr(row, column)
        if before != value:
            changes[label(type(row), column)] = [in_words(before), in_words(value)]
            setattr(row, column, value)
    return changes


def label(model: type[SQLModel], column: str) -> str:
    """The label of the field that is kept in a column, as it stands in a sentence."""
    return _labels().get((model, column), column.replace("_", " "))


@cache
def _labels() -> Mapping[tuple[type[SQLModel], str], str]:
    return {
        (record.table, record.column(name)): in_a_sentence(field.label)
        for record in SHEETS
        for name, field in record.fields().items()
    }


def in_words(value: object) -> str:
    """A value in words; an empty one is "nothing"."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case date():
            return format_date(value)
        case int() | Decimal():
            return format_number(value)
        case _:
            return str(value)
