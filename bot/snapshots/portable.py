"""Tables whose rows can be copied between SQLite and PostgreSQL, with types that mean the same on both.

What a table looks like is asked of the database itself, so that one at an earlier revision is copied as well.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Cast,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Time,
    cast,
    inspect,
    select,
)
from sqlalchemy.types import JSON, TypeEngine, UserDefinedType

from bot.models._types import Instant

AT_ONCE = 200  # rows in memory: those of the widest tables have a hundred kilobytes each
REVISION_TABLE = "alembic_version"


class JsonText(UserDefinedType[str]):
    """JSON as the text that is stored, so that a copy says it in the same words."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """What the type is called in either database."""
        return "JSON"

    def column_expression(self, column: ColumnElement[Any]) -> Cast[str]:
        """The text, where PostgreSQL's driver would make a value of it."""
        return cast(column, Text)


_SAME: Sequence[tuple[type[TypeEngine[Any]], type[TypeEngine[Any]]]] = (
    (DateTime, Instant),
    (Date, Date),
    (Time, Time),
    (Boolean, Boolean),
    (LargeBinary, LargeBinary),
    (JSON, JsonText),
    (Integer, BigInteger),
)
"""What a database calls a type, and the type that means the same on both. The others are text."""


def tables_of(connection: Connection) -> dict[str, Table]:
    """The tables of a database by their names, but for the one that says its revision. The rows of each are in the
    order of its primary key."""
    inspector, metadata = inspect(connection), MetaData()
    keys = inspector.get_multi_pk_constraint()
    found = {}
    for (schema, name), columns in sorted(inspector.get_multi_columns().items()):
        if name != REVISION_TABLE:
            key = keys[schema, name]["constrained_columns"]
            made = [
                Column(each["name"], _portable(each["type"]), info={"key": each["name"] in key}) for each in columns
            ]
            found[name] = Table(name, metadata, *made)
    return found


def rows_in(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table in the order of its key, some at a time."""
    key = [column for column in table.columns if column.info.get("key")]
    is_wide = any(isinstance(column.type, LargeBinary) for column in table.columns)
    read = select(table).order_by(*key).execution_options(yield_per=1 if is_wide else AT_ONCE)
    with connection.execute(read) as found:
        for some in found.partitions():
            yield [row._asdict() for row in some]


def _portable(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return next((same() for named, same in _SAME if isinstance(kind, named)), Text())
