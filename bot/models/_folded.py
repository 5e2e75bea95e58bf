"""The column in which search looks: texts of its own row, folded.

Whoever writes a row gives its texts alone. An INSERT of any kind fills the column, for it is the column's default, and
so does every change of a record by the ORM. A statement that updates the texts itself takes `with_folded`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, Text, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapper
from sqlmodel import Field, SQLModel

from bot.domain.normalisation import folded

_TEXTS = "folded from"


class _Folded(NamedTuple):
    """A folded column, and the texts that are in it."""

    column: str
    texts: tuple[str, ...]

    def of(self, row: Mapping[str, object]) -> str:
        """What the column holds for these values of a row."""
        return folded("\n".join(str(row.get(each) or "") for each in self.texts))


def folded_from(*texts: str) -> Any:  # noqa: ANN401  # the return type of SQLModel's own Field
    """A column that holds these texts of its row, folded for search."""

    def default(context: DefaultExecutionContext) -> str:
        row = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
        return _Folded("", texts).of(row)

    return Field(default="", sa_type=Text, sa_column_kwargs={"default": default, "info": {_TEXTS: texts}})


def with_folded(model: type[SQLModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """New values for columns of a row, with those of the folded column where they are of its texts.

    Raises `KeyError` if they are some of its texts and not all.
    """
    columns = _folded_columns(model.metadata.tables[str(model.__tablename__)])
    changed = [each for each in columns if {*each.texts} & values.keys()]
    return {**values, **{each.column: each.of({text: values[text] for text in each.texts}) for each in changed}}


@cache
def _folded_columns(table: Table) -> list[_Folded]:
    return [_Folded(column.name, column.info[_TEXTS]) for column in table.columns if _TEXTS in column.info]


def _fold(_mapper: Mapper[Any], _connection: Connection, row: SQLModel) -> None:
    """Fold the texts of a record that the ORM is about to write."""
    for each in _folded_columns(row.metadata.tables[str(row.__tablename__)]):
        setattr(row, each.column, each.of({text: getattr(row, text) for text in each.texts}))


for moment in ("before_insert", "before_update"):
    event.listen(Mapper, moment, _fold)
