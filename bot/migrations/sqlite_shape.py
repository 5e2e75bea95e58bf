"""The shape of a SQLite database: what its PRAGMAs say, and the words that made it where they say nothing."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

_COLUMNS = "select * from pragma_table_xinfo(?)"
_FOREIGN_KEYS = "select * from pragma_foreign_key_list(?)"
_INDEXES = "select * from pragma_index_list(?)"
_OF_INDEX = "select * from pragma_index_info(?)"
_WORDS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|[<>=!|]+|\S""")
_PLAIN = re.compile(r'"([a-z_]\w*)"')


def read(connection: Connection) -> dict[str, dict[str, str]]:
    """Every table that is in a database, each part of it with how it is."""
    made = connection.exec_driver_sql("select type, name, tbl_name, sql from main.sqlite_master").all()
    tables = {name: sql for kind, name, _, sql in made if kind == "table" and not name.startswith("sqlite_")}
    shape = {
        name: {**_columns(connection, name), **_keys(connection, name), **_checks(sql)} for name, sql in tables.items()
    }
    for kind, name, table, sql in made:
        if kind in ("index", "trigger") and sql is not None and table in shape:
            shape[table][f"{kind} {name}"] = _said(_words(sql))
    return shape


@cache
def wanted() -> dict[str, dict[str, str]]:
    """The same of a database that the models have made, in memory."""
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            SQLModel.metadata.create_all(connection)
            return read(connection)
    finally:
        engine.dispose()


def _columns(connection: Connection, table: str) -> dict[str, str]:
    rows = _asked(connection, _COLUMNS, table)
    primary = sorted((row.pk, row.name) for row in rows if row.pk)
    found = {f"column {row.name}": _column(row) for row in rows}
    return {**found, "primary key": ", ".join(name for _, name in primary)}


def _column(row: Any) -> str:  # noqa: ANN401  # a row of a PRAGMA
    default = "" if row.dflt_value is None else f" default {row.dflt_value}"
    generated = " generated" if row.hidden else ""
    return f"{row.type.upper()}{' not null' if row.notnull else ''}{default}{generated}"


def _keys(connection: Connection, table: str) -> dict[str, str]:
    """Foreign keys and unique constraints: their names mean nothing to SQLite, so that only what they say counts."""
    found = {}
    for _, group in groupby(_asked(connection, _FOREIGN_KEYS, table), lambda row: row.id):
        rows = sorted(group, key=lambda row: row.seq)
        ours, theirs = ([getattr(row, side) or "" for row in rows] for side in ("from", "to"))
        said = f"foreign key ({', '.join(ours)}) to {rows[0].table} ({', '.join(theirs)})"
        found[said] = f"on update {rows[0].on_update} on delete {rows[0].on_delete}".lower()
    for row in _asked(connection, _INDEXES, table):
        if row.origin == "u":
            columns = [each.name for each in _asked(connection, _OF_INDEX, row.name)]
            found[f"unique constraint ({', '.join(columns)})"] = "there"
    return found


def _asked(connection: Connection, pragma: str, name: str) -> Sequence[Any]:
    return connection.exec_driver_sql(pragma, (name,)).all()


def _checks(sql: str) -> dict[str, str]:
    """Every CHECK of a table, in the words that made it: no PRAGMA tells."""
    found = defaultdict(list)
    words = _words(sql)
    for at, word in enumerate(words):
        if word == "check":
            name = words[at - 1] if words[at - 2] == "constraint" else ""
            found[f"check {name}".strip()].append(_said(_in_brackets(words[at + 1 :])))
    return {name: " and ".join(sorted(said)) for name, said in found.items()}


def _in_brackets(words: Sequence[str]) -> Iterator[str]:
    """The words from an opening bracket to the one that closes it."""
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        yield word
        if depth == 0:
            return


def _words(sql: str) -> list[str]:
    """The words of a statement, the same however it is spaced, spelt in capitals or quoted without need."""
    return [
        word if word.startswith("'") else _PLAIN.sub(r"\1", word) if word.startswith('"') else word.lower()
        for word in _WORDS.findall(sql)
    ]


def _said(words: Iterator[str] | Sequence[str]) -> str:
    return " ".join(words)
