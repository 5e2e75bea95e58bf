"""The columns in which search looks: texts of its own row, folded, or the words of these.

Whoever writes a row gives its texts alone. An INSERT of any kind fills the column, for it is the column's default, and
so does every change of a record by the ORM. A statement that updates the texts itself takes `with_folded`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, Text, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapper
from sqlmodel import Field, SQLModel

from bot.domain.normalisation import folded
from bot.domain.search import word_line

_TEXTS, _MADE = "folded from", "folded by"


class _Folded(NamedTuple):
    """A folded column, the texts that are in it, and how it is made of them."""

    column: str
    texts: tuple[str, ...]
    made: Callable[[str], str]

    def of(self, row: Mapping[str, object]) -> str:
        """What the column holds for these values of a row."""
        return self.made("\n".join(str(row.get(each) or "") for each in self.texts))


def folded_from(*texts: str) -> Any:  # noqa: ANN401  # the return type of SQLModel's own Field
    """A column that holds these texts of its row, folded for search."""
    return _made_from(texts, folded)


def words_from(*texts: str) -> Any:  # noqa: ANN401  # the return type of SQLModel's own Field
    """A column that holds the words of these texts of its row, in one line."""
    return _made_from(texts, word_line)


def _made_from(texts: tuple[str, ...], made: Callable[[str], str]) -> Any:  # noqa: ANN401  # the same
    def default(context: DefaultExecutionContext) -> str:
        row = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
        return _Folded("", texts, made).of(row)

    info = {_TEXTS: texts, _MADE: made}
    return Field(default="", sa_type=Text, sa_column_kwargs={"default": default, "info": info})


def is_derived(column: Column[Any]) -> bool:
    """Whether a column only holds what is in other texts of its row."""
    return _TEXTS in column.info


def with_folded(model: type[SQLModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """New values for columns of a row, with those of its folded columns where they are of their texts.

    Raises `KeyError` if they are some of its texts and not all.
    """
    columns = _folded_columns(model.metadata.tables[str(model.__tablename__)])
    changed = [each for each in columns if {*each.texts} & values.keys()]
    return {**values, **{each.column: each.of({text: values[text] for text in each.texts}) for each in changed}}


@cache
def _folded_columns(table: Table) -> list[_Folded]:
    found = (column for column in table.columns if _TEXTS in column.info)
    return [_Folded(column.name, column.info[_TEXTS], column.info[_MADE]) for column in found]


def _fold(_mapper: Mapper[Any], _connection: Connection, row: SQLModel) -> None:
    """Fold the texts of a record that the ORM is about to write."""
    for each in _folded_columns(row.metadata.tables[str(row.__tablename__)]):
        setattr(row, each.column, each.of({text: getattr(row, text) for text in each.texts}))


for moment in ("before_insert", "before_update"):
    event.listen(Mapper, moment, _fold)
