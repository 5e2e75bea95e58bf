"""Filling the tables of a database with rows that were checked elsewhere, as they are.

Triggers would add rows of their own or look at each, and foreign keys ask for an order that rows which name each other
do not have. Both are put aside while the block runs, and are as they were afterwards: foreign keys hold then.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bot.errors import UserError

_FOREIGN_KEYS = text(
    "select conrelid::regclass::text as owner, quote_ident(conname) as name, pg_get_constraintdef(oid) as said "
    "from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace order by oid"
)
_WITH_TRIGGERS = text(
    "select distinct tgrelid::regclass::text from pg_trigger join pg_class on pg_class.oid = tgrelid "
    "where not tgisinternal and relnamespace = current_schema()::regnamespace"
)
_TRIGGERS = "select name, sql from sqlite_master where type = 'trigger' order by rowid"


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """No triggers and no foreign keys in an open transaction, until the block ends. On SQLite foreign keys are off.

    Raises `UserError` if rows point at nothing then.
    """
    put_aside = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
    with put_aside(connection):
        yield


@contextmanager
def _on_sqlite(connection: Connection) -> Iterator[None]:
    triggers = connection.exec_driver_sql(_TRIGGERS).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"drop trigger {name}")
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)
    broken = connection.exec_driver_sql("pragma foreign_key_check").first()
    if broken is not None:
        raise _points_at_nothing(broken[0])


@contextmanager
def _on_postgresql(connection: Connection) -> Iterator[None]:
    tables, keys = connection.scalars(_WITH_TRIGGERS).all(), connection.execute(_FOREIGN_KEYS).all()
    for each in tables:
        connection.exec_driver_sql(f"alter table {each} disable trigger user")
    for key in keys:
        connection.exec_driver_sql(f"alter table {key.owner} drop constraint {key.name}")
    yield
    for key in keys:
        try:
            connection.exec_driver_sql(f"alter table {key.owner} add constraint {key.name} {key.said}")
        except IntegrityError as error:
            raise _points_at_nothing(key.owner) from error
    for each in tables:
        connection.exec_driver_sql(f"alter table {each} enable trigger user")


def _points_at_nothing(table: str) -> UserError:
    return UserError(f"Nothing was restored: rows of the table {table} would point at others that are not there.")
