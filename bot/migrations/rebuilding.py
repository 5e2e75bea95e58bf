"""How a table is made anew on SQLite, which can change little about one that is there, and loses nothing by it.

Alembic's batch mode makes the table under another name, copies the rows, drops the old one and gives the new one its
name. Two things would go wrong with that, and are seen to here for every revision: rows that point at the old table
would be refused or removed when it is dropped, and its triggers go with it, of which Alembic says nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import Connection, Table, text
from sqlalchemy.sql.elements import quoted_name

from bot.errors import UserError

_TRIGGERS = text("select sql from sqlite_master where type = 'trigger' and tbl_name = :table order by rowid")


def _rows_of_nothing(places: set[tuple[str, str]]) -> UserError:
    """A migration would leave rows that point at nothing."""
    said = ", ".join(f"{table} to {parent}" for table, parent in sorted(places))
    return UserError(f"The migration was undone: rows would point at nothing, from {said}.")


@contextmanager
def foreign_keys_held_at_the_end(connection: Connection) -> Iterator[None]:
    """One transaction in which, on SQLite, foreign keys need not hold before its end. UserError if they do not."""
    if connection.dialect.name != "sqlite":
        with connection.begin():
            yield
        return
    driver: Any = connection.connection.driver_connection
    # SQLite ignores this PRAGMA inside a transaction, so it goes to the driver before one begins.
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise _rows_of_nothing({(row[0], row[2]) for row in broken})
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


class KeepsTriggers(SQLiteImpl):
    """What Alembic does on SQLite; a table that batch mode has made anew gets the triggers that it had.

    To drop a trigger on purpose, a revision says so before the batch.
    """

    __dialect__ = "sqlite"  # takes the place of Alembic's own

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # as Alembic has it
        super().__init__(*args, **options)
        self._dropped: dict[str, list[str]] = {}

    def drop_table(self, table: Table, **options: Any) -> None:  # noqa: ANN401  # as Alembic has it
        """Drop a table, and remember the triggers that go with it."""
        if self.connection is not None:
            self._dropped[table.name] = list(self.connection.scalars(_TRIGGERS, {"table": table.name}))
        super().drop_table(table, **options)

    def rename_table(
        self, old_table_name: str, new_table_name: str | quoted_name, schema: str | quoted_name | None = None
    ) -> None:
        """Give a table another name; one that batch mode has made anew gets the triggers of the old one."""
        triggers = self._dropped.pop(str(new_table_name), [])
        if self.connection is None or not old_table_name.startswith("_alembic_tmp_"):
            super().rename_table(old_table_name, new_table_name, schema)
            return
        # Else SQLite refuses while a trigger of another table names this one, which is not there at this moment.
        self.connection.exec_driver_sql("PRAGMA legacy_alter_table=ON")
        super().rename_table(old_table_name, new_table_name, schema)
        self.connection.exec_driver_sql("PRAGMA legacy_alter_table=OFF")
        for trigger in triggers:
            self.connection.exec_driver_sql(trigger)
